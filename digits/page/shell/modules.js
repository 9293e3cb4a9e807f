// Hands the modules of Gradio's frontend to the browser, all at once: each becomes a file in its
// memory, and an import map says which name stands for which file. `modules.py` puts before this
// script TEXTS, the text of each module by its name, and ENTRY, the name of the first one. What is
// not among them is loaded from its own address.
(() => {
  const folder = new URL("assets/", document.baseURI).href;
  const entry = document.createElement("script");
  entry.type = "module";
  if (HTMLScriptElement.supports?.("importmap")) {
    const imports = { "gradio/": folder };
    for (const [name, text] of Object.entries(TEXTS)) {
      const own = JSON.stringify(folder + name);
      const parts = [text.replaceAll("import.meta.url", own), `\n//# sourceURL=${folder}${name}`];
      const file = URL.createObjectURL(new Blob(parts, { type: "text/javascript" }));
      imports[`gradio/${name}`] = imports[folder + name] = file;
    }
    const map = document.createElement("script");
    map.type = "importmap";
    map.textContent = JSON.stringify({ imports });
    document.head.append(map);
    entry.src = imports[`gradio/${ENTRY}`];
  } else {
    entry.src = folder + ENTRY; // an old browser
  }
  document.head.append(entry);
})();
