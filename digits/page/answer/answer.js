// Shows an answer: a heading, and a bar for each digit. Gradio runs this file as the body of a
// function with `element`, `props` and `watch`. The value is { label, confidences: [{ label,
// confidence }] }, as that of Gradio's own label; without confidences there are no bars. A number
// has a bar for each of its digits, as they stand.
//
// With `props.follows` the answer is that of the browser, while it reads (see `reader.js`).

const heading = element.querySelector("h2");
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
  meter.setAttribute("aria-label", `Confidence in ${name}`);
  description.append(meter, percent);
  return row;
}

const isNumber = (text) => text.length > 1 && /^[0-9? …]+$/.test(text);

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
      confidence >= 0.01 ? `${Math.min(99, Math.round(100 * confidence))} %` : "";
  });
}

// A new answer grows into its place, unless the visitor wants no motion (see `demo.css`).
function change(text) {
  heading.textContent = text;
  heading.classList.remove("new");
  void heading.offsetWidth; // or the browser would not start the animation anew
  heading.classList.add("new");
}

function show(text, confidences) {
  if (heading.textContent !== text) change(text);
  const number = isNumber(text);
  const shares = (confidences ?? []).map(({ confidence }) => confidence);
  // A number is right if all its digits are.
  const certainty = number ? shares.reduce((a, b) => a * b, 1) : Math.max(0, ...shares);
  element.style.setProperty("--certainty", confidences ? certainty : 0);
  element.style.setProperty("--characters", text.length);
  block.classList.toggle("empty", !confidences);
  // A digit is shown large; a number and the words of a doubt have to fit there too.
  block.classList.toggle("number", number);
  block.classList.toggle("doubt", text.length > 1 && !number);
  showBars(confidences ?? [], number);
}

followReader(
  () => show(props.value?.label ?? "", props.value?.confidences),
  ({ probabilities }) => show(
    window.digits.inWords(probabilities).heading,
    probabilities?.map((confidence, digit) => ({ label: String(digit), confidence })),
  ),
);
