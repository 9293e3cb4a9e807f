// Translates what the page's scripts show. Runs in the head of the page, before Gradio; `page_texts.py`
// puts PAGE before it: the language, the table, and the tabs that stay English.

// Gradio has words of its own, in the language of the browser. Here they follow the page.
if (navigator.language.split("-")[0] !== PAGE.language.split("-")[0]) {
  Object.defineProperty(navigator, "language", { get: () => PAGE.language, configurable: true });
}

const fill = (text, values) =>
  text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

// "{first} or {second}?" as an expression that finds "4 or 9?".
const patterns = Object.keys(PAGE.words).filter((text) => text.includes("{")).map((text) => {
  const parts = text.split(/\{(\w+)\}/);
  const literal = (part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const source = parts.map((part, i) => (i % 2 ? `(?<${part}>.+?)` : literal(part))).join("");
  return [new RegExp(`^${source}$`, "s"), text];
});

function filledIn(text) {
  for (const [pattern, english] of patterns) {
    const found = pattern.exec(text);
    if (!found) continue;
    const values = Object.entries(found.groups).map(([name, value]) =>
      [name, PAGE.words[value] ?? value]); // "two"
    return fill(PAGE.words[english], Object.fromEntries(values));
  }
  return text;
}

// A text in the language of the page, or of the part of the page that holds the element, which may
// be an English tab. `values` fills its places, as {number} is one; a text whose places were filled
// elsewhere, such as an answer of the server, is known by the rest of it.
window.translated = (text, values = null, element = null) => {
  const english = PAGE.english.some((name) => element?.closest(`#${name}`));
  const own = english ? text : PAGE.words[text] ?? (values ? text : filledIn(text));
  return values ? fill(own, values) : own;
};

// ---- the English tabs say so to screen readers, and run from left to right

let missing = [...PAGE.english];

function mark() {
  missing = missing.filter((name) => {
    const tab = document.getElementById(name);
    if (tab) [tab.lang, tab.dir] = ["en", "ltr"];
    return !tab;
  });
}

if (missing.length > 0) {
  new MutationObserver((_, observer) => {
    mark();
    if (missing.length === 0) observer.disconnect();
  }).observe(document.documentElement, { subtree: true, childList: true });
}
