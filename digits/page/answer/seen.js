// Shows the digit image that the network received. Gradio runs this file as the body of a function
// with `element`, `props` and `watch`; the value is a data URL, "" for none.

const SIDE = 28; // pixels
const frame = element.querySelector(".frame");
const sheet = document.createElement("canvas");
sheet.width = sheet.height = SIDE;
const context = sheet.getContext("2d", { willReadFrequently: true });

function show(url) {
  if (!url) return frame.replaceChildren();
  const picture = frame.querySelector("img") ?? frame.appendChild(document.createElement("img"));
  picture.alt = props.alt;
  picture.src = url;
}

function urlOf(image) {
  const pixels = context.createImageData(SIDE, SIDE);
  image.forEach((ink, i) => pixels.data.fill(Math.round(255 * ink), 4 * i, 4 * i + 3));
  for (let i = 3; i < pixels.data.length; i += 4) pixels.data[i] = 255; // opaque
  context.putImageData(pixels, 0, 0);
  return sheet.toDataURL();
}

followReader(() => show(props.value), ({ image }) => show(image && urlOf(image)));
