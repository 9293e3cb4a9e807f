// Gradio runs this file as the body of a function with the parameters `element` (our HTML), `props`
// (our value and settings) and `watch`. The boxes are an SVG over the element that `props.over` names,
// in the proportions of the picture, so that they lie where the digits are at any size.
//
// With `props.follows` the picture is the sketchpad, and the boxes are those of its current drawing:
// they go when a stroke is taken back.

const SVG = "http://www.w3.org/2000/svg";

const shown = element.querySelector(".numbers");
const text = element.querySelector(".text");
const copy = element.querySelector(".copy");
let boxes = null; // the SVG
let strokes = 0; // on the sketchpad
const inLanguage = (text) => window.translated?.(text) ?? text;

function make(parent, name, attributes) {
  const node = parent.appendChild(document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

function drawBoxes(reading) {
  const picture = document.querySelector(props.over);
  if (!picture) return;
  const [width, height] = reading.size;
  // An image has no place for the SVG: it goes beside it, and has its box.
  const image = picture.tagName === "IMG";
  const paper = image ? picture.parentElement : picture;
  boxes = make(paper, "svg", { viewBox: `0 0 ${width} ${height}`, class: "digit-boxes" });
  if (image) {
    paper.style.position = "relative";
    const fit = () => {
      for (const side of ["Left", "Top", "Width", "Height"]) {
        boxes?.style.setProperty(side.toLowerCase(), `${picture[`offset${side}`]}px`);
      }
    };
    fit();
    new ResizeObserver(fit).observe(picture);
  }
  if (!props.to_choose) boxes.setAttribute("aria-hidden", "true");
  reading.digits.forEach((digit, number) => {
    const [left, top, right, bottom] = digit.box;
    const group = make(boxes, "g", { class: digit.doubt ? "doubt" : "sure" });
    make(group, "rect", { x: left, y: top, width: right - left, height: bottom - top, rx: 2 });
    // In two lines over a narrow digit of the sketchpad.
    const narrow = props.follows && right - left < 0.15 * width;
    const [smallest, share] = narrow ? [0.02, 0.32] : [0.032, 0.4];
    const letter = Math.max(smallest * width, Math.min(0.05 * width, share * (right - left)));
    const lines = narrow ? [digit.name, digit.sure] : [`${digit.name}: ${digit.sure}`];
    const above = top > 1.2 * letter * lines.length;
    lines.forEach((line, row) => {
      const label = make(group, "text", {
        x: (left + right) / 2,
        y: above
          ? top - (0.25 + 1.1 * (lines.length - 1 - row)) * letter
          : bottom + (1 + 1.1 * row) * letter,
        "font-size": letter,
      });
      label.textContent = line;
    });
    if (!props.to_choose) return;
    group.setAttribute("tabindex", "0");
    group.setAttribute("role", "button");
    group.setAttribute("aria-label", `${digit.name}, ${digit.sure} ${inLanguage(digit.note)}`.trim());
    const choose = () => {
      boxes.querySelector(".chosen")?.classList.remove("chosen");
      group.classList.add("chosen");
      document.dispatchEvent(new CustomEvent("digit-chosen", { detail: number }));
    };
    group.addEventListener("click", choose);
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose();
    });
  });
}

function show() {
  if (props.follows && window.digits && digits.asked !== digits.drawing) return;
  showReading(props.value ? JSON.parse(props.value) : null);
}

function showReading(reading) {
  boxes?.remove();
  boxes = null;
  shown.hidden = reading === null;
  text.textContent = reading?.text ?? "";
  copy.textContent = inLanguage("Copy");
  if (reading) drawBoxes(reading);
}

copy.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(text.textContent);
    copy.textContent = inLanguage("Copied");
  } catch {
    getSelection().selectAllChildren(text); // without permission, it can be copied by hand
  }
});

function follow({ detail }) {
  if (!element.isConnected) return document.removeEventListener("drawing", follow);
  if (detail.strokes.length < strokes) showReading(null);
  strokes = detail.strokes.length;
}

watch("value", show);
if (props.follows) {
  document.addEventListener("drawing", follow);
  document.addEventListener("answered", show); // the value may be the one before
}
show();
