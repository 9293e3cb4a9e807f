// Finds the drawing that lies between two others: strokes are matched with strokes, resampled to the
// same number of points, and each point moves on a straight line.

const POINTS = 48; // of a stroke
const MOST_MATCHED = 5; // strokes of which every order is tried

const distance = ([x, y], [otherX, otherY]) => Math.hypot(x - otherX, y - otherY);

// Points at equal distances along a line.
function resampled(points, count) {
  const lengths = [0];
  for (let i = 1; i < points.length; i++) {
    lengths.push(lengths[i - 1] + distance(points[i - 1], points[i]));
  }
  const whole = lengths[lengths.length - 1];
  let i = 0;
  return Array.from({ length: count }, (_, n) => {
    const at = (whole * n) / (count - 1);
    while (i < points.length - 2 && lengths[i + 1] < at) i++;
    if (points.length === 1 || whole === 0) return [points[0][0] + 0.01 * n, points[0][1]];
    const share = Math.min(1, (at - lengths[i]) / (lengths[i + 1] - lengths[i] || 1));
    return [0, 1].map((axis) => points[i][axis] + share * (points[i + 1][axis] - points[i][axis]));
  });
}

const lengthOf = (points) =>
  points.slice(1).reduce((sum, point, i) => sum + distance(points[i], point), 0);

// Cut the longest line in two until there are `count`.
function cutTo(lines, count) {
  const parts = [...lines];
  while (parts.length < count) {
    const lengths = parts.map(lengthOf);
    const longest = lengths.indexOf(Math.max(...lengths));
    const points = resampled(parts[longest], 2 * POINTS + 1);
    parts.splice(longest, 1, points.slice(0, POINTS + 1), points.slice(POINTS));
  }
  return parts;
}

function orders(count) {
  if (count > MOST_MATCHED) return [Array.from({ length: count }, (_, i) => i)];
  if (count === 0) return [[]];
  return orders(count - 1).flatMap((order) =>
    Array.from({ length: count }, (_, at) =>
      [...order.slice(0, at), count - 1, ...order.slice(at)]));
}

// Pairs of lines with equally many points, so that the points have the shortest way.
function matched(from, to) {
  const count = Math.max(from.length, to.length);
  const [starts, ends] = [from, to].map((strokes) =>
    cutTo(strokes.map(({ points }) => points), count).map((line) => resampled(line, POINTS)));
  const way = (a, b) => a.reduce((sum, point, i) => sum + distance(point, b[i]), 0);
  let best = null;
  for (const order of orders(count)) {
    const pairs = starts.map((line, i) => {
      const end = ends[order[i]];
      const back = [...end].reverse();
      return way(line, back) < way(line, end) ? [line, back] : [line, end];
    });
    const sum = pairs.reduce((total, [a, b]) => total + way(a, b), 0);
    if (best === null || sum < best.sum) best = { sum, pairs };
  }
  return best.pairs;
}

// A function from a share in [0, 1] to the strokes there.
function strokesBetween(from, to) {
  const pairs = matched(from, to);
  const [width, last] = [from, to].map((strokes) => strokes[0].width);
  return (share) => pairs.map(([start, end]) => ({
    width: width + share * (last - width),
    points: start.map(([x, y], i) => [x + share * (end[i][0] - x), y + share * (end[i][1] - y)]),
  }));
}
