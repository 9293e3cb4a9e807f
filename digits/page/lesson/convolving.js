// The steps of the first convolution: pixels, the kernel that slides, pooling, ReLU. Each step is a
// function that takes its section and the lesson, and returns { show(), opened() }; `lesson` has
// what all steps share (see `lesson.js`): { image, layers, scale, filter, pick(filter) }.

const by = (sizes) => sizes.join(" × ");

function fill(section, name, text) {
  for (const place of section.querySelectorAll(`[data-fill="${name}"]`)) place.textContent = text;
}

// One map out of several that lie channel beside channel.
function mapOf(values, channels, channel) {
  return Float64Array.from({ length: values.length / channels },
    (_, place) => values[place * channels + channel]);
}

// Up to `side` rows and columns of a map around a place: the window, and the numbers in it.
function cropAround(values, [height, width], [y, x], side) {
  const [tall, wide] = [Math.min(side, height), Math.min(side, width)];
  const top = Math.min(height - tall, Math.max(0, y - Math.floor(tall / 2)));
  const left = Math.min(width - wide, Math.max(0, x - Math.floor(wide / 2)));
  const cells = Array.from({ length: tall * wide }, (_, i) =>
    values[(top + Math.floor(i / wide)) * width + left + (i % wide)]);
  return { window: { top, left, tall, wide }, cells, marked: (y - top) * wide + x - left };
}

function pixelsStep(section, lesson) {
  const CROP = 9;
  const SIZE = [28, 28];
  const plate = section.querySelector(".plate");
  const showNumbers = numberTable(section.querySelector(".crop"));
  let at = null; // the middle of the frame; where the ink is, until it is moved

  function show() {
    paint(plate.querySelector("canvas"), lesson.image, SIZE, lesson.scale);
    const { window: frame, cells } = cropAround(lesson.image, SIZE, at ?? edgeOf(lesson.image), CROP);
    frameOn(plate, frame, SIZE);
    showNumbers(cells, [frame.tall, frame.wide], lesson.scale);
  }

  // The first ink from above: there it meets the paper.
  function edgeOf(image) {
    const place = Math.max(0, image.findIndex((value) => value > 0.5));
    return [Math.floor(place / 28) + 2, place % 28];
  }

  function moveTo(y, x) {
    const within = (value) => Math.min(27 - (CROP >> 1), Math.max(CROP >> 1, value));
    at = [within(y), within(x)];
    show();
  }

  pickable(plate, () => SIZE, moveTo, (down, right) => {
    const [y, x] = at ?? edgeOf(lesson.image);
    moveTo(y + down, x + right);
  });
  return { show };
}

function kernelStep(section, lesson) {
  const [from, to] = section.querySelectorAll(".plate");
  const filters = section.querySelector(".filters");
  const tables = ["seen", "weights", "products"].map((name) =>
    numberTable(section.querySelector(`.${name}`)));
  const layer = () => lesson.layers.find(({ kind }) => kind === "convolution");
  const player = makePlayer(section.querySelector(".player"),
    () => layer().shape[0] * layer().shape[1], firstInk, show);

  // The first place whose window sees ink: before that, all sums are the same.
  function firstInk() {
    const { output, shape: [height, width, count] } = layer();
    const map = mapOf(output, count, lesson.filter);
    const other = map.findIndex((value) => value !== map[0]);
    return other < 0 ? 0 : Math.max(0, Math.floor(other / width) * width);
  }

  function offer() {
    const { kernel, kernel_size: size, filters: count, inputShape } = layer();
    while (filters.children.length > count) filters.lastChild.remove();
    while (filters.children.length < count) addFilter(filters.children.length);
    [...filters.children].forEach((button, filter) => {
      const weights = mapOf(kernel, count, filter).filter((_, i) => i % inputShape[2] === 0);
      paint(button.firstChild, weights, size, lesson.scale);
      button.setAttribute("aria-pressed", filter === lesson.filter);
    });
  }

  function addFilter(filter) {
    const button = filters.appendChild(document.createElement("button"));
    button.type = "button";
    button.setAttribute("aria-label", say(WORDS.filter, { number: filter + 1 }));
    button.title = say(WORDS.filter, { number: filter + 1 });
    button.append(document.createElement("canvas"));
    button.addEventListener("click", () => lesson.pick(filter));
  }

  function show() {
    const convolution = layer();
    const [height, width, count] = convolution.shape;
    const [y, x] = [Math.floor(player.place / width), player.place % width];
    const { window: frame, parts, bias, value } = sumOf(convolution, y, x);
    const size = [frame.tall, frame.wide];
    paint(from.querySelector("canvas"), convolution.input, convolution.inputShape, lesson.scale);
    frameOn(from, frame, convolution.inputShape);
    paint(to.querySelector("canvas"), mapOf(convolution.before, count, lesson.filter),
      [height, width], lesson.scale, (i) => player.playing && i > player.place);
    frameOn(to, { top: y, left: x, tall: 1, wide: 1 }, [height, width]);
    [parts.seen, parts.weights, parts.products].forEach((values, i) =>
      tables[i](values, size, lesson.scale));
    section.querySelector(".sum").textContent = inTerms(parts.products, bias, value);
  }

  function sumOf(convolution, y, x) {
    const { parts: [only], ...others } = window.digits.sumAt(convolution, y, x, lesson.filter);
    return { ...others, parts: only };
  }

  // The products that are not 0, written out as a sum.
  function inTerms(products, bias, total) {
    const terms = products.map((value) => written(value)).filter((text) => text !== "0");
    const sum = terms.join(" + ").replaceAll(`+ ${MINUS}`, `${MINUS} `);
    const biased = written(bias) !== "0";
    if (!sum) return say(biased ? WORDS.onlyBias : WORDS.noInk, { total: written(total) });
    const whole = biased ? `${sum} + ${written(bias)}`.replace(`+ ${MINUS}`, `${MINUS} `) : sum;
    const formula = `\u2066${whole} = ${written(total)}\u2069`; // from left to right everywhere
    return biased ? say(WORDS.withBias, { sum: formula }) : formula;
  }

  playByHand(to, player, () => layer().shape);

  return {
    show() {
      const { kernel_size: size, before, inputShape, shape } = layer();
      fill(section, "kernel_size", by(size));
      fill(section, "kernel_input", by(inputShape));
      fill(section, "kernel_output", by(shape));
      offer();
      player.fit(mapOf(before, shape[2], lesson.filter));
      show();
    },
    opened() {
      if (player.touched || lesson.still()) return;
      player.place = firstInk();
      player.start();
    },
  };
}

