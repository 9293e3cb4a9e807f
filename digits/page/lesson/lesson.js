// The lesson of the Inside tab: what the network makes of the drawing, step by step, computed in the
// browser so that it follows the pen. Gradio runs this file as the body of a function with `element`
// and `props`; the scripts in PARTS (see `__init__.py`) stand before it.
//
// One step is shown at a time, and only that one is computed. The component is hidden, and pictures
// of the server stand in its place, where the browser does not read.

const course = element.querySelector(".course");
const list = course.querySelector("nav ol");
const MAKERS = {
  pixels: pixelsStep,
  kernel: kernelStep,
  pooling: poolingStep,
  relu: reluStep,
  maps: mapsStep,
  scores: scoresStep,
  map: mapStep,
};
const sections = Object.fromEntries([...course.querySelectorAll("section")].map((section) =>
  [section.dataset.step, section]));

const lesson = {
  step: "pixels",
  image: null, // 784 numbers
  probabilities: null,
  layers: null, // of the network, with what they make of the image
  scale: null, // of colours
  filter: null, // the filter of the first convolution that is followed
  drawn: false, // by the visitor; otherwise it is our example
  cells: makeCells(element),
  still: () => window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  pick(filter) {
    lesson.filter = filter;
    showStep();
  },
};
const steps = Object.fromEntries(Object.entries(MAKERS).map(([name, make]) =>
  [name, make(sections[name], lesson)]));

// ---- the drawing -----------------------------------------------------------------------------

const example = props.example.map((points) => ({ width: props.pen, points }));
const pad = lessonPad(course.querySelector(".board"), props, () => example);
const undoButton = course.querySelector("button.undo");
const clearButton = course.querySelector("button.clear");
undoButton.addEventListener("click", pad.undo);
clearButton.addEventListener("click", pad.clear);
let exampleImage = null;

function imageOfExample() {
  const sheet = new OffscreenCanvas(props.side, props.side).getContext("2d", {
    alpha: false,
    willReadFrequently: true,
  });
  window.digits.drawPicture(sheet, example, props.side);
  const { data } = sheet.getImageData(0, 0, props.side, props.side);
  return window.digits.digitImage(data, props.side);
}

// ---- the steps that this network has -----------------------------------------------------------

// The names of the steps in the order of the network: pooling may come before ReLU or after it.
function stepsOf(layers) {
  const first = (test) => layers.findIndex(test);
  const places = {
    kernel: first(({ kind }) => kind === "convolution"),
    pooling: first(({ kind }) => kind === "pooling"),
    relu: first(({ shape, activation }) => shape.length === 3 && activation === "relu"),
  };
  const convolving = Object.keys(places).filter((name) => places[name] >= 0)
    .sort((a, b) => places[a] - places[b]);
  return ["pixels", ...convolving, ...(places.kernel >= 0 ? ["maps"] : []), "scores", "map"];
}

function offerSteps() {
  const names = stepsOf(lesson.layers);
  if (!names.includes(lesson.step)) lesson.step = names[0];
  if (list.dataset.names !== names.join()) {
    list.dataset.names = names.join();
    list.replaceChildren(...names.map((name) => {
      const item = document.createElement("li");
      const button = item.appendChild(document.createElement("button"));
      button.type = "button";
      button.textContent = sections[name].dataset.name;
      button.addEventListener("click", () => open(name));
      return item;
    }));
  }
  names.forEach((name, n) => {
    const button = list.children[n].firstChild;
    if (name === lesson.step) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  });
  const at = names.indexOf(lesson.step);
  course.querySelector(".back").disabled = at === 0;
  course.querySelector(".next").disabled = at === names.length - 1;
}

function open(name) {
  lesson.step = name;
  lesson.cells.hide();
  follow();
  steps[name].opened?.();
}

