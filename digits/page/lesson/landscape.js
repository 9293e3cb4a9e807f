// The map: digits of many people as points, and the visitor's drawing among them. `landscape.py` says
// how the file `map.bin` is laid out; `map.png` holds the pictures of the digits.

const SPRITE_COLUMNS = 50; // digits in a row of map.png
const VIEW = 1.55; // what the map shows to each side of its middle; the groups stand at 1

// Get the map of the model with this name; null if there is none.
async function loadLandscape(name) {
  const answer = await fetch(`map.bin?model=${encodeURIComponent(name)}`);
  if (!answer.ok || answer.headers.get("Content-Type")?.includes("json")) return null;
  const bytes = await answer.arrayBuffer();
  const length = new DataView(bytes).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  const { count, features, directions } = header;
  let place = 4 + length;
  const take = (Type, size) => {
    const array = new Type(bytes.slice(place, place + size * Type.BYTES_PER_ELEMENT));
    place += size * Type.BYTES_PER_ELEMENT;
    return array;
  };
  const matrix = take(Int16Array, features * directions);
  const points = take(Int16Array, count * directions);
  const labels = take(Uint8Array, count);
  const sprite = new Image();
  sprite.src = `map.png?v=${header.pictures}`;
  await sprite.decode();
  return { ...header, matrix, points, labels, sprite };
}

// Where a drawing with these features stands, in all directions.
function standingOf({ matrix, steps, offset, directions }, features) {
  const sums = new Float64Array(directions);
  features.forEach((value, i) => {
    if (value === 0) return;
    for (let d = 0; d < directions; d++) sums[d] += value * matrix[i * directions + d];
  });
  return sums.map((sum, d) => sum * steps[d] + offset[d]);
}

function pointAt({ points, point_step: step, directions }, n) {
  return Array.from({ length: directions }, (_, d) => points[n * directions + d] * step);
}

// The same in the plane of the map.
const inThePlane = ({ plane }, standing) => [0, 1].map((axis) =>
  standing.reduce((sum, value, d) => sum + value * plane[d][axis], plane.at(-1)[axis]));

// The numbers of the points that are nearest in all directions, the nearest first.
function nearestTo(map, standing, count) {
  const { points, point_step: step, directions } = map;
  const distances = Float64Array.from({ length: map.count }, (_, n) => {
    let sum = 0;
    for (let d = 0; d < directions; d++) {
      sum += (points[n * directions + d] * step - standing[d]) ** 2;
    }
    return sum;
  });
  return [...distances.keys()].sort((a, b) => distances[a] - distances[b]).slice(0, count);
}

