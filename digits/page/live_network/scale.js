// One colour for one number: the scale of the lesson, and of the cells of the live network. It is
// fixed, so that colours may be compared from step to step, and steep near zero, because the weights
// of a kernel are small beside the sums that they make. CSS gives the colours (see
// `live_network.css`).

const REACH = 6; // from here on, colours do not change any more
const KNEE = 0.1; // about linear below, about logarithmic above

// Where a number stands on the scale, from -1 to 1.
function shareOf(value) {
  const share = Math.asinh(Math.abs(value) / KNEE) / Math.asinh(REACH / KNEE);
  return Math.sign(value) * Math.min(1, share);
}

// The number that stands at a share.
function valueAt(share) {
  return Math.sign(share) * KNEE * Math.sinh(Math.abs(share) * Math.asinh(REACH / KNEE));
}

const probe = document.createElement("canvas").getContext("2d");

// The channels of a colour in any notation: canvas writes it as #rrggbb.
function channelsOf(colour) {
  probe.fillStyle = "#000";
  probe.fillStyle = colour;
  const hex = probe.fillStyle;
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

// The colours as they are in the theme of an element.
function scaleOf(element) {
  const style = getComputedStyle(element);
  const named = (name) => channelsOf(style.getPropertyValue(`--scale-${name}`).trim());
  return {
    zero: named("zero"),
    plus: [named("plus"), named("plus-peak")],
    minus: [named("minus"), named("minus-peak")],
  };
}

const between = (from, to, share) =>
  from.map((channel, i) => Math.round(channel + (to[i] - channel) * share));

function colourAt(value, scale) {
  const share = Math.abs(shareOf(value));
  const [middle, peak] = value < 0 ? scale.minus : scale.plus;
  return share < 0.6
    ? between(scale.zero, middle, share / 0.6)
    : between(middle, peak, (share - 0.6) / 0.4);
}

// Black or white, whichever has more contrast with a colour, by its relative luminance (WCAG 2).
function inkOn(colour) {
  const [red, green, blue] = colour.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}

// Shows a map: one pixel of the canvas for each number, enlarged by CSS. Where `hidden(i)` says so, a
// number is not yet there.
function paint(canvas, values, [height, width], scale, hidden = () => false) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(width, height);
  for (let i = 0; i < values.length; i++) {
    pixels.data.set([...colourAt(values[i], scale), hidden(i) ? 0 : 255], 4 * i);
  }
  context.putImageData(pixels, 0, 0);
}

const MINUS = "−";

// In a sum: 0.31, −1.20, 0.
function written(value, digits = 2) {
  if (Math.abs(value) < 0.5 * 10 ** -digits) return "0";
  return value.toFixed(digits).replace("-", MINUS);
}

// In a square, where room is short: .31, −1.2, 1, 0.
function short(value) {
  const text = written(value, Math.abs(value) < 0.995 ? 2 : 1);
  return text.replace(/^(−?)0\./, "$1.").replace(/\.0$/, "");
}

// A table of numbers on their colours. Returns a function that shows other numbers: `values` row by
// row, null beyond the edge; the number at `marked` is outlined.
function numberTable(table) {
  let cells = [];

  function build(rows, columns) {
    table.classList.add("numbers");
    table.style.setProperty("--columns", columns);
    table.dataset.size = `${rows} ${columns}`;
    const body = document.createElement("tbody");
    for (let y = 0; y < rows; y++) {
      const row = body.insertRow();
      for (let x = 0; x < columns; x++) row.insertCell();
    }
    table.tBodies[0]?.remove();
    table.append(body);
    cells = [...body.querySelectorAll("td")];
  }

  return (values, [rows, columns], scale, marked = -1) => {
    if (table.dataset.size !== `${rows} ${columns}`) build(rows, columns);
    cells.forEach((cell, i) => {
      const value = values[i];
      const colour = colourAt(value ?? 0, scale);
      cell.textContent = value === null ? "" : short(value);
      cell.style.background = value === null ? "" : `rgb(${colour})`;
      cell.style.color = inkOn(colour);
      cell.classList.toggle("beyond", value === null);
      cell.classList.toggle("marked", i === marked);
    });
  };
}
