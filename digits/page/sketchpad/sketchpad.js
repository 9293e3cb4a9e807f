// The drawing surface. Gradio runs this file as the body of a function with three parameters:
// `element` (our HTML), `props` (our value and settings) and `watch`; `drawStrokes` and `drawPicture`
// stand before it (see `digits/page/browser/strokes.js`).
//
// Strokes are stored in pixels of the picture that is sent, and are rendered twice: for the user,
// in the theme's colours at the screen's resolution; and for the server, always black on white at
// the same size. So the picture depends only on the drawing, not on the screen.

const SIZE = props.side; // width and height of the square in units; a unit is a pixel of the picture
const SEND_EVERY = 80; // milliseconds between pictures, at least, during drawing
const MIN_STEP = 0.5; // units; smaller pointer movements are jitter
const KEY_STEPS = { plain: SIZE / 28, shift: SIZE / 140 }; // units per press of an arrow key
const EXAMPLE_TIME = 700; // milliseconds for which an example draws itself
const REHEARSAL_TIME = 1600; // milliseconds
const KEPT = "digits: drawing"; // key in the browser's session storage
const DRAWN_BEFORE = "digits: has drawn before"; // key in the browser's local storage

const canvas = element.querySelector("canvas");
const paper = element.querySelector(".paper");
const undoButton = element.querySelector("button.undo");
const clearButton = element.querySelector("button.clear");
const penInput = element.querySelector(".pen input");
const nib = element.querySelector(".nib span");
const exampleRow = element.querySelector(".examples");
const sheetOfTools = element.querySelector(".sheet"); // on small screens it opens and closes
const moreButton = element.querySelector("button.more");

const sheet = document.createElement("canvas"); // hidden: for rendering the picture to send
sheet.width = sheet.height = SIZE;
const sheetContext = sheet.getContext("2d", { alpha: false, willReadFrequently: true });

let strokes = []; // [{ width, points: [[x, y], ...] }, ...], the current one last
let current = null; // the stroke being drawn
let pointer = null; // { id, type } of the pointer drawing it; null for keys and examples
let cursor = [SIZE / 2, SIZE / 2]; // the pen position that the arrow keys move
let sendTimer = null;
let lastSent = -Infinity; // performance.now() of the last send
let frame = null; // the pending animation frame
let rehearsed = []; // strokes that the empty page draws by itself, until the first touch

// ---- drawing ---------------------------------------------------------------------------------

function show() {
  frame = null;
  const context = canvas.getContext("2d");
  const scale = canvas.width / SIZE;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  const { color } = getComputedStyle(canvas);
  if (strokes.length === 0) {
    const { backgroundColor } = getComputedStyle(paper);
    drawStrokes(context, rehearsed, `color-mix(in srgb, ${color} 16%, ${backgroundColor})`);
  }
  drawStrokes(context, strokes, color);
  if (canvas.matches(":focus-visible")) drawCursor(context);
}

function drawCursor(context) {
  context.strokeStyle = getComputedStyle(penInput).accentColor;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(...cursor, Number(penInput.value) / 2 + 2, 0, 2 * Math.PI);
  context.stroke();
}

function refresh() {
  const empty = strokes.length === 0;
  undoButton.disabled = clearButton.disabled = empty;
  paper.toggleAttribute("data-empty", empty);
  if (!empty) {
    showHint(false);
    rehearsed = [];
  }
  canvas.classList.toggle("drawing", current !== null);
  frame ??= requestAnimationFrame(show);
}

// One canvas pixel per screen pixel, at any zoom, pixel density and window size.
function fit() {
  const side = canvas.clientWidth;
  if (side === 0) return; // another tab is open, and the canvas is hidden
  const pixels = Math.max(1, Math.round(side * (window.devicePixelRatio || 1)));
  if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
  showPenWidth();
  refresh();
}

function showPenWidth() {
  const side = (Number(penInput.value) * (canvas.clientWidth || SIZE)) / SIZE;
  nib.style.width = nib.style.height = `${side}px`;
}

// ---- sending ---------------------------------------------------------------------------------

// The value of an empty canvas is "", because Gradio converts null from the server to "", too.
function picture() {
  if (strokes.length === 0) return "";
  drawPicture(sheetContext, strokes, SIZE);
  return sheet.toDataURL("image/png");
}

