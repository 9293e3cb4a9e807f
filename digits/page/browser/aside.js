// Reads drawings other than the current one, for the games, and finds out why they are read as they
// are: which places of the image speak for one digit, and which for another.

const PATCH = 5; // pixels: the side of the square that is wiped out
const STEP = 2; // pixels from one square to the next
const SLICE = 6; // squares between two looks at what else is asked
let latestAside = 0;

// How far the image speaks for the first of two digits rather than for the second.
function balance(probabilities, [one, other]) {
  const bounded = (digit) => Math.log(Math.max(1e-6, probabilities[digit]));
  return bounded(one) - bounded(other);
}

// Wipe out one square after the other, and see how the balance changes: 784 numbers, row by row, above
// zero where the ink speaks for the first digit. Null if something newer is asked meanwhile.
// Source: M. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", 2014.
async function whyRead(network, image, pair, aside) {
  const whole = balance(network.probabilities(image), pair);
  const speaks = new Float32Array(image.length);
  const covered = new Float32Array(image.length);
  let done = 0;
  for (let top = 1 - PATCH; top < DIGIT_SIDE; top += STEP) {
    for (let left = 1 - PATCH; left < DIGIT_SIDE; left += STEP) {
      const wiped = Float32Array.from(image);
      const places = [];
      for (let y = Math.max(0, top); y < Math.min(DIGIT_SIDE, top + PATCH); y++) {
        for (let x = Math.max(0, left); x < Math.min(DIGIT_SIDE, left + PATCH); x++) {
          const place = y * DIGIT_SIDE + x;
          if (image[place] > 0) places.push(place);
          wiped[place] = 0;
        }
      }
      if (places.length === 0) continue;
      const change = whole - balance(network.probabilities(wiped), pair);
      for (const place of places) {
        speaks[place] += change;
        covered[place] += 1;
      }
      if (++done % SLICE === 0) {
        await new Promise((next) => setTimeout(next));
        if (aside !== latestAside) return null;
      }
    }
  }
  return speaks.map((value, place) => (covered[place] ? value / covered[place] : 0));
}

// Answer { aside, strokes, side, pair }: `pair` names two digits to tell apart, or is null.
async function readAside(network, pixels, { aside, pair }, side) {
  latestAside = aside;
  const image = digitImage(pixels, side);
  if (image === null) return { aside, image, probabilities: null, why: null };
  const probabilities = network.probabilities(image);
  const why = pair && await whyRead(network, image, pair, aside);
  return { aside, image, probabilities, why };
}
