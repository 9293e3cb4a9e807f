// Shows the phrase that stands with an answer, and has screen readers announce both. Gradio runs
// this file as the body of a function with `element`, `props` and `watch`; the value is a text.

const line = element.querySelector("div");
let heading = null; // the answer's, which may come onto the page after this one
const ANNOUNCE_AFTER = 700; // milliseconds
let words = "";
let said = "";
let timer = null;

// While a person draws, the answer changes many times a second: it is announced once it has not
// changed for a while.
function announce(text) {
  if (text === said) return;
  said = text;
  clearTimeout(timer);
  const announcer = document.getElementById("announcer");
  timer = setTimeout(() => { if (announcer) announcer.textContent = text; }, ANNOUNCE_AFTER);
}

// The phrase may stay the same while the digit changes.
function findHeading() {
  heading = document.querySelector(`#${props.heading} h2`);
  if (!heading) return;
  new MutationObserver(show).observe(heading, { childList: true, characterData: true });
}

function show() {
  if (!heading?.isConnected) findHeading();
  const answer = heading?.textContent.trim() ?? "";
  line.textContent = words === answer ? "" : words; // a doubt stands in the place of the digit
  if (props.announced) announce(window.digits?.aloud(answer, words) ?? words);
}

function change(text) {
  words = inLanguage(text);
  show();
}

followReader(
  () => change(props.value ?? ""),
  ({ probabilities }) => change(window.digits.inWords(probabilities).words),
);