// The strokes as `strokes.py` takes them: all of one pen, to a tenth of a pixel.
function strokesAsText() {
  const [pen, ...others] = new Set(strokes.map(({ width }) => width));
  if (pen === undefined || others.length > 0) return "";
  const round = (value) => Math.round(10 * value) / 10;
  const lines = strokes.map(({ points }) => points.map((point) => point.map(round)));
  return JSON.stringify({ pen, strokes: lines });
}

// Gradio fires "change" when the value is set; triggering it here would send the picture twice.
function send() {
  if (props.stays_here) return;
  clearTimeout(sendTimer);
  sendTimer = null;
  lastSent = performance.now();
  const value = picture();
  if (props.read_in_browser && window.digits) window.digits.sent = strokesAsText();
  if (value !== props.value) props.value = value;
}

// While a stroke is drawn, the server is asked only where the browser does not read by itself.
function sendSoon() {
  if (props.stays_here) return;
  if (props.read_in_browser && window.digits?.ready) return;
  sendTimer ??= setTimeout(send, Math.max(0, lastSent + SEND_EVERY - performance.now()));
}

// ---- reading and keeping in the browser ------------------------------------------------------

function tell() {
  if (props.stays_here) {
    const detail = { strokes, down: current !== null };
    element.dispatchEvent(new CustomEvent("strokes", { detail, bubbles: true }));
  }
  if (!props.read_in_browser) return;
  document.dispatchEvent(new CustomEvent("drawing", { detail: { strokes, side: SIZE } }));
}

// So that the drawing survives a reload, and a restart of the server, after which Gradio reloads.
function keep() {
  if (!props.read_in_browser) return;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(strokes));
  } catch {
    // Without storage, a reload empties the sketchpad.
  }
}

function keptStrokes() {
  if (!props.read_in_browser) return [];
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
  } catch {
    return [];
  }
}

// ---- the pointer -----------------------------------------------------------------------------

function startStroke() {
  current = { width: Number(penInput.value), points: [] };
  strokes.push(current);
}

function addPointer(event) {
  const box = canvas.getBoundingClientRect();
  addPoint(((event.clientX - box.left) * SIZE) / box.width,
    ((event.clientY - box.top) * SIZE) / box.height);
}

function addPoint(x, y) {
  const last = current.points[current.points.length - 1];
  if (last && Math.hypot(x - last[0], y - last[1]) < MIN_STEP) return;
  current.points.push([x, y]);
}

// The drawing has changed, and the stroke goes on.
function goOn() {
  refresh();
  tell();
  sendSoon();
}

function endStroke() {
  if (current === null) return;
  current = pointer = null;
  changed();
}

// The drawing has changed, and no stroke is under way.
function changed() {
  refresh();
  tell();
  keep();
  send();
}

canvas.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  if (pointer === null) {
    endStroke(); // a stroke drawn with the keys, or by an example
    if (!event.isPrimary) return;
  } else {
    // Ignore a second finger, or a palm beside the pen. A new primary pointer of the same type
    // means that we missed the end of the previous one.
    if (!event.isPrimary || event.pointerType !== pointer.type) return;
    endStroke();
  }
  pointer = { id: event.pointerId, type: event.pointerType };
  startStroke();
  addPointer(event);
  try {
    canvas.setPointerCapture(event.pointerId); // so that the stroke can continue outside the canvas
  } catch {
    // The pointer is already gone; its pointerup or pointercancel follows.
  }
  goOn();
});

// Where a browser has "pointerrawupdate", it tells of each movement at once, and not only before the
// next frame: so the answer may already stand in that frame.
function onMove(event) {
  if (event.pointerId !== pointer?.id) return;
  if (event.buttons === 0) return endStroke(); // released without an event for us
  if (event.type === "pointerrawupdate") pointer.atOnce = true;
  else if (pointer.atOnce) return; // these movements are known
  const moves = event.getCoalescedEvents?.() ?? [];
  for (const move of moves.length > 0 ? moves : [event]) addPointer(move);
  goOn();
}

for (const moving of ["pointerrawupdate", "pointermove"]) canvas.addEventListener(moving, onMove);

canvas.addEventListener("pointerup", (event) => {
  if (event.pointerId !== pointer?.id) return;
  addPointer(event);
  endStroke();
});

for (const ending of ["pointercancel", "lostpointercapture"]) {
  canvas.addEventListener(ending, (event) => {
    if (event.pointerId === pointer?.id) endStroke();
  });
}

// Prevent a long press from opening the context menu during a stroke.
canvas.addEventListener("contextmenu", (event) => current !== null && event.preventDefault());

