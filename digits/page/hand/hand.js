// Asks for twenty drawings, one by one. Gradio runs this file as the body of a function with `element`
// and `props`. The pad is a sketchpad of its own, `#hand-pad`, which tells of its strokes.

const SIDE = 28; // pixels of a digit image
const words = props.words;
const task = element.querySelector(".task p");
const counter = element.querySelector(".task output");
const next = element.querySelector(".next");
const back = element.querySelector(".back");
const row = element.querySelector(".drawn");
const sheet = document.createElement("canvas"); // for the picture that the digit image is made of
sheet.width = sheet.height = props.side;
const sheetContext = sheet.getContext("2d", { alpha: false, willReadFrequently: true });
const asked = shuffled(); // the digits, in the order in which they are asked for
let images = []; // 784 bytes each
let strokes = []; // of the pad

function shuffled() {
  const digits = Array.from({ length: props.count }, (_, i) => i % 10);
  for (let i = digits.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [digits[i], digits[j]] = [digits[j], digits[i]];
  }
  return digits;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function clearPad() {
  document.querySelector("#hand-pad button.clear")?.click();
}

function imageOfPad() {
  if (strokes.length === 0 || !window.digits) return null;
  window.digits.drawPicture(sheetContext, strokes, props.side);
  const { data } = sheetContext.getImageData(0, 0, props.side, props.side);
  const image = window.digits.digitImage(data, props.side);
  return image && Uint8Array.from(image, (ink) => Math.round(255 * ink));
}

function asBase64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function paint(canvas, image) {
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(SIDE, SIDE);
  image?.forEach((ink, i) => pixels.data.set([ink, ink, ink, 255], 4 * i));
  context.putImageData(pixels, 0, 0);
}

function show() {
  const number = images.length;
  const complete = number === asked.length;
  task.textContent = complete ? words.complete : fill(words.ask, { digit: asked[number] });
  counter.textContent = fill(words.count, { number, all: asked.length });
  next.disabled = complete || strokes.length === 0;
  back.disabled = number === 0;
  [...row.children].forEach((place, i) => {
    place.className = i < number ? "done" : i === number ? "now" : "";
    paint(place.querySelector("canvas"), images[i]);
  });
  document.documentElement.toggleAttribute("data-hand", complete);
}

// Tell the server once there are all of them, and when there no longer are.
function send() {
  const complete = images.length === asked.length;
  props.value = !complete ? "" : JSON.stringify({
    digits: asked,
    images: asBase64(Uint8Array.from(images.flatMap((image) => [...image]))),
  });
}

next.addEventListener("click", () => {
  const image = imageOfPad();
  if (!image) return void (task.textContent = window.digits ? words.empty : words.unread);
  images.push(image);
  clearPad();
  show();
  send();
});

back.addEventListener("click", () => {
  images.pop();
  clearPad();
  show();
  send();
});

function onStrokes(event) {
  if (!element.isConnected) return document.removeEventListener("strokes", onStrokes);
  if (!event.target.closest("#hand-pad")) return;
  ({ strokes } = event.detail);
  next.disabled = images.length === asked.length || strokes.length === 0;
}

for (const digit of asked) {
  const place = row.appendChild(document.createElement("li"));
  const picture = place.appendChild(document.createElement("canvas"));
  picture.width = picture.height = SIDE;
  place.appendChild(document.createElement("span")).textContent = digit;
}
document.addEventListener("strokes", onStrokes);
show();
