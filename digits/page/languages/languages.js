// Translates what the page's scripts and the server's answers show. Runs in the head of the page,
// before Gradio; `page_texts.py` puts PAGE before it: the language with its table, and how it writes.

// Gradio has words of its own, in the language of the browser. Here they follow the page.
if (navigator.language.split("-")[0] !== PAGE.language.split("-")[0]) {
  Object.defineProperty(navigator, "language", { get: () => PAGE.language, configurable: true });
}

// 10,000 is ten in some languages.
const withOwnNumbers = (text) =>
  PAGE.decimalComma ? text.replace(/(?<=\d),(?=\d{3}(?!\d))/g, "\u202f") : text;

// A number with a sign, or a formula, runs from left to right in every text.
const isolated = (value) =>
  PAGE.rightToLeft && !/\p{L}/u.test(value) && /[^\d\s]/.test(value) ? `\u2066${value}\u2069` : value;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) =>
  values[name] === undefined ? whole : isolated(withOwnNumbers(String(values[name]))));

// "{first} or {second}?" as an expression that finds "4 or 9?"; what says most comes first.
function patternOf(text) {
  const literal = (part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
  const source = text.split(/\{(\w+)\}/)
    .map((part, i) => (i % 2 ? `(?<${part}>.+?)` : literal(part))).join("");
  return [new RegExp(`^${source}$`, "s"), text];
}

const patterns = Object.keys(PAGE.words).filter((text) => text.includes("{"))
  .sort((a, b) => b.replace(/\{\w+\}/g, "").length - a.replace(/\{\w+\}/g, "").length)
  .map(patternOf);

function filledIn(text) {
  if (!/\p{L}/u.test(text)) return withOwnNumbers(text);
  for (const [pattern, english] of patterns) {
    const found = pattern.exec(text);
    if (!found) continue;
    const values = Object.entries(found.groups).map(([name, value]) =>
      [name, window.translated(value)]); // "two"
    return fill(PAGE.words[english], Object.fromEntries(values));
  }
  return withOwnNumbers(text);
}

// A text in the language of the page. `values` fills its places, as {number} is one; a text whose
// places were filled elsewhere, such as an answer of the server, is known by the rest of it.
window.translated = (text, values = null) => {
  const own = PAGE.words[text] ?? (values ? text : filledIn(text));
  return values ? fill(own, values) : own;
};

// ---- what the server makes anew

// As in `__init__.py`, but that no script fills places here.
const TEXT = /(?<=>|^)(?<!<code>)\s*[^<>\s](?:[^<>]|<(strong|em|code)>[^<>]*<\/\1>)*(?=<|$)/g;
const ATTRIBUTE = /(?<= )(aria-label|alt|title)="([^"]*)"/g;

// The texts of HTML of the server. Values in it are escaped, and stay so.
window.translatedHtml = (html) => {
  if (!html || patterns.length === 0) return html;
  return html.replaceAll("&nbsp;", "\u00a0").replaceAll("&#39;", "'")
    .replace(TEXT, (found) => {
      const text = found.trim();
      const own = window.translated(text.replace(/[^\S\u00a0]+/g, " "));
      return found.replace(text, () => own);
    })
    .replace(ATTRIBUTE, (_, name, text) =>
      `${name}="${window.translated(text).replaceAll('"', "&quot;")}"`);
};

// What a menu shows for a value, which may stand behind it, as its code name.
function shownAs(shown, value) {
  if (shown === value || typeof shown !== "string") return shown;
  const end = shown.endsWith(` · ${value}`) ? ` · ${value}` : "";
  return window.translated(shown.slice(0, shown.length - end.length)) + end;
}

// Changes of Gradio's components, and refusals.
function translateAnswer(content) {
  for (const part of ["error", "detail"]) {
    if (typeof content?.[part] === "string") content[part] = window.translated(content[part]);
  }
  for (const update of Array.isArray(content?.data) ? content.data : []) {
    if (update?.__type__ !== "update") continue;
    if (update.info) update.info = window.translated(update.info);
    if (update.choices) {
      update.choices = update.choices.map(([shown, value]) => [shownAs(shown, value), value]);
    }
  }
}

const send = window.fetch.bind(window);
if (patterns.length > 0) {
  window.fetch = async (resource, options) => {
    const answer = await send(resource, options);
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (options?.method?.toUpperCase() !== "POST" || !isJson) return answer;
    const content = await answer.json();
    translateAnswer(content);
    return new Response(JSON.stringify(content), answer);
  };
}
