// "Fool it": draw a digit that the network reads as such, then change it until it reads another. The
// picture shows which ink speaks for which of the two.

const foolPanel = find("section[data-game=fool]");
const whyCanvas = foolPanel.querySelector("canvas");
const whyContext = whyCanvas.getContext("2d", { willReadFrequently: true });
const steps = [...foolPanel.querySelectorAll(".steps li")];
const pull = foolPanel.querySelector(".pull");
const foolSave = foolPanel.querySelector(".save");
let pair = props.pairs[0]; // the digit to draw, and the one it is to be taken for
let seen = false; // the network has read this drawing as the former
let fooled = null; // the strokes that it took for the latter

function newPair() {
  const others = props.pairs.filter(([digit, wanted]) => digit !== pair[0] || wanted !== pair[1]);
  pair = others[Math.floor(Math.random() * others.length)];
}

function showFool() {
  const [digit, wanted] = pair;
  say(fill(fooled ? words.fool_done : words.fool_draw, { digit, wanted }));
  steps[0].textContent = fill(words.fool_first, { digit });
  steps[1].textContent = fill(words.fool_then, { digit, wanted });
  steps[0].className = seen ? "done" : "now";
  steps[1].className = fooled ? "done" : seen ? "now" : "";
  foolPanel.classList.toggle("won", fooled !== null);
  foolSave.hidden = fooled === null;
  const [left, right] = pull.querySelectorAll("b");
  [left.textContent, right.textContent] = [digit, wanted];
  foolPanel.querySelector(".other b").textContent = digit;
  foolPanel.querySelector(".one b").textContent = wanted;
}

function showPull(probabilities) {
  const [own, wanted] = pair.map((digit) => probabilities?.[digit] ?? 0);
  const sum = own + wanted;
  // As logarithms, so that the first steps away from "99 % a four" are seen, too.
  const share = sum < 1e-4 ? 0.5 : 1 / (1 + (Math.max(own, 1e-4) / Math.max(wanted, 1e-4)) ** 0.4);
  pull.style.setProperty("--at", share.toFixed(3));
}

function colour(name) {
  whyContext.fillStyle = getComputedStyle(whyCanvas).getPropertyValue(name).trim() || "#888";
  return [1, 3, 5].map((i) => parseInt(whyContext.fillStyle.slice(i, i + 2), 16));
}

// Ink in the colour of the digit that it speaks for; grey where it makes no difference.
function showWhy(image, why) {
  whyContext.clearRect(0, 0, 28, 28);
  if (!image) return;
  const [one, other, neutral] = ["--play-one", "--play-other", "--play-neutral"].map(colour);
  const pixels = whyContext.createImageData(28, 28);
  const largest = why ? Math.max(0.5, ...why.map(Math.abs)) : 1;
  image.forEach((ink, place) => {
    const value = why ? why[place] / largest : 0;
    const share = Math.min(1, Math.abs(value)) ** 0.6;
    const to = value > 0 ? one : other;
    const mixed = neutral.map((from, i) => from + (to[i] - from) * share);
    pixels.data.set([...mixed, 255 * Math.min(1, 1.2 * ink)], 4 * place);
  });
  whyContext.putImageData(pixels, 0, 0);
}

const fool = {
  name: "fool",
  open() {
    main.textContent = words.another;
    this.begin();
  },
  close() {},
  begin() {
    seen = false;
    fooled = null;
    clearPad();
    showFool();
    showPull(null);
    showWhy(null);
    showReading(null, { [pair[1]]: "one", [pair[0]]: "other" });
  },
  press() {
    newPair();
    this.begin();
  },
  cleared() {
    this.begin();
  },
  // Why it is read so takes longer, and waits until the pen is up.
  ask: (down) => ({ pair: down ? null : [pair[1], pair[0]], of: pair }),
  answered({ image, probabilities, why }, { strokes, down, of }) {
    if (of !== pair) return;
    showReading(probabilities, { [pair[1]]: "one", [pair[0]]: "other" });
    showPull(probabilities);
    if (down || why || !image) showWhy(image, why);
    if (!probabilities) return;
    const first = likeliest(probabilities);
    const share = probabilities[first];
    if (first === pair[0] && share >= props.threshold) seen = true;
    if (seen && !fooled && first === pair[1] && share >= props.threshold) fooled = strokes;
    showFool();
  },
};

foolSave.addEventListener("click", () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1200, 630];
  const [digit, wanted] = pair;
  const tile = { strokes: fooled, label: `“${wanted}”` };
  drawCard(canvas, fill(words.fool_card, { digit, wanted }), "", [tile]);
  save(canvas, `fooled-${digit}-${wanted}.png`);
});
