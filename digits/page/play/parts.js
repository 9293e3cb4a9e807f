// What the games share: the pad, the network, the columns of an answer. Gradio runs the files of this
// folder, joined, as the body of a function with `element` (our HTML) and `props`; `drawStrokes`
// stands before them. The pad is a sketchpad of its own, `#play-pad`, which tells of its strokes.

const SIDE = props.side; // of the pad, in units of its strokes
const words = props.words;
const find = (selector) => element.querySelector(selector);
const task = find(".task p");
const main = find(".task .main");
const said = find(".reading output");
const columns = find(".columns");
const motionless = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function say(text) {
  if (task.textContent !== text) task.textContent = text;
}

function clearPad() {
  document.querySelector("#play-pad button.clear")?.click();
}

// ---- reading ----

// One drawing at a time, and always the latest; `tell` gets each answer with what it is of.
function makeReader(tell) {
  let busy = false;
  let next = null;
  async function read(asked) {
    next = asked;
    if (busy) return;
    busy = true;
    while (next) {
      const now = next;
      next = null;
      const answer = await window.digits?.readAside(now.strokes, SIDE, now.pair ?? null);
      if (answer && element.isConnected) tell(answer, now);
    }
    busy = false;
  }
  return read;
}

const likeliest = (probabilities) => probabilities.indexOf(Math.max(...probabilities));

// No answer is beyond all doubt.
const percent = (share) => (share >= 0.99 ? "> 99 %" : `${Math.round(100 * share)} %`);

// ---- the columns ----

for (let digit = 0; digit < 10; digit++) {
  const column = columns.appendChild(document.createElement("li"));
  column.appendChild(document.createElement("i"));
  column.appendChild(document.createElement("span")).textContent = digit;
}

// Show an answer: the digit, large, and ten columns. `marks` names the classes of some columns.
function showReading(probabilities, marks = {}) {
  const first = probabilities && likeliest(probabilities);
  const sure = probabilities && probabilities[first] >= props.threshold;
  said.textContent = !probabilities ? "" : sure ? String(first) : words.unsure;
  [...columns.children].forEach((column, digit) => {
    const share = probabilities?.[digit] ?? 0;
    column.style.setProperty("--share", share.toFixed(3));
    column.className = [marks[digit] ?? "", probabilities && digit === first ? "largest" : ""]
      .join(" ").trim();
    column.setAttribute("aria-label", `${digit}: ${percent(share)}`);
  });
}

// ---- small pictures of drawings ----

// Draw strokes into a square of a canvas, cut to their own size.
function drawInto(context, strokes, x, y, side, ink) {
  const points = strokes.flatMap((stroke) => stroke.points);
  if (points.length === 0) return;
  const width = Math.max(...strokes.map((stroke) => stroke.width));
  const [low, high] = [Math.min, Math.max].map((extreme) =>
    [0, 1].map((axis) => extreme(...points.map((point) => point[axis]))));
  const size = Math.max(high[0] - low[0], high[1] - low[1], 60) + width;
  const scale = (0.82 * side) / size;
  context.save();
  context.translate(x + side / 2, y + side / 2);
  context.scale(scale, scale);
  context.translate(-(low[0] + high[0]) / 2, -(low[1] + high[1]) / 2);
  drawStrokes(context, strokes, ink);
  context.restore();
}

function paint(canvas, strokes) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  drawInto(context, strokes, 0, 0, canvas.width, getComputedStyle(canvas).color);
}

const copyOf = (strokes) => strokes.map(({ width, points }) => ({ width, points: [...points] }));
