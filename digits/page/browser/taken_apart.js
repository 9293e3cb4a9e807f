// Takes a network apart for one digit image: the lesson of the Inside tab and the cells of the live
// network show each number with those that it is made of.

// The layers of a network with what they make of an image. Each has, beside what the file says of
// it: { input, inputShape, before: its output before the activation, output }.
function takenApart(network, image) {
  let input = image;
  let inputShape = [28, 28, 1];
  return network.layers.map((layer) => {
    const before = new Float64Array(layer.output.length);
    layer.fill(input, before);
    const output = before.slice();
    activate(output, layer.activation);
    const apart = { ...layer, input, inputShape, before, output };
    input = output;
    inputShape = layer.shape;
    return apart;
  });
}

// Where the window of a place lies in the input: its first row and column may be beyond the edge.
function windowAt({ inputShape: [height, width], strides, padding }, [tall, wide], y, x) {
  return {
    top: y * strides[0] - windows(height, tall, strides[0], padding).before,
    left: x * strides[1] - windows(width, wide, strides[1], padding).before,
    tall,
    wide,
  };
}

// The inputs in a window, row by row; null beyond the edge.
function inputsIn({ inputShape: [height, width, channels], input }, window, channel) {
  return Array.from({ length: window.tall * window.wide }, (_, i) => {
    const row = window.top + Math.floor(i / window.wide);
    const column = window.left + (i % window.wide);
    if (row < 0 || row >= height || column < 0 || column >= width) return null;
    return input[(row * width + column) * channels + channel];
  });
}

// One output of a convolution, as the sum that it is: the window in the input; for each map of the
// input what the window holds, the kernel, their products and the sum of those; the bias; and the
// value, which is all sums and the bias added up.
function sumAt(layer, y, x, filter) {
  const window = windowAt(layer, layer.kernel_size, y, x);
  const count = layer.inputShape[2];
  const parts = Array.from({ length: count }, (_, channel) => {
    const seen = inputsIn(layer, window, channel);
    const weights = seen.map((_, i) => layer.kernel[(i * count + channel) * layer.filters + filter]);
    const products = seen.map((value, i) => (value ?? 0) * weights[i]);
    return { channel, seen, weights, products, sum: products.reduce((a, b) => a + b) };
  });
  const value = layer.before[(y * layer.shape[1] + x) * layer.filters + filter];
  return { window, parts, bias: layer.bias[filter], value };
}

// One output of a pooling: its window, the values in it, the value that it makes of them, and where
// the largest of them stands.
function poolAt(layer, y, x, channel) {
  const window = windowAt(layer, layer.window, y, x);
  const seen = inputsIn(layer, window, channel);
  const best = seen.reduce((a, value, i) => (value !== null && !(seen[a] >= value) ? i : a), -1);
  return {
    window,
    seen,
    best,
    row: window.top + Math.floor(best / window.wide),
    column: window.left + (best % window.wide),
    value: layer.before[(y * layer.shape[1] + x) * layer.shape[2] + channel],
  };
}

// The way to one value at the end of a stage, from the convolution on: each layer with the place
// (y, x) in its output and the value there, before and after its activation. A pooling is followed
// to the largest value in its window.
function wayTo(layers, end, y, x, channel) {
  const way = [];
  for (let n = end; n >= 0; n--) {
    const layer = layers[n];
    const place = (y * layer.shape[1] + x) * layer.shape[2] + channel;
    way.unshift({ layer, y, x, before: layer.before[place], after: layer.output[place] });
    if (layer.kind === "convolution") break;
    if (layer.kind === "pooling") ({ row: y, column: x } = poolAt(layer, y, x, channel));
  }
  return way;
}
