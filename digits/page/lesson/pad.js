// The lesson's pad. It shows the drawing of the sketchpad on the Draw tab and draws on it: there is
// one drawing, which the sketchpad keeps (see "the pen of another pad" in `sketchpad.js`).

// Calls `undrawn()` for the strokes to show in pale ink while nothing is drawn.
function lessonPad(board, { side, pen }, undrawn) {
  const canvas = board.querySelector("canvas");
  const context = canvas.getContext("2d");
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  let pointer = null; // the id of the pointer that draws
  let cursor = [side / 2, side / 2]; // that the arrow keys move
  let down = false; // the pen of the keys
  let frame = null;

  const tell = (move, points) =>
    document.dispatchEvent(new CustomEvent("pen", { detail: { move, points } }));

  function show() {
    frame = null;
    const pixels = Math.round(canvas.clientWidth * (window.devicePixelRatio || 1));
    if (pixels === 0) return; // another tab is open
    if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
    const scale = pixels / side;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, pixels, pixels);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const { color } = getComputedStyle(canvas);
    const strokes = window.digits?.strokes ?? [];
    context.globalAlpha = strokes.length > 0 ? 1 : 0.25;
    window.digits?.drawStrokes(context, strokes.length > 0 ? strokes : undrawn(), color);
    context.globalAlpha = 1;
    if (canvas.matches(":focus-visible")) showCursor(color);
  }

  function showCursor(colour) {
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(...cursor, pen / 2 + 2, 0, 2 * Math.PI);
    context.stroke();
  }

  const refresh = () => { frame ??= requestAnimationFrame(show); };

  function placeOf(event) {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * side) / box.width,
      ((event.clientY - box.top) * side) / box.height];
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    pointer = event.pointerId;
    tell("down", [placeOf(event)]);
    try {
      canvas.setPointerCapture(pointer); // the stroke may go on outside
    } catch {
      // The pointer is already gone; its end follows.
    }
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    tell("to", (moves.length > 0 ? moves : [event]).map(placeOf));
  });
  for (const ending of ["pointerup", "pointercancel", "lostpointercapture"]) {
    canvas.addEventListener(ending, (event) => {
      if (event.pointerId !== pointer) return;
      pointer = null;
      tell("up");
    });
  }

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " ") {
      if (!event.repeat) {
        down = !down;
        tell(down ? "down" : "up", down ? [cursor] : []);
      }
    } else if (event.key in ARROWS) {
      const step = side / (event.shiftKey ? 140 : 28);
      cursor = cursor.map((at, axis) =>
        Math.min(side, Math.max(0, at + step * ARROWS[event.key][axis])));
      if (down) tell("to", [cursor]);
    } else {
      return;
    }
    event.preventDefault();
    refresh();
  });
  canvas.addEventListener("focus", refresh);
  canvas.addEventListener("blur", () => {
    if (down) tell("up");
    down = false;
    refresh();
  });

  new ResizeObserver(refresh).observe(canvas);
  return { refresh, undo: () => tell("undo"), clear: () => tell("clear") };
}