function poolingStep(section, lesson) {
  const [from, to] = section.querySelectorAll(".plate");
  const seen = numberTable(section.querySelector(".seen"));
  const result = numberTable(section.querySelector(".result"));
  const layer = () => lesson.layers.find(({ kind }) => kind === "pooling");
  const player = makePlayer(section.querySelector(".player"),
    () => layer().shape[0] * layer().shape[1], () => 0, show);

  function show() {
    const { input, inputShape, before, shape, by: kind } = layer();
    const [height, width, count] = shape;
    const [y, x] = [Math.floor(player.place / width), player.place % width];
    const pool = window.digits.poolAt(layer(), y, x, lesson.filter);
    paint(from.querySelector("canvas"), mapOf(input, count, lesson.filter), inputShape, lesson.scale);
    frameOn(from, pool.window, inputShape);
    paint(to.querySelector("canvas"), mapOf(before, count, lesson.filter), shape, lesson.scale,
      (i) => player.playing && i > player.place);
    frameOn(to, { top: y, left: x, tall: 1, wide: 1 }, shape);
    seen(pool.seen, [pool.window.tall, pool.window.wide], lesson.scale,
      kind === "max" ? pool.best : -1);
    result([pool.value], [1, 1], lesson.scale);
    const there = pool.seen.filter((value) => value !== null).length;
    const words = kind === "max" ? WORDS.largest : WORDS.mean;
    section.querySelector(".sum").textContent =
      say(words, { value: written(pool.value), count: there });
  }

  playByHand(to, player, () => layer().shape);

  return {
    show() {
      const { by: kind, window: size, strides, before, inputShape, shape } = layer();
      section.classList.toggle("averages", kind === "average");
      fill(section, "pooling_window", by(size));
      fill(section, "pooling_stride", strides[0]);
      fill(section, "pooling_input", by(inputShape));
      fill(section, "pooling_output", by(shape));
      player.fit(mapOf(before, shape[2], lesson.filter));
      show();
    },
  };
}

function reluStep(section, lesson) {
  const CROP = 4;
  const [from, to] = section.querySelectorAll(".plate");
  const [beforeTable, afterTable] = ["from", "to"].map((name) =>
    numberTable(section.querySelector(`.${name}`)));
  const layer = () => lesson.layers.find(({ shape, activation }) =>
    shape.length === 3 && activation === "relu");
  let at = null; // the middle of the frame

  function show() {
    const { before, output, shape, kind, scale, shift } = layer();
    section.classList.toggle("scaled", kind === "scaling");
    if (kind === "scaling") {
      fill(section, "relu_scale", `× ${written(scale[lesson.filter])}`);
      const added = shift[lesson.filter];
      fill(section, "relu_shift", `${added < 0 ? MINUS : "+"} ${written(Math.abs(added))}`);
    }
    const maps = [before, output].map((values) => mapOf(values, shape[2], lesson.filter));
    const [y, x] = at ?? lowest(maps[0], shape[1]);
    [[from, beforeTable], [to, afterTable]].forEach(([plate, table], i) => {
      const crop = cropAround(maps[i], shape, [y, x], CROP);
      paint(plate.querySelector("canvas"), maps[i], shape, lesson.scale);
      frameOn(plate, crop.window, shape);
      table(crop.cells, [crop.window.tall, crop.window.wide], lesson.scale, crop.marked);
    });
    const [value, kept] = maps.map((map) => written(map[y * shape[1] + x]));
    section.querySelector(".sum").textContent =
      say(value === kept ? WORDS.stays : WORDS.becomes, { before: value, after: kept });
  }

  // Where ReLU changes most.
  function lowest(map, width) {
    const place = map.reduce((best, value, i) => (value < map[best] ? i : best), 0);
    return [Math.floor(place / width), place % width];
  }

  function moveTo(y, x) {
    const [height, width] = layer().shape;
    at = [inside(y, height), inside(x, width)];
    show();
  }

  pickable(to, () => layer().shape.slice(0, 2), moveTo, (down, right) => {
    const { before, shape } = layer();
    const [y, x] = at ?? lowest(mapOf(before, shape[2], lesson.filter), shape[1]);
    moveTo(y + down, x + right);
  });
  return { show };
}
