// Shows an answer: a heading, and a bar for each digit. Gradio runs this file as the body of a
// function with `element`, `props` and `watch`. The value is { label, confidences: [{ label,
// confidence }] }, as that of Gradio's own label; without confidences there are no bars. A number
// has a bar for each of its digits, as they stand.
//
// With `props.follows` the answer is that of the browser, while it reads (see `reader.js`).

const heading = element.querySelector("h2");
const gone = element.querySelector(".gone");
const glyphs = element.querySelector(".glyphs");
const list = element.querySelector("dl");
const block = element.parentElement.closest(".answer");

function barOf(name) {
  const row = document.createElement("div");
  row.className = "bar";
  const term = row.appendChild(document.createElement("dt"));
  const description = row.appendChild(document.createElement("dd"));
  const meter = description.appendChild(document.createElement("meter"));
  const percent = description.appendChild(document.createElement("span"));
  term.textContent = name;
  meter.setAttribute("aria-label", inLanguage("Confidence in {digit}", { digit: name }));
  description.append(meter, percent);
  return row;
}

const isNumber = (text) => /^[0-9? …]+$/.test(text);
const isTie = (text) => !isNumber(text) && /[0-9]/.test(text); // "4 or 9?"

function showBars(confidences, number) {
  if (list.children.length !== confidences.length) {
    list.replaceChildren(...confidences.map(({ label }) => barOf(label)));
  }
  const largest = Math.max(...confidences.map(({ confidence }) => confidence));
  confidences.forEach(({ label, confidence }, i) => {
    const row = list.children[i];
    row.querySelector("dt").textContent = label;
    row.querySelector("meter").value = confidence;
    row.classList.toggle("largest", number || confidence === largest);
    row.querySelector("span").textContent =
      confidence >= 0.01 ? window.digits?.percent(confidence) ?? "" : "";
  });
}

// One digit melts into the next, unless the visitor wants no motion (see `demo.css`).
function change(text) {
  const digits = isNumber(text) && isNumber(heading.textContent);
  gone.textContent = digits ? heading.textContent : "";
  if (isTie(text)) {
    // The two digits are larger than the words around them.
    heading.replaceChildren(...text.split(/([0-9])/).filter(Boolean).map((part) => {
      if (!/[0-9]/.test(part)) return part;
      const digit = document.createElement("b");
      digit.textContent = part;
      return digit;
    }));
  } else {
    heading.textContent = text;
  }
  glyphs.classList.remove("changed");
  void glyphs.offsetWidth; // or the browser would not start the animation anew
  glyphs.classList.add("changed");
}

function show(english, confidences) {
  const text = inLanguage(english);
  if (heading.textContent !== text) change(text);
  const number = text.length > 1 && isNumber(text);
  const tie = isTie(text);
  const shares = (confidences ?? []).map(({ confidence }) => confidence);
  const [first = 0, second = 0] = [...shares].sort((a, b) => b - a);
  // A number is right if all its digits are.
  const certainty = number ? shares.reduce((a, b) => a * b, 1) : first;
  element.style.setProperty("--certainty", confidences ? certainty : 0);
  element.style.setProperty("--second", tie ? second : 0);
  element.style.setProperty("--characters", text.length);
  block.classList.toggle("empty", !confidences);
  // A digit is shown large; a number and the words of a doubt have to fit there too.
  block.classList.toggle("number", number);
  block.classList.toggle("tie", tie);
  block.classList.toggle("doubt", text.length > 1 && !number && !tie);
  showBars(confidences ?? [], number);
}

followReader(
  () => show(props.value?.label ?? "", props.value?.confidences),
  ({ probabilities }) => show(
    window.digits.inWords(probabilities).heading,
    probabilities?.map((confidence, digit) => ({ label: String(digit), confidence })),
  ),
);