for (const [name, by] of [["back", -1], ["next", 1]]) {
  course.querySelector(`.${name}`).addEventListener("click", () => {
    const names = stepsOf(lesson.layers);
    open(names[names.indexOf(lesson.step) + by]);
    course.querySelector(`section[data-step="${lesson.step}"]`).scrollIntoView({ block: "nearest" });
  });
}

function showStep() {
  for (const [name, section] of Object.entries(sections)) section.hidden = name !== lesson.step;
  steps[lesson.step].show();
}

// The filter whose map, as the next convolution gets it, varies most over this image: it has most to
// show.
function liveliest() {
  const [end] = window.digits.stageEnds(lesson.layers);
  const { output, shape: [, , count] } = lesson.layers[end];
  const spread = (map) => {
    const mean = map.reduce((a, b) => a + b) / map.length;
    return map.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  };
  const spreads = Array.from({ length: count }, (_, filter) => spread(mapOf(output, count, filter)));
  return spreads.indexOf(Math.max(...spreads));
}

// ---- following -------------------------------------------------------------------------------

let frame = null;
const soon = () => { frame ??= requestAnimationFrame(follow); };

function follow() {
  frame = null;
  if (!element.isConnected) return;
  const reading = Boolean(window.digits?.ready);
  course.classList.toggle("away", !reading); // the server's pictures are shown, see `lesson.css`
  if (!reading || course.clientWidth === 0) return;
  const { last, strokes } = window.digits;
  lesson.drawn = strokes.length > 0 && Boolean(last?.image);
  lesson.image = lesson.drawn ? last.image : (exampleImage ??= imageOfExample());
  lesson.layers = window.digits.takenApart(lesson.image);
  lesson.probabilities = [...lesson.layers.at(-1).output];
  lesson.scale = scaleOf(element);
  const convolution = lesson.layers.find(({ kind }) => kind === "convolution");
  if (convolution && !(lesson.filter < convolution.filters && lesson.filter !== null)) {
    lesson.filter = liveliest();
  }
  showLegend();
  showSide(strokes);
  offerSteps();
  showStep();
}

function showLegend() {
  const context = course.querySelector(".legend canvas").getContext("2d");
  for (let x = 0; x < 240; x++) {
    context.fillStyle = `rgb(${colourAt(valueAt(x / 119.5 - 1), lesson.scale)})`;
    context.fillRect(x, 0, 1, 1);
  }
  course.querySelector(".ticks").replaceChildren(...[-REACH, -1, 0, 1, REACH].map((value) => {
    const tick = document.createElement("span");
    tick.textContent = written(value, 0);
    tick.style.left = `${50 + 50 * shareOf(value)}%`;
    return tick;
  }));
}

function showSide(strokes) {
  undoButton.disabled = clearButton.disabled = strokes.length === 0;
  course.querySelector(".hint").hidden = strokes.length > 0;
  const { digit, words } = window.digits.inWords(lesson.probabilities);
  const read = course.querySelector(".read");
  read.classList.toggle("example", !lesson.drawn);
  read.replaceChildren(Object.assign(document.createElement("strong"), { textContent: digit ?? "?" }),
    lesson.drawn ? window.translated?.(words) ?? words : say(WORDS.example));
  pad.refresh();
}

course.addEventListener("change", ({ target }) => {
  if (target.name === "lesson-words") course.dataset.words = target.value;
});

function onAnswer() {
  if (!element.isConnected) {
    for (const name of ["answer", "answered"]) document.removeEventListener(name, onAnswer);
    return;
  }
  if (window.digits.last?.image !== lesson.image) lesson.cells.hide();
  soon();
}

for (const name of ["answer", "answered"]) document.addEventListener(name, onAnswer);
document.addEventListener("drawing", () => pad.refresh());
document.addEventListener("reader", soon);
new ResizeObserver(soon).observe(course);
// The theme.
new MutationObserver(soon).observe(document.body, { attributes: true, attributeFilter: ["class"] });
soon();
