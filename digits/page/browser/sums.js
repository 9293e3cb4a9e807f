// Adds up the products of a convolution or a dense layer, which is nearly all the work of a network:
// sums[f] += values[n] * kernel[rows[n] + f], for every n and every f.
//
// JavaScript multiplies one number at a time. A processor can multiply four in one step, and
// WebAssembly says so: a short program in it, which is put together below, takes a ninth of the time.
// Where a browser has no WebAssembly, and for filters that do not fill its steps, JavaScript adds up.

// Source: the WebAssembly specification, "Binary format", https://webassembly.github.io/spec/core/.
const AT_A_TIME = 16; // filters whose sums are kept in the processor: four times four
const PAGE_OF_MEMORY = 65536; // bytes

// ---- in JavaScript

// Four rows at a time, because reading and writing the sums would take longer than the multiplications.
function addUp(sums, offset, filters, values, rows, count, kernel) {
  let n = 0;
  for (; n + 3 < count; n += 4) {
    const a = values[n], b = values[n + 1], c = values[n + 2], d = values[n + 3];
    const i = rows[n], j = rows[n + 1], k = rows[n + 2], l = rows[n + 3];
    for (let f = 0; f < filters; f++) {
      sums[offset + f] += a * kernel[i + f] + b * kernel[j + f] + c * kernel[k + f]
        + d * kernel[l + f];
    }
  }
  for (; n < count; n++) {
    const a = values[n], i = rows[n];
    for (let f = 0; f < filters; f++) sums[offset + f] += a * kernel[i + f];
  }
}

// ---- in WebAssembly

// The instructions of its text format, as bytes. Those that read or write memory are followed by how
// the address is aligned, as a power of two, and by what is added to it.
const BLOCK = [0x02, 0x40], LOOP = [0x03, 0x40], END = [0x0b];
const SKIP_IF = [0x0d], AGAIN = [0x0c]; // br_if, br: followed by how many blocks or loops lie between
const GET = [0x20], SET = [0x21], NUMBER = [0x41];
const ADD = [0x6a], SUBTRACT = [0x6b], SHIFT = [0x74], EQUAL = [0x46];
const READ = [0x28, 2, 0];
const READ_FOUR = (offset) => [0xfd, 0x00, 2, offset];
const READ_ONE_FOUR_TIMES = [0xfd, 0x09, 2, 0];
const WRITE_FOUR = (offset) => [0xfd, 0x0b, 2, offset];
const ADD_FOUR = [0xfd, 0xe4, 0x01], MULTIPLY_FOUR = [0xfd, 0xe6, 0x01];
const WHOLE_NUMBER = 0x7f, FOUR_NUMBERS = 0x7b; // types: i32, v128

// The parameters, places in the memory in bytes but for two counts, and the variables.
const [SUMS, FILTERS, VALUES, ROWS, COUNT, KERNEL, VALUE, ROW, LAST, WEIGHTS] = Array(10).keys();
const QUARTERS = [10, 11, 12, 13], FACTOR = 14;

const plus = (variable, number) => [...GET, variable, ...number, ...ADD, ...SET, variable];
const FOUR_BYTES = [...NUMBER, 4], SIXTEEN_FILTERS = [...NUMBER, 0xc0, 0]; // 64 bytes

