// A card to save as a picture and show to others: the same colours in both themes.

const CARD = {
  ground: "#1b1f1d", title: "#f3f0e7", tile: "#fffefb", ink: "#1d1c18", share: "#c93c15",
  accent: "#ff7d52", quiet: "#aeb0a6",
};
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

// `tiles` are { strokes, label, missed }, in a row of five or fewer, in at most two rows.
function drawCard(canvas, title, subtitle, tiles) {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  context.fillStyle = CARD.ground;
  context.fillRect(0, 0, width, height);
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.fillStyle = CARD.title;
  context.font = `700 62px ${FONT}`;
  context.fillText(title, 64, 108, width - 128);
  context.fillStyle = CARD.quiet;
  context.font = `400 28px ${FONT}`;
  context.fillText(subtitle, 64, 154, width - 128);

  const rows = tiles.length > 5 ? 2 : 1;
  const side = rows === 2 ? 176 : 380;
  const gap = 24;
  const across = Math.ceil(tiles.length / rows);
  const start = (width - across * side - (across - 1) * gap) / 2;
  tiles.forEach(({ strokes, label, missed }, i) => {
    const x = start + (i % across) * (side + gap);
    const y = 196 + Math.floor(i / across) * (side + gap);
    context.globalAlpha = missed ? 0.22 : 1;
    context.fillStyle = CARD.tile;
    context.beginPath();
    context.roundRect(x, y, side, side, 20);
    context.fill();
    if (!missed) drawInto(context, strokes, x + 0.08 * side, y + 0.02 * side, 0.84 * side, CARD.ink);
    context.globalAlpha = 1;
    context.font = `700 ${missed ? side / 2 : 22}px ${FONT}`;
    context.textAlign = missed ? "center" : "right";
    context.fillStyle = missed ? CARD.quiet : CARD.share;
    if (missed) context.fillText(label, x + side / 2, y + side * 0.68);
    else context.fillText(label, x + side - 14, y + side - 14);
  });
  context.textAlign = "left";
  context.fillStyle = CARD.accent;
  context.font = `500 22px ${FONT}`;
  context.fillText(words.card_foot, 64, height - 16);
  canvas.setAttribute("aria-label", `${title}. ${subtitle}`);
}

function save(canvas, name) {
  canvas.toBlob((picture) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(picture);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, "image/png");
}
