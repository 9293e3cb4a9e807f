// Removes marks much smaller than the pen is wide, as `digits/images/cleaning.py` does: a dot of a
// finer pen, or the end of a stroke that peeks in at the rim.

const SMALLEST_PICTURE = 100; // pixels; in a smaller one nothing is taken for a speck
const SMALL = 0.5; // of the pen's width: a speck is smaller than this in both directions
const THINNEST = 3; // pixels: with a thinner pen, a speck could not be told from a stroke
// The chamfer distances of OpenCV's distance transform with a 3x3 mask.
const ASIDE = Math.fround(0.955);
const ACROSS = Math.fround(1.3693);

// The marks: which one each pixel belongs to, counted from 1, and the area and longer side of each.
function marksOf(inked, side) {
  const labels = new Int32Array(side * side);
  const marks = [null];
  const open = [];
  for (let start = 0; start < labels.length; start++) {
    if (!inked[start] || labels[start]) continue;
    const mark = { area: 0, left: side, right: 0, top: side, bottom: 0 };
    const label = marks.push(mark) - 1;
    labels[start] = label;
    open.push(start);
    while (open.length > 0) {
      const place = open.pop();
      const [x, y] = [place % side, Math.floor(place / side)];
      mark.area += 1;
      mark.left = Math.min(mark.left, x);
      mark.right = Math.max(mark.right, x);
      mark.top = Math.min(mark.top, y);
      mark.bottom = Math.max(mark.bottom, y);
      for (let v = Math.max(0, y - 1); v <= Math.min(side - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(side - 1, x + 1); u++) {
          const next = v * side + u;
          if (!inked[next] || labels[next]) continue;
          labels[next] = label;
          open.push(next);
        }
      }
    }
  }
  return { labels, marks };
}

// How far the innermost pixel of a mark is from its edge: half the width of the pen.
function depthOf(labels, label, side) {
  const wide = side + 2; // with a frame that is infinitely far from any edge
  const far = new Float64Array(wide * wide).fill(Infinity);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (labels[y * side + x] !== label) far[(y + 1) * wide + x + 1] = 0;
    }
  }
  const nearest = (i, step) => Math.min(far[i], far[i - step] + ASIDE, far[i - step * wide] + ASIDE,
    far[i - step * (wide + 1)] + ACROSS, far[i - step * (wide - 1)] + ACROSS);
  let deepest = 0;
  for (let y = 1; y <= side; y++) {
    for (let x = 1; x <= side; x++) far[y * wide + x] = nearest(y * wide + x, 1);
  }
  for (let y = side; y >= 1; y--) {
    for (let x = side; x >= 1; x--) {
      far[y * wide + x] = nearest(y * wide + x, -1);
      deepest = Math.max(deepest, far[y * wide + x]);
    }
  }
  return deepest;
}

function hasGap(profile) {
  const inside = profile.flatMap((inked, place) => (inked ? [place] : []));
  return inside.length > 0 && inside[inside.length - 1] - inside[0] + 1 > inside.length;
}

// Set the ink of all specks to 0, in place. `ink` is side x side numbers in [0, 1].
function removeSpecks(ink, side, faint) {
  if (side < SMALLEST_PICTURE) return;
  const inked = new Uint8Array(ink.length);
  const rows = new Array(side).fill(false);
  const columns = new Array(side).fill(false);
  for (let i = 0; i < ink.length; i++) {
    if (!(ink[i] > faint)) continue;
    inked[i] = 1;
    rows[Math.floor(i / side)] = columns[i % side] = true;
  }
  // Only a mark beside, above or below all others can spoil the box: the usual case is cheap.
  if (!hasGap(rows) && !hasGap(columns)) return;
  const { labels, marks } = marksOf(inked, side);
  if (marks.length < 3) return;
  let largest = 1;
  for (let label = 2; label < marks.length; label++) {
    if (marks[label].area > marks[largest].area) largest = label;
  }
  const width = 2 * depthOf(labels, largest, side);
  if (width < THINNEST) return;
  const isSpeck = marks.map((mark) => mark !== null
    && Math.max(mark.right - mark.left, mark.bottom - mark.top) + 1 < SMALL * width);
  for (let i = 0; i < ink.length; i++) if (isSpeck[labels[i]]) ink[i] = 0;
}
