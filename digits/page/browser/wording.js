// Puts an answer in words, as `digits/page/wording.py` does for programs. The limits and the words
// themselves come from Python, as WORDS.

// A confidence in [0, 1] as a percentage. Never "100 %": no answer is beyond all doubt.
function percent(confidence) {
  if (confidence >= WORDS.certain) return "> 99 %";
  return confidence < 0.01 ? "< 1 %" : `${Math.floor(100 * confidence + 0.5)} %`;
}

function certainty(confidence) {
  return WORDS.degrees.find(([, least]) => confidence >= least)[0];
}

// The digit, or null where none is named; the heading of the answer, and the phrase that stands
// with it.
function inWords(probabilities) {
  if (probabilities === null) return { digit: null, heading: WORDS.invitation, words: "" };
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
  const [first, second] = order;
  const [most, next] = [probabilities[first], probabilities[second]];
  if (most >= WORDS.named) {
    return { digit: first, heading: String(first), words: certainty(most) };
  }
  const tie = next >= WORDS.mentioned && most + next >= WORDS.named;
  const doubt = tie
    ? WORDS.tie.replace("{first}", first).replace("{second}", second)
    : WORDS.doubt;
  return { digit: null, heading: doubt, words: doubt };
}

// The heading of an answer and its phrase in one line, for screen readers. A doubt says it all
// itself.
function aloud(heading, words) {
  if (!/^[0-9?]/.test(heading) || heading === words) return words;
  return `${heading}, ${words.toLowerCase()}`;
}
