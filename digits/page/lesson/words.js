// What the lesson says beside its template, `lesson.html`.

const WORDS = {
  reading: (words) => words || "Not read yet",
  example: "A 7 of ours, until you draw",
  play: "Play",
  pause: "Pause",
  filter: (number) => `Kernel ${number}`,
  sumOf: (terms, bias, total) => `${terms}${bias ? ` ${bias}` : ""} = ${total}`,
  biasIs: (value) => `and ${value} as bias`,
  noInk: "No ink under the window: all products are 0",
  largest: (value, count) => `The largest of ${count} is ${value}.`,
  mean: (value, count) => `The mean of ${count} is ${value}.`,
  becomes: (before, after) => `${before} becomes ${after}.`,
  stays: (before) => `${before} stays as it is.`,
  stage: (number, count, height, width) =>
    `After convolution ${number}: ${count} maps of ${height} × ${width}`,
  showAll: (count) => `Show all ${count}`,
  showTop: (count) => `Show the top ${count}`,
  map: (number) => `map ${number}`,
  feature: (number) => `feature ${number}`,
  digit: (digit, score, percent) => `${digit}, score ${score}${percent && `, ${percent}`}`,
  others: (count) => `${count} others`,
  always: "always",
  score: (digit, total) => `Together they give ${digit} a score of ${total}.`,
  writer: (digit) => `a ${digit}`,
  yours: "yours",
};
