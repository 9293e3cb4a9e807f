// Shows the network at work while a person draws: the digit image, after each convolution the most
// active maps, and the ten answers, joined by lines as bright as what one adds to the other. A cell
// of a map is taken apart where it is pointed at. Gradio runs this file as the body of a function
// with `element` and others; `scale.js` and `cells.js` stand before it.

const canvas = element.querySelector("canvas");
const context = canvas.getContext("2d");
const cell = document.createElement("canvas");
const cellContext = cell.getContext("2d");
const GAP = 6; // CSS pixels between two maps
const ROWS = 4; // of maps in a stage
let answer = null;
let frame = null;
let placed = []; // the maps on the canvas: { x, y, side, stage, channel }
let apart = null; // the layers of the network for this answer, once somebody asks
const cells = makeCells(element);

// From inactive to most active: the colour of the paper to that of the accent, and on to the ink.
function colours() {
  const style = getComputedStyle(element);
  const rgb = (name) => channelsOf(style.getPropertyValue(name).trim());
  return {
    off: rgb("--network-off"),
    on: rgb("--network-on"),
    peak: rgb("--network-peak"),
    against: rgb("--network-against"),
    text: style.color,
  };
}

function colourOf(share, { off, on, peak }) {
  return share < 0.7 ? between(off, on, share / 0.7) : between(on, peak, (share - 0.7) / 0.3);
}

function drawMap(values, [height, width], largest, x, y, side, palette) {
  if (cell.width !== width || cell.height !== height) [cell.width, cell.height] = [width, height];
  const pixels = cellContext.createImageData(width, height);
  for (let i = 0; i < values.length; i++) {
    const share = largest > 0 ? Math.min(1, Math.max(0, values[i] / largest)) : 0;
    const [red, green, blue] = colourOf(share, palette);
    pixels.data.set([red, green, blue, 255], 4 * i);
  }
  cellContext.putImageData(pixels, 0, 0);
  context.drawImage(cell, x, y, side, side);
}

// Lines from the right side of some boxes to the left side of others.
function drawLines(sources, targets, strengths, palette) {
  const largest = Math.max(1e-9, ...strengths.flat().map(Math.abs));
  sources.forEach((source, i) => {
    targets.forEach((target, j) => {
      const share = Math.abs(strengths[i][j]) / largest;
      if (share < 0.08) return;
      const colour = strengths[i][j] > 0 ? palette.on : palette.against;
      context.strokeStyle = `rgba(${colour}, ${0.08 + 0.6 * share})`;
      context.lineWidth = 0.5 + 2 * share;
      const [x, y] = [source.x + source.side, source.y + source.side / 2];
      const [toX, toY] = [target.x, target.y + target.side / 2];
      const middle = (x + toX) / 2;
      context.beginPath();
      context.moveTo(x, y);
      context.bezierCurveTo(middle, y, middle, toY, toX, toY);
      context.stroke();
    });
  });
}

function layout(stages, width, height) {
  const narrow = width < 4 * height;
  const side = Math.floor((height - (ROWS - 1) * GAP) / ROWS);
  const columns = narrow ? 1 : 2;
  const wide = columns * side + (columns - 1) * GAP;
  const input = { x: 0, y: (height - Math.min(height, width / 5)) / 2,
    side: Math.min(height, width / 5) };
  const outputSide = Math.floor((height - 9 * 2) / 10);
  const outputX = width - 2.2 * outputSide;
  const room = outputX - input.side;
  const boxes = stages.map((stage, n) => {
    const left = input.side + ((n + 1) * room) / (stages.length + 1) - wide / 2;
    return Array.from({ length: Math.min(stage.maps.length, columns * ROWS) }, (_, i) => ({
      x: left + (i % columns) * (side + GAP),
      y: Math.floor(i / columns) * (side + GAP),
      side,
    }));
  });
  const outputs = Array.from({ length: 10 }, (_, digit) => ({
    x: outputX, y: digit * (outputSide + 2), side: outputSide,
  }));
  return { input, boxes, outputs };
}

function draw() {
  frame = null;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (width === 0) return; // another tab is open
  const density = window.devicePixelRatio || 1;
  const pixels = [Math.round(width * density), Math.round(height * density)];
  // Another size means another picture, which takes longer to make than to wipe this one.
  if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) {
    [canvas.width, canvas.height] = pixels;
  }
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  const palette = colours();
  // Where nothing is drawn, or the server reads, there is nothing to show.
  element.classList.toggle("blank", !answer?.image);
  placed = [];
  if (!answer?.image) return;
  const { image, stages: shown, evidence, probabilities } = answer;
  const { input, boxes, outputs } = layout(shown, width, height);

  [...shown, null].forEach((stage, n) => {
    const sources = n === 0 ? [input] : boxes[n - 1];
    if (stage) drawLines(sources, boxes[n], stage.from, palette);
    else if (evidence) drawLines(sources, outputs, evidence, palette);
  });
  drawMap(image, [28, 28], 1, input.x, input.y, input.side, palette);
  shown.forEach((stage, n) => {
    const largest = Math.max(...stage.maps.map((map) => map.reduce((a, b) => Math.max(a, b), 0)));
    boxes[n].forEach(({ x, y, side }, i) => {
      drawMap(stage.maps[i], stage.side, largest, x, y, side, palette);
      placed.push({ x, y, side, stage: n, channel: stage.channels[i] });
    });
  });
  const top = Math.max(...probabilities);
  outputs.forEach(({ x, y, side }, digit) => {
    const share = probabilities[digit];
    context.fillStyle = `rgb(${colourOf(share, palette)})`;
    context.beginPath();
    context.arc(x + side / 2, y + side / 2, side / 2, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = palette.text;
    context.globalAlpha = share === top ? 1 : 0.6;
    context.font = `${share === top ? 700 : 400} ${side * 0.9}px system-ui, sans-serif`;
    context.textBaseline = "middle";
    context.fillText(String(digit), x + side * 1.3, y + side / 2 + 1);
    context.globalAlpha = 1;
  });
}

const soon = () => { frame ??= requestAnimationFrame(draw); };

// The maps on the screen, for the cells that a visitor points at.
function mapsOnScreen() {
  if (placed.length === 0 || !window.digits.ready) return [];
  const { left, top } = canvas.getBoundingClientRect();
  apart ??= window.digits.takenApart(answer.image);
  return placed.map(({ x, y, side, ...map }) => ({
    ...map, layers: apart, box: { x: left + x, y: top + y, width: side, height: side },
  }));
}

cells.over(canvas, mapsOnScreen);

function follow({ detail }) {
  if (detail?.image !== answer?.image) {
    apart = null;
    cells.hide();
  }
  answer = detail;
  soon();
}

for (const event of ["answer", "rehearsal"]) document.addEventListener(event, follow);
document.addEventListener("answered", () => follow({ detail: window.digits.last }));
answer = window.digits?.last ?? null;
new ResizeObserver(soon).observe(canvas);
const themeObserver = new MutationObserver(soon);
themeObserver.observe(document.body, { attributes: true, attributeFilter: ["class"] });
soon();
