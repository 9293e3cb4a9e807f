// Sends a request again when the server is busy or away for a moment, so that no drawing is lost.
// Gradio would show an error instead. Runs in the page's head, before Gradio makes any request.
(() => {
  const GIVE_UP_AFTER = 60_000; // milliseconds
  const PAUSE = 1000; // milliseconds, where the server names no other
  const AWAY = "The page is not answering at the moment: your drawing is kept, and sent again.";
  const send = window.fetch.bind(window);
  let waiting = 0; // requests

  function show(line) {
    let note = document.getElementById("patience");
    if (!note && !line) return;
    if (!note) {
      note = document.body.appendChild(document.createElement("p"));
      note.id = "patience";
      note.setAttribute("role", "status");
    }
    note.textContent = line;
    note.hidden = !line;
  }

  // What to tell the visitor, and how long to wait; null if the answer is one that can be used.
  async function reason(response) {
    const busy = response.status === 429 || response.status === 503;
    if (!busy || !response.headers.has("Retry-After")) return null;
    const seconds = Number(response.headers.get("Retry-After"));
    return [(await response.clone().json()).detail, Math.min(5000, seconds * 1000)];
  }

  window.fetch = async (resource, options) => {
    if (options?.method?.toUpperCase() !== "POST") return send(resource, options);
    const deadline = performance.now() + GIVE_UP_AFTER;
    let counted = false;
    try {
      for (;;) {
        let again;
        try {
          const response = await send(resource, options);
          again = await reason(response);
          if (!again || performance.now() > deadline) return response;
        } catch (error) {
          if (error.name === "AbortError" || performance.now() > deadline) throw error;
          again = [AWAY, PAUSE];
        }
        if (!counted) waiting += 1;
        counted = true;
        show(again[0]);
        await new Promise((done) => setTimeout(done, again[1]));
      }
    } finally {
      if (counted && --waiting === 0) show("");
    }
  };
})();