const PROGRAM = [
  ...LOOP, // over the filters, sixteen at a time
  ...QUARTERS.flatMap((quarter, i) => [...GET, SUMS, ...READ_FOUR(16 * i), ...SET, quarter]),
  ...GET, VALUES, ...SET, VALUE,
  ...GET, ROWS, ...SET, ROW,
  ...GET, VALUES, ...GET, COUNT, ...NUMBER, 2, ...SHIFT, ...ADD, ...SET, LAST,
  ...BLOCK,
  ...LOOP, // over the values
  ...GET, VALUE, ...GET, LAST, ...EQUAL, ...SKIP_IF, 1,
  ...GET, VALUE, ...READ_ONE_FOUR_TIMES, ...SET, FACTOR,
  ...GET, KERNEL, ...GET, ROW, ...READ, ...NUMBER, 2, ...SHIFT, ...ADD, ...SET, WEIGHTS,
  ...QUARTERS.flatMap((quarter, i) => [
    ...GET, quarter, ...GET, FACTOR, ...GET, WEIGHTS, ...READ_FOUR(16 * i), ...MULTIPLY_FOUR,
    ...ADD_FOUR, ...SET, quarter,
  ]),
  ...plus(VALUE, FOUR_BYTES),
  ...plus(ROW, FOUR_BYTES),
  ...AGAIN, 0,
  ...END,
  ...END,
  ...QUARTERS.flatMap((quarter, i) => [...GET, SUMS, ...GET, quarter, ...WRITE_FOUR(16 * i)]),
  ...plus(SUMS, SIXTEEN_FILTERS),
  ...plus(KERNEL, SIXTEEN_FILTERS),
  ...GET, FILTERS, ...NUMBER, AT_A_TIME, ...SUBTRACT, ...SET, FILTERS,
  ...GET, FILTERS, ...SKIP_IF, 0,
  ...END,
  ...END,
];

// A length before what it is the length of; up to 127 in one byte, as all numbers here, else in two.
const measured = (bytes) =>
  bytes.length < 128 ? [bytes.length, ...bytes]
    : [0x80 | (bytes.length & 0x7f), bytes.length >> 7, ...bytes];
const list = (...items) => [items.length, ...items.flat()];
const section = (number, bytes) => [number, ...measured(bytes)];
const text = (letters) => measured([...letters].map((letter) => letter.charCodeAt(0)));

const MODULE = Uint8Array.from([
  0, ...[..."asm"].map((letter) => letter.charCodeAt(0)), 1, 0, 0, 0,
  ...section(1, list([0x60, ...list(...Array(6).fill(WHOLE_NUMBER)), 0])), // a type of function
  ...section(2, list([...text("page"), ...text("memory"), 2, 0, 1])), // the memory is handed in
  ...section(3, list(0)), // one function, of that type
  ...section(7, list([...text("addUp"), 0, 0])), // which is handed out
  ...section(10, list(measured([...list([4, WHOLE_NUMBER], [5, FOUR_NUMBERS]), ...PROGRAM]))),
]);

let compiled = null; // false where it cannot be

function compile() {
  if (compiled === null) {
    const possible = typeof WebAssembly === "object" && WebAssembly.validate(MODULE);
    compiled = possible && new WebAssembly.Module(MODULE);
  }
  return compiled;
}

// ---- for a layer

// What adds up with one kernel: `values` and `rows`, to be filled in, and `addTo(sums, offset, count)`,
// which adds the products of the first `count` of them to a row of sums.
function adderFor(kernel, filters, longest) {
  if (filters % AT_A_TIME > 0 || !compile()) {
    const values = new Float64Array(longest);
    const rows = new Int32Array(longest);
    return {
      values, rows,
      addTo: (sums, offset, count) => addUp(sums, offset, filters, values, rows, count, kernel),
    };
  }
  const places = [kernel.length, longest, longest, filters].reduce(
    (ends, count) => [...ends, ends.at(-1) + 4 * count], [0]);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(places[4] / PAGE_OF_MEMORY) });
  const [weights, valuesAt, rowsAt, sumsAt] = places;
  new Float32Array(memory.buffer, weights, kernel.length).set(kernel);
  const own = new Float32Array(memory.buffer, sumsAt, filters);
  const instance = new WebAssembly.Instance(compile(), { page: { memory } });
  return {
    values: new Float32Array(memory.buffer, valuesAt, longest),
    rows: new Int32Array(memory.buffer, rowsAt, longest),
    addTo(sums, offset, count) {
      for (let f = 0; f < filters; f++) own[f] = sums[offset + f];
      instance.exports.addUp(sumsAt, filters, valuesAt, rowsAt, count, weights);
      for (let f = 0; f < filters; f++) sums[offset + f] = own[f];
    },
  };
}
