// Sends a request again when the server is busy or away for a moment, so that no drawing is lost:
// Gradio would show an error instead. Shows what the server tells along with an answer, too. Runs
// in the page's head, before Gradio makes any request.
(() => {
  const GIVE_UP_AFTER = 60_000; // milliseconds
  const PAUSE = 1000; // milliseconds, where the server names no other
  const LONGEST_PAUSE = 5000; // milliseconds
  const NOTICE_TIME = 8000; // milliseconds for which a notice is shown
  const AWAY = "The page is not answering at the moment: your drawing is kept, and sent again.";
  const send = window.fetch.bind(window);
  const inLanguage = (text) => window.translated?.(text) ?? text;
  let waiting = 0; // requests that are to be sent again
  let reason = ""; // why they wait
  let notice = "";
  let noticeTimer = null;

  function show() {
    const line = waiting > 0 ? reason : notice;
    let place = document.getElementById("notice");
    if (!place && line) {
      place = document.body.appendChild(document.createElement("p"));
      place.id = "notice";
      place.setAttribute("role", "status");
    }
    if (place) [place.textContent, place.hidden] = [line, !line];
  }

  function tell(line) {
    clearTimeout(noticeTimer);
    noticeTimer = setTimeout(() => tell(""), NOTICE_TIME);
    notice = line;
    show();
  }

  // Send once: the answer, or why and how long to wait before it is sent again.
  async function attempt(resource, options) {
    let answer;
    try {
      answer = await send(resource, options);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      return { error, line: inLanguage(AWAY), pause: PAUSE };
    }
    const busy = answer.status === 429 || answer.status === 503;
    if (!busy || !answer.headers.has("Retry-After")) return { answer };
    const { detail } = await answer.clone().json();
    const pause = 1000 * Number(answer.headers.get("Retry-After"));
    return { answer, line: detail, pause: Math.min(LONGEST_PAUSE, pause) };
  }

  async function sendUntilAnswered(resource, options) {
    const deadline = performance.now() + GIVE_UP_AFTER;
    let outcome = await attempt(resource, options);
    if (outcome.line) {
      waiting += 1;
      try {
        while (outcome.line && performance.now() < deadline) {
          reason = outcome.line;
          show();
          await new Promise((done) => setTimeout(done, outcome.pause));
          outcome = await attempt(resource, options);
        }
      } finally {
        waiting -= 1;
        show();
      }
    }
    if (outcome.error) throw outcome.error;
    return outcome.answer;
  }

  window.fetch = async (resource, options) => {
    if (options?.method?.toUpperCase() !== "POST") return send(resource, options);
    const answer = await sendUntilAnswered(resource, options);
    const line = answer.headers.get("X-Notice");
    if (line) tell(inLanguage(decodeURIComponent(line)));
    return answer;
  };
})();
