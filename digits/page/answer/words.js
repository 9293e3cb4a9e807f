// Shows the phrase that stands with an answer, and has screen readers announce both. Gradio runs
// this file as the body of a function with `element`, `props` and `watch`; the value is a text.

const line = element.querySelector("div");
const heading = document.querySelector(`#${props.heading} h2`);
const announcer = document.getElementById("announcer");
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
  timer = setTimeout(() => { announcer.textContent = text; }, ANNOUNCE_AFTER);
}

function show() {
  const answer = heading?.textContent.trim() ?? "";
  line.textContent = words === answer ? "" : words; // a doubt stands in the place of the digit
  if (props.announced && announcer) announce(window.digits?.aloud(answer, words) ?? words);
}

function change(text) {
  words = inLanguage(text);
  show();
}

// The phrase may stay the same while the digit changes.
if (heading) new MutationObserver(show).observe(heading, { childList: true, characterData: true });

followReader(
  () => change(props.value ?? ""),
  ({ probabilities }) => change(window.digits.inWords(probabilities).words),
);
