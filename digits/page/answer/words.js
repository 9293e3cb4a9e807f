// Shows an answer in words, and has screen readers announce it. Gradio runs this file as the body
// of a function with `element`, `props` and `watch`; the value is a text.

const line = element.querySelector("div");
const announcer = document.getElementById("announcer");
const ANNOUNCE_AFTER = 700; // milliseconds
let timer = null;

// While a person draws, the answer changes many times a second: it is announced once it has not
// changed for a while.
function announce(words) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const heading = document.querySelector(`#${props.heading} h2`)?.textContent.trim() ?? "";
    announcer.textContent = heading.length > 1 && words ? `${heading}: ${words}` : words;
  }, ANNOUNCE_AFTER);
}

function show(words) {
  if (line.textContent === words) return;
  line.textContent = words;
  if (props.announced && announcer) announce(words);
}

followReader(
  () => show(props.value ?? ""),
  ({ probabilities }) => show(window.digits.inWords(probabilities).words),
);
