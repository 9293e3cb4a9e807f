// Reads the drawing on the page while a person draws, without asking the server.
//
// The sketchpad tells of each change with the event "drawing", and everything that shows an answer
// listens to the event "answer":
//
//   { drawing, image, probabilities, stages, evidence }
//
// `drawing` is the number of the drawing, which grows with each change; `image` the 784 numbers
// that the network received, and `probabilities` its ten answers, both null without ink; for
// `stages` and `evidence` see `stages.js`. An answer to an earlier drawing is marked
// at once: the page's root has the attribute data-answer="old" until the current drawing is
// answered, and data-server="old" until the server has answered it.
//
// The network reads one digit. Where ink stands in several places beside each other, the answer is
// left to the server, which reads numbers: what it answered last stays, marked as old, until it
// answers again. After each answer of the server there is the event "answered", and the page's root
// has the attribute data-number while that answer is a number. It has the attribute data-drawn while
// there is ink.
//
// When the browser begins to read, and when it leaves that to the server for good, there is the event
// "reader".
//
// What an empty page draws by itself is read as well, and answered with the event "rehearsal", which
// only the picture of the network listens to.

// The network comes from the server when the sketchpad first tells of its drawing, an empty one too.
const NOTHING = { image: null, probabilities: null, stages: [], evidence: null };
const RETRY_AFTER = 5000; // milliseconds between attempts to get it

// In how many places beside each other there is ink, with a gap between one and the next.
function places(strokes) {
  const extents = strokes.map(({ width, points }) => {
    const across = points.map(([x]) => x);
    return [Math.min(...across) - width / 2, Math.max(...across) + width / 2];
  }).sort(([a], [b]) => a - b);
  let count = 0;
  let end = -Infinity;
  for (const [left, right] of extents) {
    if (left > end) count += 1;
    end = Math.max(end, right);
  }
  return count;
}