// ---- the arrow keys --------------------------------------------------------------------------

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || pointer !== null) return;
  if (event.key === " ") {
    if (event.repeat) return event.preventDefault();
    if (current !== null) endStroke();
    else startStroke();
  } else if (event.key in ARROWS) {
    const step = event.shiftKey ? KEY_STEPS.shift : KEY_STEPS.plain;
    cursor = cursor.map((at, axis) =>
      Math.min(SIZE, Math.max(0, at + step * ARROWS[event.key][axis])));
  } else {
    return;
  }
  event.preventDefault();
  if (current === null) return refresh();
  addPoint(...cursor);
  goOn();
});

canvas.addEventListener("focus", refresh);
canvas.addEventListener("blur", () => {
  if (pointer === null) endStroke();
  refresh();
});

// ---- examples --------------------------------------------------------------------------------

const NAMESPACE = "http://www.w3.org/2000/svg";

function addExample({ name, strokes: text }) {
  const lines = JSON.parse(text);
  const button = document.createElement("button");
  button.type = "button";
  button.title = name;
  button.setAttribute("aria-label", name);
  const picture = button.appendChild(document.createElementNS(NAMESPACE, "svg"));
  picture.setAttribute("viewBox", `0 0 ${SIZE} ${SIZE}`);
  for (const points of lines) {
    const line = picture.appendChild(document.createElementNS(NAMESPACE, "polyline"));
    line.setAttribute("points", points.join(" "));
  }
  button.addEventListener("click", () => {
    openSheet(false);
    drawExample(lines);
  });
  exampleRow.append(button);
  exampleRow.hidden = false;
}

// The example is drawn gradually, like a person draws, so that the answer changes meanwhile.
function drawExample(lines) {
  keepStrokes(0);
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const path = lines.flatMap((points, line) => points.map((point, i) => [line, i, point]));
  const started = performance.now();
  let drawn = 0;
  let mine = null; // the example's stroke; if another one is current, the user has started drawing

  function advance(now) {
    if (drawn > 0 && current !== mine) return;
    const share = still ? 1 : Math.min(1, Math.max(0, (now - started) / EXAMPLE_TIME));
    for (; drawn < Math.max(1, Math.floor(share * path.length)); drawn++) {
      const [, i, point] = path[drawn];
      if (i === 0) startStroke();
      addPoint(...point);
    }
    mine = current;
    if (drawn === path.length) return endStroke();
    goOn();
    requestAnimationFrame(advance);
  }
  advance(started);
}

// To who has never drawn here, the empty page shows how it works: it draws an example by itself, in
// pale ink, and the network lights up. The first touch takes over; nothing is sent.
function rehearse() {
  const example = props.examples?.[0];
  if (!props.read_in_browser || !example || !paper.hasAttribute("data-new")) return;
  if (strokes.length > 0 || rehearsed.length > 0 || !window.digits?.ready) return;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const lines = JSON.parse(example.strokes);
  const path = lines.flatMap((points, line) => points.map((point) => [line, point]));
  const started = performance.now();

  function advance(now) {
    if (strokes.length > 0 || !element.isConnected) return;
    const share = still ? 1 : Math.min(1, Math.max(0, (now - started) / REHEARSAL_TIME));
    rehearsed = [];
    for (const [line, point] of path.slice(0, Math.max(1, Math.floor(share * path.length)))) {
      rehearsed[line] ??= { width: props.pen_width, points: [] };
      rehearsed[line].points.push(point);
    }
    refresh();
    const detail = { strokes: rehearsed, side: SIZE, rehearsal: true };
    document.dispatchEvent(new CustomEvent("drawing", { detail }));
    if (share < 1) requestAnimationFrame(advance);
  }
  requestAnimationFrame(advance);
}

document.addEventListener("reader", rehearse);

// ---- the sheet with pen and examples -----------------------------------------------------------

function openSheet(open) {
  if (sheetOfTools.classList.contains("open") === open) return;
  sheetOfTools.classList.toggle("open", open);
  moreButton.setAttribute("aria-expanded", String(open));
  if (open) penInput.focus({ preventScroll: true });
}

moreButton.addEventListener("click", () => openSheet(!sheetOfTools.classList.contains("open")));

// A touch elsewhere closes it, and so does Escape, which then clears nothing.
function onTouch(event) {
  if (!element.isConnected) return document.removeEventListener("pointerdown", onTouch);
  const path = event.composedPath();
  if (!path.includes(sheetOfTools) && !path.includes(moreButton)) openSheet(false);
}
document.addEventListener("pointerdown", onTouch);

