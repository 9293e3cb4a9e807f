// Starts the games, and hands what is drawn to the one that is open.

const games = { clock, fool, morph };
const choices = [...element.querySelectorAll(".choice button")];
let game = clock;

const read = makeReader((answer, asked) => {
  if (asked.game === game) game.answered(answer, asked);
});

function choose(name) {
  game.close();
  game = games[name];
  element.dataset.game = name;
  for (const choice of choices) {
    choice.setAttribute("aria-pressed", String(choice.dataset.game === name));
  }
  for (const section of element.querySelectorAll("section")) {
    section.hidden = section.dataset.game !== name;
  }
  showReading(null);
  clearPad();
  game.open();
}

function onStrokes(event) {
  if (!element.isConnected) return document.removeEventListener("strokes", onStrokes);
  if (!event.target.closest("#play-pad")) return;
  const { strokes, down } = event.detail;
  if (game.drawing) return game.drawing({ strokes, down });
  if (strokes.length === 0) return void game.cleared?.();
  read({ strokes: copyOf(strokes), down, game, ...game.ask(down) });
}

function showReadiness(event) {
  if (!element.isConnected) return document.removeEventListener("reader", showReadiness);
  const ready = Boolean(window.digits?.ready);
  main.disabled = !ready;
  if (!ready) return say(event ? words.unread : words.waiting);
  choose(game.name);
}

document.addEventListener("strokes", onStrokes);
document.addEventListener("reader", showReadiness);
main.addEventListener("click", () => game.press());
for (const choice of choices) choice.addEventListener("click", () => choose(choice.dataset.game));
choose("clock");
showReadiness();
