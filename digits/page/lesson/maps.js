// The steps behind the first convolution: the maps of every convolution, and the ten scores.

const TOP = 8; // maps that are shown at first

// The maps of a layer, the most active first.
function byActivity({ output, shape: [, , count] }) {
  const sums = new Float64Array(count);
  for (let i = 0; i < output.length; i++) sums[i % count] += Math.max(0, output[i]);
  return [...sums.keys()].sort((a, b) => sums[b] - sums[a]);
}

function mapsStep(section, lesson) {
  const stages = section.querySelector(".stages");
  const all = new Set(); // the stages of which all maps are shown

  function addStage(number) {
    const stage = stages.appendChild(document.createElement("div"));
    stage.append(document.createElement("h3"), document.createElement("div"));
    stage.lastChild.className = "tiles";
    const button = stage.appendChild(document.createElement("button"));
    button.type = "button";
    button.addEventListener("click", () => {
      if (!all.delete(number)) all.add(number);
      lesson.cells.hide();
      show();
    });
    const tiles = stage.querySelector(".tiles");
    tiles.tabIndex = 0;
    tiles.setAttribute("role", "application");
    lesson.cells.over(tiles, () => [...tiles.children].map((tile) => ({
      box: tile.getBoundingClientRect(),
      layers: lesson.layers,
      stage: number,
      channel: Number(tile.dataset.channel),
    })));
  }

  function showStage(stage, number, layer) {
    const [height, width, count] = layer.shape;
    const [heading, tiles, button] = stage.children;
    heading.textContent = say(WORDS.stage, {
      number: number + 1, count, size: `${height} × ${width}`,
    });
    tiles.setAttribute("aria-label", heading.textContent);
    button.hidden = count <= TOP;
    button.textContent = all.has(number)
      ? say(WORDS.showTop, { count: TOP }) : say(WORDS.showAll, { count });
    button.setAttribute("aria-expanded", all.has(number));
    const channels = byActivity(layer).slice(0, all.has(number) ? count : TOP);
    while (tiles.children.length > channels.length) tiles.lastChild.remove();
    while (tiles.children.length < channels.length) {
      tiles.append(document.createElement("canvas"));
    }
    channels.forEach((channel, i) => {
      tiles.children[i].dataset.channel = channel;
      paint(tiles.children[i], mapOf(layer.output, count, channel), [height, width], lesson.scale);
    });
    tiles.classList.toggle("all", all.has(number));
  }

  function show() {
    const ends = window.digits.stageEnds(lesson.layers);
    while (stages.children.length > ends.length) stages.lastChild.remove();
    while (stages.children.length < ends.length) addStage(stages.children.length);
    ends.forEach((end, n) => showStage(stages.children[n], n, lesson.layers[end]));
  }
  return { show };
}

// What each feature adds to one score, less what it adds to all ten scores alike: softmax only sees
// the differences between scores.
function addedTo({ input, kernel }, digit) {
  return Float64Array.from(input, (value, i) => {
    const weights = kernel.subarray(10 * i, 10 * i + 10);
    return value * (weights[digit] - weights.reduce((a, b) => a + b) / 10);
  });
}

const lessMean = (values) => {
  const mean = values.reduce((a, b) => a + b) / values.length;
  return Array.from(values, (value) => value - mean);
};

