// What a network makes of a digit, stage by stage, for the picture of the live network: after each
// convolution the maps that are most active, and how much each contributes to those of the next.

const SHOWN = 8; // maps of a stage

// The layers that end a stage: what a convolution, its normalisation and its pooling hand on.
function stageEnds(layers) {
  const ends = [];
  layers.forEach(({ kind, shape }, i) => {
    if (shape.length !== 3 || !layers.slice(0, i + 1).some((l) => l.kind === "convolution")) return;
    const next = layers[i + 1];
    if (kind !== "flattening" && (next.kind === "convolution" || next.shape.length === 1)) {
      ends.push(i);
    }
  });
  return ends;
}

function mostActive({ shape: [, , channels], output }) {
  const sums = new Float64Array(channels);
  for (let i = 0; i < output.length; i++) sums[i % channels] += Math.max(0, output[i]);
  const order = [...sums.keys()].sort((a, b) => sums[b] - sums[a]);
  return order.slice(0, SHOWN).sort((a, b) => a - b); // in place, as far as they stay the same
}

// What the maps `from` of the input add to the maps `to` of a convolution, over all places. Each
// weight meets the sum of all inputs that it is multiplied with.
function contributions(layer, input, [height, width, channels], from, to) {
  const [tall, wide] = layer.kernel_size;
  const [down, right] = layer.strides;
  const vertical = windows(height, tall, down, layer.padding);
  const horizontal = windows(width, wide, right, layer.padding);
  return from.map((i) => {
    const added = to.map(() => 0);
    for (let v = 0; v < tall; v++) {
      for (let u = 0; u < wide; u++) {
        let met = 0;
        for (let y = 0; y < vertical.count; y++) {
          const row = y * down - vertical.before + v;
          if (row < 0 || row >= height) continue;
          for (let x = 0; x < horizontal.count; x++) {
            const column = x * right - horizontal.before + u;
            if (column < 0 || column >= width) continue;
            met += input[(row * width + column) * channels + i];
          }
        }
        const weights = ((v * wide + u) * channels + i) * layer.filters;
        to.forEach((j, n) => { added[n] += met * layer.kernel[weights + j]; });
      }
    }
    return added;
  });
}

// What the maps of the last stage add to the ten scores, less what they add to all ten alike. Null
// if there are other layers between.
function evidence(layers, end, from) {
  const dense = layers.slice(end + 1).filter(({ kind }) => kind !== "flattening");
  if (dense[0]?.kind !== "dense" || dense[0].units !== 10) return null;
  const { output, shape: [, , channels] } = layers[end];
  return from.map((i) => {
    const added = new Array(10).fill(0);
    for (let place = i; place < output.length; place += channels) {
      for (let d = 0; d < 10; d++) added[d] += output[place] * dense[0].kernel[place * 10 + d];
    }
    const mean = added.reduce((a, b) => a + b) / 10;
    return added.map((value) => value - mean);
  });
}

// Each stage: { name, side: [height, width], channels: their numbers, maps: one array each, from:
// what each map of the stage before (or the image) adds to each of these }; and the evidence.
function stagesOf(network, image) {
  const { layers } = network;
  const ends = stageEnds(layers);
  let before = { output: image, shape: [28, 28, 1] };
  let shown = [0];
  const stages = ends.map((end, n) => {
    const layer = layers[end];
    const [height, width, count] = layer.shape;
    const channels = mostActive(layer);
    const maps = channels.map((channel) => Float32Array.from(
      { length: height * width }, (_, place) => layer.output[place * count + channel]));
    const start = n === 0 ? 0 : ends[n - 1] + 1;
    const convolution = layers.slice(start, end + 1).find(({ kind }) => kind === "convolution");
    const from = contributions(convolution, before.output, before.shape, shown, channels);
    before = layer;
    shown = channels;
    return { name: convolution.name, side: [height, width], count, channels, maps, from };
  });
  const last = ends[ends.length - 1];
  return { stages, evidence: last === undefined ? null : evidence(layers, last, shown) };
}
