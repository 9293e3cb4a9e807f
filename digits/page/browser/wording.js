// Puts an answer in words, as `digits/page/tabs/answer.py` does for programs. The limits and the
// words themselves come from Python, as WORDS.

function inWords(probabilities) {
  if (probabilities === null) return { digit: null, heading: WORDS.invitation, words: "" };
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
  const [first, second] = order;
  const confidence = probabilities[first];
  const digit = confidence >= WORDS.threshold ? first : null;
  const heading = digit === null ? WORDS.doubt : String(digit);
  if (confidence < WORDS.sure) return { digit, heading, words: `perhaps ${first} or ${second}` };
  // Never "100 %": no answer is certain.
  const percent = Math.min(Math.round(100 * confidence), 99);
  return { digit, heading, words: `${digit}, ${percent} % sure` };
}
