// "0 to 9 in 20 seconds": the network judges each digit while it is drawn, and asks for the next.

const HELD = 300; // milliseconds for which it must be sure before the pen is lifted
const BEST = "digits: best time"; // key in the browser's local storage; in seconds
const tiles = find(".tiles");
const result = find("section[data-game=clock] .result");
const card = result.querySelector("canvas");
const timeBar = find(".time span");
const timeLeft = find(".task .left");
let running = false;
let deadline = 0; // performance.now()
let sureSince = null; // performance.now() from which the network has been sure of the digit asked for
let drawn = []; // what was drawn so far: { strokes, share }; null where it was skipped

for (let digit = 0; digit < 10; digit++) {
  const tile = tiles.appendChild(document.createElement("li"));
  tile.appendChild(document.createElement("span")).textContent = digit;
  const picture = tile.appendChild(document.createElement("canvas"));
  picture.width = picture.height = 112;
  picture.setAttribute("aria-hidden", "true");
}

const secondsUsed = () => Math.min(props.seconds, props.seconds - (deadline - performance.now()) / 1000);

function showTiles() {
  [...tiles.children].forEach((tile, digit) => {
    const done = drawn[digit];
    tile.className = running && digit === drawn.length ? "now" : done ? "done" : "";
    tile.classList.toggle("missed", done === null);
    paint(tile.querySelector("canvas"), done?.strokes ?? []);
  });
}

function showTime() {
  const left = running ? Math.max(0, deadline - performance.now()) / 1000 : props.seconds;
  timeLeft.textContent = `${left.toFixed(1)} s`;
  const share = left / props.seconds;
  timeBar.style.transform = `scaleX(${motionless() ? Math.ceil(share * 10) / 10 : share})`;
  timeBar.classList.toggle("short", left < 5);
}

function keptBest() {
  try {
    const best = parseFloat(localStorage.getItem(BEST));
    return best > 0 && best <= props.seconds ? best : null;
  } catch {
    return null;
  }
}

function keepBest(seconds) {
  try {
    localStorage.setItem(BEST, seconds.toFixed(1));
  } catch {
    // Without storage, there is no best time.
  }
}

function ask() {
  say(fill(words.clock_draw, { digit: drawn.length }));
  showTiles();
}

function tick() {
  if (!running) return;
  // In another tab of the page the pad has no size: the game is over.
  if (performance.now() >= deadline || !element.isConnected || find(".panel").offsetWidth === 0) {
    return finish();
  }
  showTime();
  requestAnimationFrame(tick);
}

function goOn(done) {
  drawn.push(done);
  sureSince = null;
  clearPad();
  if (drawn.length === 10) finish();
  else ask();
}

function finish() {
  const seconds = secondsUsed();
  running = false;
  const right = drawn.filter(Boolean).length;
  const shown = seconds.toFixed(1);
  const title = right === 10 ? fill(words.clock_all, { seconds: shown })
    : fill(words.clock_some, { count: right, seconds: shown });
  let line = "";
  if (right === 10) {
    const best = keptBest();
    const better = best === null || seconds < best;
    if (better) keepBest(seconds);
    line = better ? words.clock_best_yet : fill(words.clock_best, { seconds: best.toFixed(1) });
  }
  const shares = Array.from({ length: 10 }, (_, digit) => {
    const done = drawn[digit];
    return done ? { strokes: done.strokes, label: percent(done.share) }
      : { missed: true, label: String(digit) };
  });
  drawCard(card, title, line, shares);
  result.querySelector("figcaption").textContent = line;
  result.hidden = false;
  tiles.hidden = true;
  say(title);
  main.textContent = words.again;
  showTime();
  clearPad();
  showReading(null);
}

const clock = {
  name: "clock",
  open() {
    running = false;
    drawn = [];
    tiles.hidden = false;
    result.hidden = true;
    say(words.clock_ready);
    main.textContent = words.start;
    showTiles();
    showTime();
  },
  close() {
    running = false;
  },
  press() {
    if (running) return goOn(null);
    this.open();
    clearPad();
    running = true;
    deadline = performance.now() + 1000 * props.seconds;
    main.textContent = words.skip;
    ask();
    requestAnimationFrame(tick);
  },
  ask: () => ({ turn: drawn.length }),
  // While the pen is down the digit may be half drawn: it counts once the network stays sure of it.
  answered({ probabilities }, { strokes, down, turn }) {
    showReading(probabilities, running ? { [drawn.length]: "one" } : {});
    if (!running || !probabilities || turn !== drawn.length) return;
    const share = probabilities[turn];
    const right = likeliest(probabilities) === turn && share >= props.threshold;
    if (!right || share < props.sure) sureSince = null;
    else sureSince ??= performance.now();
    const held = sureSince !== null && performance.now() - sureSince > HELD;
    if (right && (!down || held)) goOn({ strokes, share });
  },
};

find("section[data-game=clock] .save").addEventListener("click", () => save(card, "0-to-9.png"));
