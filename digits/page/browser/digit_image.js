// Turns a drawing into a digit image: the same arithmetic, step by step and in the same precision,
// as `digits/images/preprocessing.py`, which is the reference. A test holds the two together.

const DIGIT_SIDE = 28; // pixels: the side of a digit image
const BOX_SIDE = 20; // the digit itself is fitted into 20x20
const MINIMUM_CONTRAST = 0.08; // of full scale
const FAINT = Math.fround(0.1); // ink fainter than this does not count for the bounding box

// The value of a median among counted shades; with an even count, the mean of the middle two.
function medianOf(counts, values) {
  const total = counts.reduce((a, b) => a + b);
  const order = [...counts.keys()].sort((a, b) => values[a] - values[b]);
  const at = (rank) => {
    let seen = 0;
    for (const shade of order) if ((seen += counts[shade]) > rank) return values[shade];
  };
  return Math.fround((at(Math.floor((total - 1) / 2)) + at(Math.floor(total / 2))) / 2);
}

// How much ink each of 256 shades of grey is, [0, 1]; null if there is none at all.
function inkOfShades(pixels, side) {
  const border = new Float64Array(256);
  const all = new Float64Array(256);
  for (let i = 0; i < side * side; i++) all[pixels[4 * i]]++;
  for (let i = 0; i < side; i++) {
    border[pixels[4 * i]]++; // top
    border[pixels[4 * ((side - 1) * side + i)]]++; // bottom
    if (i === 0 || i === side - 1) continue;
    border[pixels[4 * i * side]]++; // left
    border[pixels[4 * (i * side + side - 1)]]++; // right
  }
  const shades = Float32Array.from({ length: 256 }, (_, shade) => shade / 255);
  const paper = medianOf(border, shades);
  const ink = shades.map((shade) => Math.abs(shade - paper));
  const noise = Math.fround(5 * medianOf(border, ink));
  let strongest = 0;
  for (let shade = 0; shade < 256; shade++) {
    ink[shade] = Math.max(0, ink[shade] - noise);
    if (all[shade] > 0) strongest = Math.max(strongest, ink[shade]);
  }
  if (strongest < MINIMUM_CONTRAST) return null;
  return ink.map((value) => value / strongest);
}

function roundHalfToEven(value) {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest !== 0.5) return rest < 0.5 ? down : down + 1;
  return down % 2 === 0 ? down : down + 1;
}

// What each of `count` new pixels takes from `size` old ones, as Pillow has it: a box averages
// exactly the pixels that become one; a triangle enlarges without steps.
function shares(size, count) {
  const scale = size / count;
  const box = scale >= 1;
  const width = Math.max(scale, 1);
  const support = (box ? 0.5 : 1) * width;
  return Array.from({ length: count }, (_, place) => {
    const centre = (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(size, Math.trunc(centre + support + 0.5));
    const weights = [];
    for (let i = first; i < end; i++) {
      const distance = (i - centre + 0.5) * (1 / width);
      weights.push(box ? Number(distance > -0.5 && distance <= 0.5)
        : Math.max(0, 1 - Math.abs(distance)));
    }
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

// Resize (height, width) to (tall, wide): first along the rows, then along the columns.
function resized(values, height, width, tall, wide) {
  const across = new Float32Array(height * wide);
  shares(width, wide).forEach(({ first, weights }, x) => {
    for (let y = 0; y < height; y++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += values[y * width + first + i] * weights[i];
      across[y * wide + x] = sum;
    }
  });
  const result = new Float32Array(tall * wide);
  shares(height, tall).forEach(({ first, weights }, y) => {
    for (let x = 0; x < wide; x++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += across[(first + i) * wide + x] * weights[i];
      result[y * wide + x] = sum;
    }
  });
  return result;
}

// Add up in the order in which NumPy does. Where a digit is symmetric, its centre of mass lies
// between two pixels, and the last bit of the sum decides which one it is.
function numpySum(values, rounded) {
  const n = values.length;
  if (n < 8) return values.reduce((a, b) => rounded(a + b), 0);
  const r = Array.from(values.slice(0, 8));
  let i = 8;
  for (; i + 7 < n; i += 8) for (let k = 0; k < 8; k++) r[k] = rounded(r[k] + values[i + k]);
  const halves = [0, 4].map((k) =>
    rounded(rounded(r[k] + r[k + 1]) + rounded(r[k + 2] + r[k + 3])));
  let sum = rounded(halves[0] + halves[1]);
  for (; i < n; i++) sum = rounded(sum + values[i]);
  return sum;
}

// The offset at which a profile of up to 20 pixels has its centre of mass amid 28 pixels.
function placed(profile) {
  const moments = Array.from(profile, (value, place) => value * place);
  const centre = numpySum(moments, Number) / numpySum(profile, Math.fround);
  const start = Math.floor(DIGIT_SIDE / 2 - centre + 0.5);
  return Math.min(Math.max(start, 0), DIGIT_SIDE - profile.length);
}

// Make the digit image of a picture: `pixels` are the RGBA bytes of side x side grey pixels. The
// image is 784 numbers in [0, 1], 1 is ink, row by row; null when there is no ink.
function digitImage(pixels, side) {
  const shades = inkOfShades(pixels, side);
  if (shades === null) return null;
  const ink = new Float32Array(side * side);
  for (let i = 0; i < ink.length; i++) ink[i] = shades[pixels[4 * i]];
  removeSpecks(ink, side, FAINT);
  let [top, bottom, left, right] = [side, -1, side, -1];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (!(ink[y * side + x] > FAINT)) continue;
      if (top > y) top = y;
      bottom = y;
      if (left > x) left = x;
      if (right < x) right = x;
    }
  }
  const [height, width] = [bottom - top + 1, right - left + 1];
  const cropped = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      cropped[y * width + x] = ink[(top + y) * side + left + x];
    }
  }
  const scale = BOX_SIDE / Math.max(height, width);
  const tall = Math.max(1, roundHalfToEven(height * scale));
  const wide = Math.max(1, roundHalfToEven(width * scale));
  const fitted = resized(cropped, height, width, tall, wide);
  const largest = fitted.reduce((a, b) => Math.max(a, b));
  for (let i = 0; i < fitted.length; i++) fitted[i] /= largest;

  const rows = Float32Array.from({ length: tall }, (_, y) =>
    numpySum(fitted.subarray(y * wide, (y + 1) * wide), Math.fround));
  const columns = new Float32Array(wide);
  for (let i = 0; i < fitted.length; i++) columns[i % wide] += fitted[i];
  const [firstRow, firstColumn] = [placed(rows), placed(columns)];
  const image = new Float32Array(DIGIT_SIDE * DIGIT_SIDE);
  for (let y = 0; y < tall; y++) {
    for (let x = 0; x < wide; x++) {
      image[(firstRow + y) * DIGIT_SIDE + firstColumn + x] = fitted[y * wide + x];
    }
  }
  return image;
}