element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !sheetOfTools.classList.contains("open")) return;
  event.preventDefault();
  openSheet(false);
  moreButton.focus();
});

// ---- the pen of another pad --------------------------------------------------------------------

// The lesson's pad shows the same strokes, and tells here what is drawn on it: { move: "down", "to",
// "up", "undo" or "clear", points: [[x, y], ...] }, in units.
function onPen({ detail: { move, points = [] } }) {
  if (!element.isConnected) return document.removeEventListener("pen", onPen);
  if (move === "undo") return undo();
  if (move === "clear") return clear();
  if (move === "down") {
    endStroke();
    startStroke();
  } else if (current === null) {
    return;
  }
  for (const point of points) addPoint(...point);
  if (move === "up") endStroke();
  else goOn();
}

if (props.read_in_browser) document.addEventListener("pen", onPen);

// ---- undo, clear, pen width, keys ------------------------------------------------------------

function keepStrokes(count) {
  if (strokes.length === 0) return;
  strokes = strokes.slice(0, count);
  current = pointer = null;
  changed();
}

const undo = () => keepStrokes(-1);
const clear = () => keepStrokes(0);

undoButton.addEventListener("click", undo);
clearButton.addEventListener("click", clear);
penInput.addEventListener("input", showPenWidth);

function isTyping(target) {
  if (target.isContentEditable || target.matches?.("textarea, select")) return true;
  return target.matches?.("input:not([type=range], [type=checkbox], [type=radio])") ?? false;
}

function onKey(event) {
  if (!element.isConnected) return document.removeEventListener("keydown", onKey);
  if (event.defaultPrevented || strokes.length === 0) return;
  if (canvas.getClientRects().length === 0) return; // another tab is open
  if (isTyping(event.composedPath()[0])) return;
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const command = event.ctrlKey !== event.metaKey && !event.shiftKey && !event.altKey;
  if (command && event.key.toLowerCase() === "z") undo();
  else if (plain && event.key === "Escape") clear();
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", onKey);

// ---- the hint ----------------------------------------------------------------------------------

// First-time visitors see a hint, until their first stroke.
function showHint(shown) {
  if (paper.hasAttribute("data-new") === shown) return;
  paper.toggleAttribute("data-new", shown);
  if (shown) return;
  try {
    localStorage.setItem(DRAWN_BEFORE, "yes");
  } catch {
    // Without storage, the hint appears again on the next visit.
  }
}

function hasDrawnBefore() {
  try {
    return localStorage.getItem(DRAWN_BEFORE) !== null;
  } catch {
    return false;
  }
}

// ---- the surrounding page ---------------------------------------------------------------------

// The server can clear the sketchpad by setting its value, but it cannot draw.
watch("value", () => {
  if (props.value || strokes.length === 0) return;
  clearTimeout(sendTimer);
  sendTimer = null;
  strokes = [];
  current = pointer = null;
  refresh();
  tell();
  keep();
});

new ResizeObserver(fit).observe(canvas);

// When the window moves to a screen with another pixel density, the size in CSS pixels stays the
// same, and only this event reports the change.
function onResize() {
  if (!element.isConnected) return window.removeEventListener("resize", onResize);
  fit();
}
window.addEventListener("resize", onResize);

// Gradio switches the theme with a class on the body; redraw the ink in the new colour.
const themeObserver = new MutationObserver(() => {
  if (element.isConnected) refresh();
  else themeObserver.disconnect();
});
for (const node of [document.documentElement, document.body]) {
  themeObserver.observe(node, { attributes: true, attributeFilter: ["class"] });
}

// The tools of the page's own sketchpad stay within reach of the thumb, see `sketchpad.css`.
element.querySelector(".pad").classList.toggle("main", Boolean(props.read_in_browser));

// Set as attributes, not inserted as HTML: a label may contain any characters.
if (props.label) canvas.setAttribute("aria-label", props.label);
penInput.min = props.finest_pen;
penInput.max = props.broadest_pen;
penInput.value = props.pen_width;
for (const example of props.examples ?? []) addExample(example);
showHint(!hasDrawnBefore());
strokes = keptStrokes();
fit();
if (strokes.length > 0) changed();
else tell();
rehearse();
// The page may close in the middle of a stroke.
window.addEventListener("pagehide", keep);
