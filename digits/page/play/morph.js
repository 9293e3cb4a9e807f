// "Morph": a slider turns one drawing into another; the strip below it shows where the answer tips.

const TRIED = 41; // places of the slider whose answers make the strip
const SWEEP_TIME = 2600; // milliseconds for which the slider moves by itself at first
const morphPanel = find("section[data-game=morph]");
const slider = morphPanel.querySelector("input");
const strip = morphPanel.querySelector(".strip");
const between = morphPanel.querySelector(".between");
const endButtons = [...morphPanel.querySelectorAll("[data-end]")];
const asStrokes = (lines) => lines.map((points) => ({ width: props.pen_width, points }));
let ends = props.forms.map(asStrokes);
let active = 0; // the end that the pad draws
let at = null; // the strokes at a share
let stripOf = null; // the way that the strip shows, or is being made for
let sweeping = false;

const readMorph = makeReader(({ probabilities }) => showReading(probabilities));

function showMorph() {
  if (!at) return;
  const strokes = at(slider.value / 100);
  const context = between.getContext("2d");
  context.clearRect(0, 0, SIDE, SIDE);
  drawStrokes(context, strokes, getComputedStyle(between).color);
  slider.setAttribute("aria-valuetext", fill(words.morph_at, { share: slider.value }));
  readMorph({ strokes });
}

// Runs of places with the same answer, each as wide as it is long.
function showStrip(answers) {
  const runs = [];
  for (const answer of answers) {
    if (runs.at(-1)?.answer === answer) runs.at(-1).length += 1;
    else runs.push({ answer, length: 1 });
  }
  strip.replaceChildren(...runs.map(({ answer, length }) => {
    const run = document.createElement("span");
    run.textContent = answer ?? words.unsure;
    run.style.flexGrow = length;
    run.className = answer === answers[0] ? "first" : answer === answers.at(-1) ? "second" : "";
    if (answer === null) run.className = "unsure";
    return run;
  }));
}

async function makeStrip() {
  const way = stripOf = at;
  const answers = [];
  for (let i = 0; i < TRIED; i++) {
    const answer = await window.digits?.readAside(way(i / (TRIED - 1)), SIDE);
    if (way !== stripOf || !answer) return;
    const first = answer.probabilities && likeliest(answer.probabilities);
    const sure = answer.probabilities?.[first] >= props.threshold;
    answers.push(sure ? first : null);
  }
  showStrip(answers);
}

function newWay() {
  at = strokesBetween(...ends);
  endButtons.forEach((button, end) => paint(button.querySelector("canvas"), ends[end]));
  showMorph();
}

function activate(end) {
  active = end;
  endButtons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === end)));
  say(end === 0 ? words.morph_first : words.morph_second);
  main.textContent = end === 0 ? words.swap : words.swap_back;
  clearPad();
}

function sweep() {
  sweeping = true;
  const started = performance.now();
  function step(now) {
    if (!sweeping || !element.isConnected) return;
    const share = Math.min(1, (now - started) / SWEEP_TIME);
    slider.value = Math.round(100 * share);
    showMorph();
    if (share < 1) requestAnimationFrame(step);
    else sweeping = false;
  }
  requestAnimationFrame(step);
}

const morph = {
  name: "morph",
  open() {
    activate(active);
    newWay();
    makeStrip();
    if (motionless()) {
      slider.value = 50;
      showMorph();
    } else {
      sweep();
    }
  },
  close() {
    sweeping = false;
    stripOf = null;
  },
  press: () => activate(1 - active),
  // The pad draws one of the ends, and the slider goes there.
  drawing({ strokes, down }) {
    sweeping = false;
    if (strokes.length === 0) return; // a cleared pad leaves the digit as it was
    ends[active] = copyOf(strokes);
    slider.value = 100 * active;
    newWay();
    if (!down) makeStrip();
  },
};

slider.addEventListener("input", () => {
  sweeping = false;
  showMorph();
});
endButtons.forEach((button, end) => button.addEventListener("click", () => activate(end)));
