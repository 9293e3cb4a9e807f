// Shows the Draw tab to a room. Gradio runs this file as the body of a function with `element`;
// `qrCode` stands before it (see `qr_code.js`). While it presents, the page's root has the attribute
// data-presenting, which `present.css` makes large.

const SVG_QUIET = 4; // modules of white around a QR code
const root = document.documentElement;
const part = (name) => element.querySelector(name);
const keys = part(".keys");
const help = part(".help");

const presenting = () => root.hasAttribute("data-presenting");

function showKeys(shown) {
  keys.hidden = !shown;
  help.setAttribute("aria-expanded", String(shown));
}

function showCode() {
  const address = location.origin === "null" ? location.href : location.origin + location.pathname;
  // A file on this computer is none that others could open.
  const square = location.protocol === "file:" ? null : qrCode(address);
  part(".join").hidden = square === null;
  if (square === null) return;
  const side = square.length + 2 * SVG_QUIET;
  const dark = square.flatMap((row, y) => row.flatMap((set, x) =>
    (set ? [`M${x + SVG_QUIET} ${y + SVG_QUIET}h1v1h-1z`] : [])));
  part(".code").setAttribute("viewBox", `0 0 ${side} ${side}`);
  part(".code path").setAttribute("d", dark.join(""));
  part(".address").textContent = address.replace(/^https?:\/\//, "").replace(/\/$/, "");
  part(".only-here").hidden = !["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
}

async function start() {
  root.toggleAttribute("data-presenting", true);
  showCode();
  showKeys(false);
  part(".controls").hidden = false;
  document.querySelector("#sketchpad canvas")?.focus({ focusVisible: false, preventScroll: true });
  try {
    await root.requestFullscreen();
  } catch {
    // In a frame, and on some phones, the page can only fill its window.
  }
}

function end() {
  if (!presenting()) return;
  root.toggleAttribute("data-presenting", false);
  part(".join").hidden = part(".controls").hidden = true;
  if (document.fullscreenElement) document.exitFullscreen();
  part(".start").focus();
}

const ACTIONS = {
  z: () => document.querySelector("#sketchpad button.undo")?.click(),
  c: () => document.querySelector("#sketchpad button.clear")?.click(),
  "?": () => showKeys(keys.hidden),
  Escape: () => (keys.hidden ? end() : showKeys(false)),
};

// Before the sketchpad's own keys, where Escape clears.
function onKey(event) {
  if (!element.isConnected) return document.removeEventListener("keydown", onKey, true);
  if (!presenting() || event.ctrlKey || event.metaKey || event.altKey) return;
  const action = ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  action();
}

document.addEventListener("keydown", onKey, true);
document.addEventListener("fullscreenchange", () => {
  if (!document.fullscreenElement) end(); // the browser itself answers Escape
});
part(".start").addEventListener("click", start);
part(".end").addEventListener("click", end);
part(".undo").addEventListener("click", ACTIONS.z);
part(".clear").addEventListener("click", ACTIONS.c);
help.addEventListener("click", ACTIONS["?"]);