function readOnThePage(source) {
  const root = document.documentElement;
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  let strokes = [];
  let side = 0;
  let worker = null;
  let busy = false; // the worker reads a drawing
  let waiting = false; // the drawing has changed since
  let rehearsal = false; // it is what the empty page draws by itself
  let loading = 0; // the number of the latest attempt to get a network
  let tried = -Infinity; // performance.now() of that attempt
  let given = false; // the network came with the page
  let network = () => null; // the same network on the page itself, for those who look inside
  let named = null; // the name in the menu of models, as far as it is known
  const asides = { count: 0, waiting: new Map() }; // who waits for a drawing of a game, by number

  const digits = window.digits = {
    drawing: 0, // the number of the current drawing
    asked: null, // the number of the drawing that the server was asked about
    ready: false, // the browser reads
    model: null, // the name of the model that it reads with
    last: null, // the last answer
    sent: "", // the strokes of the picture that the sketchpad sent last, as text
    inWords, aloud, percent, drawStrokes, drawPicture, digitImage, makeNetwork,
    stageEnds, sumAt, poolAt, wayTo,

    get strokes() { return rehearsal ? [] : strokes; }, // of the current drawing

    // The layers of the network with what they make of a digit image, see `taken_apart.js`; null
    // while the browser does not read.
    takenApart: (image) => digits.ready ? takenApart(network(), image) : null,

    // Called when the page asks the server about the drawing, with the name in the menu of models.
    // Returns the strokes of the picture that the sketchpad sent, as `Strokes` takes them.
    ask(name) {
      named = name;
      if (digits.model !== null && name !== digits.model) use(name);
      digits.asked = digits.drawing;
      return digits.sent;
    },

    // Called when the server has answered: with the number that it read, "" if it was none, and
    // null if it failed to answer.
    answered(number) {
      if (digits.asked !== digits.drawing) return;
      delete root.dataset.server;
      delete root.dataset.answer;
      root.toggleAttribute("data-number", Boolean(number));
      if (number !== null) tell("answered");
      else if (digits.last) tell("answer", digits.last);
    },

    // Read other strokes than the drawing, for the games: { image, probabilities, why }, where `why` is
    // of the two digits in `pair`, see `aside.js`. Null while the browser does not read.
    readAside(strokes, side, pair = null) {
      if (!digits.ready) return Promise.resolve(null);
      const aside = ++asides.count;
      worker.postMessage({ aside, strokes, side, pair });
      return new Promise((done) => asides.waiting.set(aside, done));
    },

    // Whether what the server answers now is the best that is known about the drawing.
    isCurrent: () => !digits.ready || digits.asked === digits.drawing,
    load,
  };

  function deliver(answer) {
    digits.last = answer;
    // A page without a server has nobody to leave it to.
    if (digits.asked !== null && places(strokes) > 1) return;
    root.removeAttribute("data-number");
    if (answer.drawing === digits.drawing) delete root.dataset.answer;
    tell("answer", answer);
  }

  // What was answered until now was about another drawing, or the answer of another model.
  function begin() {
    digits.drawing += 1;
    root.dataset.answer = root.dataset.server = "old";
  }

  function changed() {
    begin();
    root.toggleAttribute("data-drawn", strokes.length > 0);
    if (!digits.ready && !given && performance.now() - tried > RETRY_AFTER) use(digits.model);
    if (strokes.length === 0) {
      return deliver({ drawing: digits.drawing, ...NOTHING });
    }
    if (digits.ready) read();
  }

  // One drawing at a time, and always the latest.
  function read() {
    waiting = busy;
    if (busy) return;
    busy = true;
    worker.postMessage({ drawing: digits.drawing, strokes, side, rehearsal });
  }

  function leaveToTheServer(reason) {
    digits.ready = busy = false;
    forgetAsides();
    tried = Infinity; // another attempt would end in the same way
    tell("reader");
    console.info(`The server reads the drawings: ${reason}.`);
  }

  // Nobody waits for a worker that is gone.
  function forgetAsides() {
    for (const done of asides.waiting.values()) done(null);
    asides.waiting.clear();
  }

  function onMessage({ data }) {
    if (data.aside) {
      asides.waiting.get(data.aside)?.(data);
      return asides.waiting.delete(data.aside);
    }
    if (data.broken) return leaveToTheServer(data.broken);
    if (data.ready) {
      digits.ready = true;
      busy = false;
      tell("reader");
      if (strokes.length > 0) read();
      return;
    }
    busy = false;
    if (data.rehearsal) {
      if (rehearsal) tell("rehearsal", data);
    } else if (strokes.length > 0) {
      deliver(data); // otherwise it has been cleared meanwhile
    }
    if (waiting) read();
  }

  // Get the network with this name; null is the page's own.
  async function use(name) {
    const attempt = ++loading;
    worker?.terminate(); // its answers would be those of another network
    worker = null;
    forgetAsides();
    digits.ready = busy = false;
    digits.model = name;
    tried = performance.now();
    if (strokes.length > 0) begin();
    try {
      const query = name === null ? "" : `?model=${encodeURIComponent(name)}`;
      const answer = await fetch(`network.bin${query}`);
      if (attempt !== loading || !answer.ok) return;
      digits.model = decodeURIComponent(answer.headers.get("X-Model") ?? "");
      if (named !== null && named !== digits.model) return use(named); // chosen meanwhile
      if (answer.headers.get("Content-Type")?.includes("json")) {
        return leaveToTheServer((await answer.json()).problem);
      }
      const bytes = await answer.arrayBuffer();
      if (attempt === loading) load(bytes);
    } catch {
      // No connection: the next drawing tries again.
    }
  }

  // Read with the network in these bytes from now on.
  function load(bytes) {
    const copy = bytes.slice(0); // the worker takes the other
    let made = null;
    network = () => made ??= makeNetwork(copy);
    worker = new Worker(source);
    worker.onmessage = onMessage;
    worker.onerror = () => leaveToTheServer("this browser has no thread to read in");
    worker.postMessage({ network: bytes }, [bytes]);
  }

  document.addEventListener("drawing", ({ detail }) => {
    ({ strokes, side, rehearsal = false } = detail);
    if (!rehearsal) changed();
    else if (digits.ready) read();
  });

  const inThePage = document.querySelector("script.network"); // in a page that is one file
  if (inThePage) {
    given = true;
    const binary = atob(inThePage.textContent.trim());
    load(Uint8Array.from(binary, (character) => character.charCodeAt(0)).buffer);
  }
}

// The same script runs on the page and, as its worker, in the background.
if (typeof document === "undefined") {
  readInBackground();
} else {
  const script = document.currentScript;
  readOnThePage(script.src
    || URL.createObjectURL(new Blob([script.textContent], { type: "text/javascript" })));
}
