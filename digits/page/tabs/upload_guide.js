// What leads to a photo on the Upload tab: sample photos, and the words in Gradio's box. Gradio runs
// this file as the body of a function with `element`.

const LONGEST_WAIT = 5000; // milliseconds until the box is empty

// The words that the style sheet shows inside the box stand in the template.
const tab = element.closest("#upload");
for (const name of ["tap", "broken"]) {
  const words = element.querySelector(`.words .${name}`).textContent;
  tab.style.setProperty(`--words-${name}`, JSON.stringify(words));
}

async function emptyBox() {
  document.querySelector('#photo button[aria-label="Remove Image"]')?.click();
  const deadline = performance.now() + LONGEST_WAIT;
  while (performance.now() < deadline) {
    const input = document.querySelector("#photo input[type=file]");
    if (input && !document.querySelector("#photo img")) return input;
    // The camera is open: back to files.
    document.querySelector('#photo button[aria-label="Upload file"]')?.click();
    await new Promise((done) => setTimeout(done, 50));
  }
  return null;
}

// As if the visitor had chosen the file.
async function show(picture) {
  const address = new URL(picture.getAttribute("src"), document.baseURI);
  const content = await (await fetch(address)).blob();
  const input = await emptyBox();
  if (!input) return;
  const files = new DataTransfer();
  files.items.add(new File([content], address.pathname.split("/").pop(), { type: content.type }));
  input.files = files.files;
  input.dispatchEvent(new Event("change"));
}

for (const button of element.querySelectorAll(".samples button")) {
  button.addEventListener("click", () => show(button.querySelector("img")));
}

// A file that is no picture would leave the browser's sign of a broken one.
for (const event of ["error", "load"]) {
  document.addEventListener(event, ({ target }) => {
    if (target.matches?.("#photo img")) target.toggleAttribute("data-broken", event === "error");
  }, true);
}