function scoresStep(section, lesson) {
  const digits = section.querySelector(".digits");
  const list = section.querySelector(".adding");
  const dense = () => lesson.layers.findLast(({ kind }) => kind === "dense");
  let picked = null; // null is the highest

  for (let digit = 0; digit < 10; digit++) {
    const button = digits.appendChild(document.createElement("button"));
    button.type = "button";
    for (const part of ["name", "bar", "score", "percent"]) {
      button.appendChild(document.createElement("span")).className = part;
    }
    button.querySelector(".name").textContent = digit;
    button.querySelector(".bar").append(document.createElement("i"));
    button.addEventListener("click", () => {
      picked = digit;
      show();
    });
  }

  // The layer whose maps the scores weigh; none if there is another layer between.
  function weighedMaps() {
    const before = lesson.layers.slice(0, lesson.layers.indexOf(dense()));
    return before.at(-1)?.kind === "flattening" && before.at(-2)?.shape.length === 3
      ? before.at(-2) : null;
  }

  function showScores(scores, digit) {
    const largest = Math.max(...scores.map(Math.abs), 1e-9);
    [...digits.children].forEach((button, d) => {
      const percent = percentOf(lesson.probabilities[d]);
      const score = signed(scores[d], 1);
      button.setAttribute("aria-pressed", d === digit);
      button.setAttribute("aria-label",
        say(percent ? WORDS.likely : WORDS.unlikely, { digit: d, score, percent }));
      button.querySelector(".score").textContent = score;
      button.querySelector(".percent").textContent = percent;
      const { style, classList } = button.querySelector("i");
      const share = (50 * scores[d]) / largest;
      style.left = `${50 + Math.min(0, share)}%`;
      style.width = `${Math.abs(share)}%`;
      classList.toggle("against", share < 0);
    });
  }

  function showPlaces(maps, added) {
    const [height, width, count] = maps.shape;
    const places = Float32Array.from({ length: height * width }, (_, place) =>
      added.subarray(place * count, (place + 1) * count).reduce((a, b) => a + b));
    paint(section.querySelector(".where"), places, [height, width], lesson.scale);
    const over = section.querySelector(".over");
    inkOver(over, lesson.image);
  }

  // The digit half transparent, over the places. The maps cover the whole image, nearly.
  function inkOver(canvas, image) {
    canvas.width = canvas.height = 28;
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(28, 28);
    const [red, green, blue] = channelsOf(getComputedStyle(canvas).color);
    image.forEach((ink, i) => pixels.data.set([red, green, blue, 150 * ink], 4 * i));
    context.putImageData(pixels, 0, 0);
  }

  // The eight parts that add or take most, and what all others add.
  function showParts(parts, tileOf, nameOf, bias) {
    const order = [...parts.keys()].sort((a, b) => Math.abs(parts[b]) - Math.abs(parts[a]));
    const shown = order.slice(0, TOP);
    const others = order.slice(TOP).reduce((sum, i) => sum + parts[i], 0);
    const rows = shown.map((i) => [tileOf(i), nameOf(i), parts[i]]);
    if (order.length > TOP) rows.push([null, say(WORDS.others, { count: order.length - TOP }), others]);
    rows.push([null, say(WORDS.always), bias]);
    while (list.children.length > rows.length) list.lastChild.remove();
    while (list.children.length < rows.length) addRow();
    rows.forEach(([tile, name, value], i) => {
      const [canvas, label, number] = list.children[i].children;
      canvas.hidden = tile === null;
      if (tile) paint(canvas, ...tile, lesson.scale);
      label.textContent = name;
      number.textContent = signed(value, 2);
      number.classList.toggle("against", value < 0);
    });
  }

  function addRow() {
    list.appendChild(document.createElement("li")).append(
      document.createElement("canvas"), document.createElement("span"),
      document.createElement("strong"));
  }

  function show() {
    const layer = dense();
    const scores = lessMean(layer.before);
    const digit = picked ?? scores.indexOf(Math.max(...scores));
    const added = addedTo(layer, digit);
    const bias = lessMean(layer.bias)[digit];
    const maps = weighedMaps();
    showScores(scores, digit);
    fill(section, "score_digit", digit);
    section.classList.toggle("mapless", maps === null);
    if (maps) {
      const [height, width, count] = maps.shape;
      showPlaces(maps, added);
      const parts = Array.from({ length: count }, (_, channel) =>
        mapOf(added, count, channel).reduce((a, b) => a + b));
      showParts(parts, (i) => [mapOf(maps.output, count, i), [height, width]],
        (i) => say(WORDS.map, { number: i + 1 }), bias);
    } else {
      showParts(added, () => null, (i) => say(WORDS.feature, { number: i + 1 }), bias);
    }
    section.querySelector(".sum").textContent =
      say(WORDS.score, { digit, total: signed(scores[digit], 2) });
  }
  return { show };
}

const signed = (value, digits) => (value > 0 ? "+" : "") + written(value, digits);

// What is below 1 % is not worth a number.
function percentOf(probability) {
  return probability < 0.01 ? "" : window.digits.percent(probability);
}
