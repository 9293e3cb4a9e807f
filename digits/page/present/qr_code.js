// Makes QR codes (ISO/IEC 18004) of short texts: byte mode, error correction level M, and the
// smallest of the versions 1 to 10 that holds the text, which is up to 213 bytes.
//
// `qrCode(text)` returns rows of booleans, true for a dark module, without the quiet zone; null for
// a text that is too long.

const qrCode = (() => {
  // For each version: error correction bytes of a block, and the blocks' numbers of data bytes.
  const BLOCKS = [
    [10, [16]], [16, [28]], [26, [44]], [18, [32, 32]], [24, [43, 43]], [16, [27, 27, 27, 27]],
    [18, [31, 31, 31, 31]], [22, [38, 38, 39, 39]], [22, [36, 36, 36, 37, 37]],
    [26, [43, 43, 43, 43, 44]],
  ];
  const LEVEL_M = 0b00;

  // ---- Reed-Solomon codes over the field of 256 elements with the polynomial 0x11d

  const [POWERS, LOGARITHMS] = [new Uint8Array(510), new Uint8Array(256)];
  for (let i = 0, x = 1; i < 255; i++) {
    POWERS[i] = POWERS[i + 255] = x;
    LOGARITHMS[x] = i;
    x = (x << 1) ^ (x & 0x80 ? 0x11d : 0);
  }
  const times = (a, b) => (a && b ? POWERS[LOGARITHMS[a] + LOGARITHMS[b]] : 0);

  function correction(data, count) {
    // The generator is the product of (x - 2^i), without its leading 1.
    let generator = [1];
    for (let i = 0; i < count; i++) {
      const next = [...generator, 0];
      generator.forEach((value, j) => { next[j + 1] ^= times(value, POWERS[i]); });
      generator = next;
    }
    const rest = new Array(count).fill(0);
    for (const byte of data) {
      const factor = byte ^ rest.shift();
      rest.push(0);
      generator.slice(1).forEach((value, j) => { rest[j] ^= times(value, factor); });
    }
    return rest;
  }

  // ---- from the text to the sequence of all bytes

  function dataBytes(bytes, version, capacity) {
    const bits = [];
    const put = (value, length) => {
      for (let i = length - 1; i >= 0; i--) bits.push((value >> i) & 1);
    };
    put(0b0100, 4); // byte mode
    put(bytes.length, version < 10 ? 8 : 16);
    bytes.forEach((byte) => put(byte, 8));
    put(0, Math.min(4, 8 * capacity - bits.length));
    put(0, -bits.length & 7);
    for (let pad = 0xec; bits.length < 8 * capacity; pad ^= 0xec ^ 0x11) put(pad, 8);
    return Array.from({ length: capacity }, (_, i) =>
      bits.slice(8 * i, 8 * i + 8).reduce((value, bit) => 2 * value + bit, 0));
  }

  // The blocks are interleaved: first the data, then the error correction.
  function allBytes(data, [count, sizes]) {
    let start = 0;
    const blocks = sizes.map((size) => data.slice(start, start += size));
    const corrections = blocks.map((block) => correction(block, count));
    const interleaved = (parts) => Array.from({ length: Math.max(...parts.map((p) => p.length)) },
      (_, i) => parts.map((part) => part[i])).flat().filter((byte) => byte !== undefined);
    return [...interleaved(blocks), ...interleaved(corrections)];
  }

  // ---- the square

  const distance = (x, y) => Math.max(Math.abs(x), Math.abs(y));

  function alignmentCentres(version) {
    if (version === 1) return [];
    const last = 4 * version + 10;
    return version < 7 ? [6, last] : [6, 2 * version + 8, last];
  }

  // The remainder of value, shifted left, by a polynomial: for the format and the version.
  function withRemainder(value, polynomial, length) {
    let rest = value;
    for (let i = 0; i < length; i++) rest = (rest << 1) ^ ((rest >> (length - 1)) * polynomial);
    return (value << length) | rest;
  }

  function fixedPatterns(version) {
    const side = 4 * version + 17;
    const square = Array.from({ length: side }, () => new Array(side).fill(null));
    const set = (x, y, dark) => {
      if (x >= 0 && y >= 0 && x < side && y < side) square[y][x] = Boolean(dark);
    };
    for (let i = 0; i < side; i++) {
      set(6, i, i % 2 === 0);
      set(i, 6, i % 2 === 0);
    }
    for (const [x, y] of [[3, 3], [side - 4, 3], [3, side - 4]]) {
      for (let v = -4; v <= 4; v++) {
        for (let u = -4; u <= 4; u++) set(x + u, y + v, ![2, 4].includes(distance(u, v)));
      }
    }
    const centres = alignmentCentres(version);
    const end = centres[centres.length - 1];
    for (const x of centres) {
      for (const y of centres) {
        if ((x === 6 && (y === 6 || y === end)) || (x === end && y === 6)) continue;
        for (let v = -2; v <= 2; v++) {
          for (let u = -2; u <= 2; u++) set(x + u, y + v, distance(u, v) !== 1);
        }
      }
    }
    if (version >= 7) {
      const bits = withRemainder(version, 0x1f25, 12);
      for (let i = 0; i < 18; i++) {
        const [long, short] = [side - 11 + (i % 3), Math.floor(i / 3)];
        set(long, short, (bits >> i) & 1);
        set(short, long, (bits >> i) & 1);
      }
    }
    setFormat(square, 0); // takes its place
    return square;
  }

  function setFormat(square, mask) {
    const side = square.length;
    const bits = withRemainder((LEVEL_M << 3) | mask, 0x537, 10) ^ 0x5412;
    const bit = (i) => Boolean((bits >> i) & 1);
    for (let i = 0; i < 15; i++) {
      // Beside the upper left pattern, around the timing patterns.
      if (i < 8) square[i < 6 ? i : i + 1][8] = bit(i);
      else square[8][i < 9 ? 15 - i : 14 - i] = bit(i);
      // Below the upper right one, and beside the lower left one.
      if (i < 8) square[8][side - 1 - i] = bit(i);
      else square[side - 15 + i][8] = bit(i);
    }
    square[side - 8][8] = true;
  }

  const MASKS = [
    (x, y) => (x + y) % 2 === 0,
    (x, y) => y % 2 === 0,
    (x) => x % 3 === 0,
    (x, y) => (x + y) % 3 === 0,
    (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
    (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
    (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
    (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
  ];

  // In pairs of columns from the right, upwards and downwards in turn.
  function fill(square, bytes, mask) {
    const side = square.length;
    const filled = square.map((row) => [...row]);
    let i = 0;
    for (let right = side - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      const upwards = ((right + 1) & 2) === 0;
      for (let step = 0; step < side; step++) {
        const y = upwards ? side - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (square[y][x] !== null) continue;
          const dark = i < 8 * bytes.length && (bytes[i >> 3] >> (7 - (i & 7))) & 1;
          filled[y][x] = Boolean(dark) !== MASKS[mask](x, y);
          i += 1;
        }
      }
    }
    setFormat(filled, mask);
    return filled;
  }

  // How hard a square is to read: runs of one colour, blocks, what looks like a finder, imbalance.
  function penalty(square) {
    let points = 0;
    const columns = square.map((_, x) => square.map((row) => row[x]));
    for (const line of [...square, ...columns]) {
      const text = line.map(Number).join("");
      for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) points += run.length - 2;
      points += 40 * [...text.matchAll(/(?=10111010000|00001011101)/g)].length;
    }
    for (let y = 1; y < square.length; y++) {
      for (let x = 1; x < square.length; x++) {
        const dark = square[y][x];
        if (square[y - 1][x] === dark && square[y][x - 1] === dark
          && square[y - 1][x - 1] === dark) points += 3;
      }
    }
    const share = square.flat().filter(Boolean).length / square.length ** 2;
    return points + 10 * Math.floor(Math.abs(share - 0.5) * 20);
  }

  return (text) => {
    const bytes = [...new TextEncoder().encode(text)];
    const sum = (sizes) => sizes.reduce((a, b) => a + b);
    const index = BLOCKS.findIndex(([, sizes], i) => bytes.length + (i < 9 ? 2 : 3) <= sum(sizes));
    if (index < 0) return null;
    const version = index + 1;
    const all = allBytes(dataBytes(bytes, version, sum(BLOCKS[index][1])), BLOCKS[index]);
    const square = fixedPatterns(version);
    const filled = MASKS.map((_, mask) => fill(square, all, mask));
    const points = filled.map(penalty);
    return filled[points.indexOf(Math.min(...points))];
  };
})();
