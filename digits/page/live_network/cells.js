// A cell of a map, taken apart beside it: its window of the input, the kernel, the products, and what
// becomes of their sum. For the maps of the live network and those of the lesson; the numbers have
// the colours of `scale.js`, which stands before this script.

const CELL = {
  title: "Map {map} after convolution {stage}, row {row}, column {column}",
  window: "Window",
  windowOf: "Window of map {map}",
  kernel: "Kernel",
  products: "Products",
  sum: "All products together: {value}",
  oneOf: "Map {map} before it gives {part}, the most of all {count}",
  bias: "bias {value}",
  total: "sum {value}",
  max: "largest of its window {value}",
  average: "mean with its window {value}",
  relu: "ReLU: {value}",
};

// What scripts show is English there; here it is shown in the visitor's language.
const say = (text, values = {}) => window.translated?.(text, values)
  ?? text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// Makes the popover in an element. `over(target, fields)` shows it for the cells of what `fields()`
// returns: the maps on a target, each { box: its place on the screen, layers, stage, channel }.
function makeCells(host) {
  const popover = host.appendChild(document.createElement("div"));
  popover.className = "cell-popover";
  popover.setAttribute("role", "status");
  popover.innerHTML = `<strong></strong><div class="product">
    <div class="factor"><table></table><small></small></div><span aria-hidden="true">×</span>
    <div class="factor"><table></table><small></small></div><span aria-hidden="true">=</span>
    <div class="factor"><table></table><small></small></div></div>
    <p class="part"></p><p class="way"></p>`;
  const mark = host.appendChild(document.createElement("div"));
  mark.className = "cell-mark";
  const tables = [...popover.querySelectorAll("table")].map(numberTable);
  const captions = popover.querySelectorAll("small");
  let shown = null; // the target and the middle of the cell that is shown
  hide();

  function hide() {
    popover.hidden = mark.hidden = true;
    shown = null;
  }

  // The cell of a field under a point of the screen; null beside it.
  function cellAt(fields, x, y) {
    const field = fields.find(({ box }) =>
      x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height);
    if (!field) return null;
    const end = window.digits.stageEnds(field.layers)[field.stage];
    const [height, width] = field.layers[end].shape;
    const { box } = field;
    const row = Math.floor(((y - box.y) * height) / box.height);
    const column = Math.floor(((x - box.x) * width) / box.width);
    const [cellHeight, cellWidth] = [box.height / height, box.width / width];
    const [left, top] = [box.x + column * cellWidth, box.y + row * cellHeight];
    return { ...field, end, row, column, left, top, cellHeight, cellWidth };
  }

  function describe({ layers, stage, end, channel, row, column }) {
    const way = window.digits.wayTo(layers, end, row, column, channel);
    const { layer, y, x } = way[0];
    const { window: seen, parts, bias, value } = window.digits.sumAt(layer, y, x, channel);
    const most = parts.reduce((a, part) => (Math.abs(part.sum) > Math.abs(a.sum) ? part : a));
    const scale = scaleOf(host);
    const several = parts.length > 1;
    popover.querySelector("strong").textContent =
      say(CELL.title, { map: channel + 1, stage: stage + 1, row: row + 1, column: column + 1 });
    [most.seen, most.weights, most.products].forEach((values, i) =>
      tables[i](values, [seen.tall, seen.wide], scale));
    [several ? CELL.windowOf : CELL.window, CELL.kernel, CELL.products].forEach((text, i) =>
      { captions[i].textContent = say(text, { map: most.channel + 1 }); });
    popover.querySelector(".part").textContent = several
      ? say(CELL.oneOf, { map: most.channel + 1, part: written(most.sum), count: parts.length })
      : say(CELL.sum, { value: written(most.sum) });
    popover.querySelector(".way").textContent = wayInWords(way, channel, bias, value, several);
  }

  function wayInWords(way, channel, bias, value, several) {
    const words = [];
    if (written(bias) !== "0") words.push(say(CELL.bias, { value: written(bias) }));
    if (several || words.length > 0) words.push(say(CELL.total, { value: written(value) }));
    for (const { layer, after } of way) {
      if (layer.kind === "pooling") words.push(say(CELL[layer.by], { value: written(after) }));
      if (layer.kind === "scaling") {
        const shift = layer.shift[channel];
        const size = written(Math.abs(shift));
        words.push(`× ${written(layer.scale[channel])}`
          + (size === "0" ? "" : ` ${shift < 0 ? MINUS : "+"} ${size}`));
      }
      if (layer.activation === "relu") words.push(say(CELL.relu, { value: written(after) }));
    }
    return words.join(" → ");
  }

  // Beside the cell, where there is room; on a narrow screen CSS puts it at an edge.
  function place({ left, top, cellHeight, cellWidth }) {
    Object.assign(mark.style, {
      left: `${left}px`, top: `${top}px`, width: `${cellWidth}px`, height: `${cellHeight}px`,
    });
    const { width, height } = popover.getBoundingClientRect();
    const room = document.documentElement.clientWidth - width - 8;
    const x = Math.min(room, Math.max(8, left + cellWidth / 2 - width / 2));
    const below = top + cellHeight + 12;
    const y = below + height < window.innerHeight ? below : Math.max(8, top - height - 12);
    popover.classList.toggle("up", top > window.innerHeight / 2);
    popover.style.setProperty("--left", `${x}px`);
    popover.style.setProperty("--top", `${y}px`);
  }

  function show(cell, target) {
    popover.hidden = mark.hidden = false;
    describe(cell);
    place(cell);
    shown = { target, x: cell.left + cell.cellWidth / 2, y: cell.top + cell.cellHeight / 2, cell };
  }

  // The next cell in a direction, over the gaps between the maps.
  function next(fields, { x, y, cell }, [right, down]) {
    const farthest = Math.max(window.innerWidth, window.innerHeight);
    let way = right ? cell.cellWidth : cell.cellHeight;
    for (; way < farthest; way += 4) {
      const found = cellAt(fields, x + right * way, y + down * way);
      if (found) return found;
    }
    return null;
  }

  function over(target, fields) {
    const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

    function point({ clientX, clientY }) {
      const cell = cellAt(fields(), clientX, clientY);
      if (cell) show(cell, target);
      else hide();
    }
    target.addEventListener("pointermove", (event) => event.pointerType === "mouse" && point(event));
    target.addEventListener("click", point); // a tap
    target.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && hide());
    target.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && shown) {
        event.stopPropagation(); // it would clear the sketchpad
        return hide();
      }
      if (!(event.key in ARROWS) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const there = fields();
      if (there.length === 0) return;
      const found = shown?.target === target
        ? next(there, shown, ARROWS[event.key])
        : cellAt(there, there[0].box.x + 1, there[0].box.y + 1);
      if (found) show(found, target);
    });
    target.addEventListener("blur", hide);
  }

  // Somewhere else, or with another place on the screen, it would say something about nothing.
  document.addEventListener("pointerdown", ({ target }) => {
    if (shown && !shown.target.contains(target)) hide();
  });
  window.addEventListener("scroll", hide, { passive: true, capture: true });
  return { over, hide };
}
