// Draws strokes on a canvas. The sketchpad shows them with it, and what the network reads is drawn
// with it too. A stroke is { width, points: [[x, y], ...] }, in units of the picture's pixels.

function drawStroke(context, { width, points }) {
  const [first] = points;
  const last = points[points.length - 1];
  context.beginPath();
  if (points.length === 1) {
    context.arc(first[0], first[1], width / 2, 0, 2 * Math.PI); // a tap makes a dot
    context.fill();
    return;
  }
  context.lineWidth = width;
  context.lineCap = context.lineJoin = "round";
  context.moveTo(first[0], first[1]);
  // A smooth curve: it runs from midpoint to midpoint, and each point is a control point.
  for (let i = 1; i < points.length - 1; i++) {
    const [x, y] = points[i];
    const [nextX, nextY] = points[i + 1];
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  context.lineTo(last[0], last[1]);
  context.stroke();
}

function drawStrokes(context, strokes, ink) {
  context.fillStyle = context.strokeStyle = ink;
  for (const stroke of strokes) drawStroke(context, stroke);
}

// The picture that the network reads: black on white, whatever the theme and the screen.
function drawPicture(context, strokes, side) {
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  drawStrokes(context, strokes, "#000");
}