function mapStep(section, lesson) {
  const NEAREST = 6;
  const TRAIL = 90; // places that the wandering point leaves behind
  const canvas = section.querySelector(".points");
  const context = canvas.getContext("2d");
  const thumb = section.querySelector(".thumb");
  const list = section.querySelector(".nearest ul");
  const ground = document.createElement("canvas"); // all that stays as it is
  let map = null;
  let asked = null; // the name of the model whose map was asked for
  let trail = [];
  let wandering = null; // the drawing's place in the plane
  let nearest = [];

  const grouped = (count) => say("{count}", { count: count.toLocaleString("en") });

  async function get() {
    asked = window.digits.model;
    map = null;
    trail = [];
    const found = await loadLandscape(asked).catch(() => null);
    if (asked !== window.digits.model) return; // another one was chosen meanwhile
    map = found && { ...found, places: Array.from({ length: found.count }, (_, n) =>
      inThePlane(found, pointAt(found, n))) };
    section.classList.toggle("mapless", !map);
    if (!map) return;
    fill(section, "map_count", grouped(map.count));
    fill(section, "map_features", grouped(map.features));
    fill(section, "map_directions", map.directions);
    fill(section, "map_kept", `${Math.round(100 * map.kept)} %`);
    if (lesson.step === "map") show();
  }

  const onScreen = ([x, y]) => [x, y].map((value) =>
    (Math.min(0.985, Math.max(0.015, 0.5 + value / (2 * VIEW)))) * canvas.clientWidth);

  const colours = () => Array.from({ length: 10 }, (_, digit) =>
    getComputedStyle(section).getPropertyValue(`--digit-${digit}`).trim());

  function dot(on, [x, y], radius) {
    on.beginPath();
    on.arc(x, y, radius, 0, 2 * Math.PI);
    on.fill();
  }

  // All points, and on each group its digit.
  function drawGround(pixels, density) {
    ground.width = ground.height = pixels;
    const on = ground.getContext("2d");
    const style = getComputedStyle(canvas);
    const palette = colours();
    on.scale(density, density);
    const radius = Math.max(1.6, canvas.clientWidth / 260);
    on.globalAlpha = 0.6;
    map.places.forEach((place, n) => {
      on.fillStyle = palette[map.labels[n]];
      dot(on, onScreen(place), radius);
    });
    on.globalAlpha = 1;
    on.font = `700 ${Math.max(18, canvas.clientWidth / 17)}px system-ui, sans-serif`;
    on.textAlign = "center";
    on.textBaseline = "middle";
    on.lineJoin = "round";
    on.lineWidth = 5;
    map.groups.forEach((place, digit) => {
      on.strokeStyle = style.backgroundColor;
      on.fillStyle = style.color;
      on.strokeText(digit, ...onScreen(place));
      on.fillText(digit, ...onScreen(place));
    });
  }

  function drawWay(style) {
    context.strokeStyle = style.getPropertyValue("--wanderer").trim();
    context.lineWidth = 2;
    context.lineJoin = "round";
    for (let i = 1; i < trail.length; i++) {
      context.globalAlpha = (0.7 * i) / trail.length;
      context.beginPath();
      context.moveTo(...onScreen(trail[i - 1]));
      context.lineTo(...onScreen(trail[i]));
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  function draw() {
    const density = window.devicePixelRatio || 1;
    const pixels = Math.round(canvas.clientWidth * density);
    if (pixels === 0 || !map) return;
    const theme = `${pixels} ${getComputedStyle(canvas).color}`;
    if (ground.dataset.theme !== theme) {
      drawGround(pixels, density);
      ground.dataset.theme = theme;
    }
    if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, pixels, pixels);
    context.drawImage(ground, 0, 0);
    context.setTransform(density, 0, 0, density, 0, 0);
    const style = getComputedStyle(canvas);
    if (!wandering) return;
    drawWay(style);
    context.strokeStyle = style.getPropertyValue("--wanderer").trim();
    context.lineWidth = 1;
    for (const n of nearest) {
      context.beginPath();
      context.moveTo(...onScreen(wandering));
      context.lineTo(...onScreen(map.places[n]));
      context.stroke();
    }
    context.fillStyle = style.backgroundColor;
    dot(context, onScreen(wandering), 10);
    context.fillStyle = style.getPropertyValue("--wanderer").trim();
    dot(context, onScreen(wandering), 7.5);
  }

  function picture(target, n) {
    target.width = target.height = 28;
    const [x, y] = [n % SPRITE_COLUMNS, Math.floor(n / SPRITE_COLUMNS)];
    target.getContext("2d").drawImage(map.sprite, 28 * x, 28 * y, 28, 28, 0, 0, 28, 28);
  }

  function showNearest() {
    while (list.children.length < NEAREST) {
      const item = list.appendChild(document.createElement("li"));
      item.append(document.createElement("canvas"), document.createElement("span"));
    }
    nearest.forEach((n, i) => {
      const [canvas, name] = list.children[i].children;
      picture(canvas, n);
      name.textContent = map.labels[n];
    });
  }

  function show() {
    if (asked !== window.digits.model) return get();
    if (!map) return;
    const dense = lesson.layers.findLast(({ kind }) => kind === "dense");
    const standing = standingOf(map, dense.input);
    wandering = inThePlane(map, standing);
    if (lesson.drawn) trail.push(wandering);
    else trail = [];
    trail = trail.slice(-TRAIL);
    nearest = nearestTo(map, standing, NEAREST);
    canvas.dataset.place = wandering.map((value) => value.toFixed(3)).join(" ");
    canvas.dataset.nearest = nearest.join(" ");
    showNearest();
    draw();
  }

  // The picture of the point under the pointer.
  function hover({ offsetX, offsetY }) {
    if (!map) return;
    const distances = map.places.map((place) => {
      const [x, y] = onScreen(place);
      return Math.hypot(x - offsetX, y - offsetY);
    });
    const closest = distances.reduce((best, value, n) => (value < distances[best] ? n : best), 0);
    thumb.hidden = distances[closest] > 12;
    if (thumb.hidden) return;
    picture(thumb, closest);
    const [x, y] = onScreen(map.places[closest]);
    thumb.style.translate = `${x}px ${y}px`;
    thumb.classList.toggle("low", y < 90);
  }

  canvas.addEventListener("pointermove", hover);
  canvas.addEventListener("pointerdown", hover);
  canvas.addEventListener("pointerleave", () => { thumb.hidden = true; });
  new ResizeObserver(draw).observe(canvas);
  return { show };
}
