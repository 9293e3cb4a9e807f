// Joined before the other scripts here. Where `props.follows` says so, what the browser reads is
// shown while it knows best; otherwise, or by then, the value of the component.

// Answers are English in Python and in the reader; here they are shown in the visitor's language.
const inLanguage = (text, values) => window.translated?.(text, values)
  ?? text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function followReader(showValue, showAnswer) {
  function fromServer() {
    if (props.follows && window.digits && !window.digits.isCurrent()) return;
    showValue();
  }

  function fromBrowser({ detail }) {
    if (!element.isConnected) return document.removeEventListener("answer", fromBrowser);
    showAnswer(detail);
  }

  watch("value", fromServer);
  if (props.follows) {
    document.addEventListener("answer", fromBrowser);
    document.addEventListener("answered", fromServer); // the value may be the one before
  }
  if (props.follows && window.digits?.last) fromBrowser({ detail: window.digits.last });
  else fromServer();
}

