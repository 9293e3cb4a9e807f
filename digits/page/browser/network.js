// Runs a network on one digit image, from the binary file that `digits/web_weights.py` writes.
//
// The file: the length of the header (4 bytes, little endian), the header (JSON), and then the
// weights of each layer in order: its kernel, in half or single precision as the header says, and
// its vectors in single precision. Maps are flat arrays, row by row, with the channels of a pixel
// side by side: (height, width, channels), as in Keras.

const BYTES = { float16: 2, float32: 4 };

// An IEEE half: 1 sign bit, 5 bits of exponent, 10 of fraction.
function halfToNumber(half) {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

// Gives out the arrays of a file, one after the other. As 64-bit numbers: JavaScript computes with
// those, and would convert others at each step.
function weightsFrom(bytes, start) {
  const view = new DataView(bytes);
  let place = start;
  return (count, type) => {
    const array = new Float64Array(count);
    for (let i = 0; i < count; i++, place += BYTES[type]) {
      array[i] = type === "float16"
        ? halfToNumber(view.getUint16(place, true))
        : view.getFloat32(place, true);
    }
    return array;
  };
}

// How far the window of output 0 reaches beyond the edge, and how many outputs there are.
function windows(size, window, stride, padding) {
  if (padding === "valid") return { before: 0, count: Math.floor((size - window) / stride) + 1 };
  const count = Math.ceil(size / stride);
  const missing = Math.max(0, (count - 1) * stride + window - size);
  return { before: Math.floor(missing / 2), count };
}

function activate(values, activation) {
  if (activation === "relu") {
    for (let i = 0; i < values.length; i++) if (values[i] < 0) values[i] = 0;
  } else if (activation === "softmax") {
    const largest = values.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[i] = Math.exp(values[i] - largest);
    for (let i = 0; i < values.length; i++) values[i] /= sum;
  }
}

// Each maker takes a layer of the header, the shape of its input and the weights, and gives the
// shape of the output and a function that fills it.
const LAYERS = {
  convolution(layer, [height, width, channels], take, type) {
    const [tall, wide] = layer.kernel_size;
    const { filters } = layer;
    const kernel = take(tall * wide * channels * filters, type);
    const bias = take(filters, "float32");
    const [down, right] = layer.strides;
    const vertical = windows(height, tall, down, layer.padding);
    const horizontal = windows(width, wide, right, layer.padding);
    // Most inputs are zero, in a digit image and after a ReLU: only the others are multiplied.
    const { values, rows, addTo } = adderFor(kernel, filters, tall * wide * channels);

    function fill(input, output) {
      for (let y = 0, offset = 0; y < vertical.count; y++) {
        const top = y * down - vertical.before;
        for (let x = 0; x < horizontal.count; x++, offset += filters) {
          const left = x * right - horizontal.before;
          let count = 0;
          for (let v = Math.max(0, -top); v < Math.min(tall, height - top); v++) {
            for (let u = Math.max(0, -left); u < Math.min(wide, width - left); u++) {
              const from = ((top + v) * width + left + u) * channels;
              const row = (v * wide + u) * channels;
              for (let c = 0; c < channels; c++) {
                const value = input[from + c];
                if (value === 0) continue;
                values[count] = value;
                rows[count++] = (row + c) * filters;
              }
            }
          }
          for (let f = 0; f < filters; f++) output[offset + f] = bias[f];
          addTo(output, offset, count);
        }
      }
    }
    return { shape: [vertical.count, horizontal.count, filters], fill, kernel, bias };
  },

  dense(layer, [inputs], take, type) {
    const { units } = layer;
    const kernel = take(inputs * units, type);
    const bias = take(units, "float32");
    const { values, rows, addTo } = adderFor(kernel, units, inputs);

    function fill(input, output) {
      let count = 0;
      for (let i = 0; i < inputs; i++) {
        if (input[i] === 0) continue;
        values[count] = input[i];
        rows[count++] = i * units;
      }
      output.set(bias);
      addTo(output, 0, count);
    }
    return { shape: [units], fill, kernel, bias };
  },

  pooling(layer, [height, width, channels]) {
    const [tall, wide] = layer.window;
    const [down, right] = layer.strides;
    const vertical = windows(height, tall, down, layer.padding);
    const horizontal = windows(width, wide, right, layer.padding);
    const averages = layer.by === "average";

    function fill(input, output) {
      for (let y = 0, offset = 0; y < vertical.count; y++) {
        const top = y * down - vertical.before;
        const [firstRow, endRow] = [Math.max(0, top), Math.min(height, top + tall)];
        for (let x = 0; x < horizontal.count; x++, offset += channels) {
          const left = x * right - horizontal.before;
          const [first, end] = [Math.max(0, left), Math.min(width, left + wide)];
          for (let c = 0; c < channels; c++) {
            let sum = 0;
            let largest = -Infinity;
            for (let v = firstRow; v < endRow; v++) {
              for (let u = first; u < end; u++) {
                const value = input[(v * width + u) * channels + c];
                sum += value;
                if (value > largest) largest = value;
              }
            }
            const pixels = (endRow - firstRow) * (end - first);
            output[offset + c] = averages ? sum / pixels : largest;
          }
        }
      }
    }
    return { shape: [vertical.count, horizontal.count, channels], fill };
  },

  // A normalisation that cannot be folded into the layer before it, or a rescaling.
  scaling(layer, shape, take) {
    const channels = shape[shape.length - 1];
    const scale = take(channels, "float32");
    const shift = take(channels, "float32");

    function fill(input, output) {
      for (let i = 0; i < input.length; i++) {
        const c = i % channels;
        output[i] = input[i] * scale[c] + shift[c];
      }
    }
    return { shape, fill, scale, shift };
  },

  activation: (layer, shape) => ({ shape, fill: (input, output) => output.set(input) }),

  flattening: (layer, shape) => ({
    shape: [shape.reduce((a, b) => a * b)],
    fill: (input, output) => output.set(input),
  }),
};

// Make a network of the bytes of a file. Throws an Error if it has a layer of another kind.
function makeNetwork(bytes) {
  const length = new DataView(bytes).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  const take = weightsFrom(bytes, 4 + length);
  let { shape } = header;
  const layers = header.layers.map((layer) => {
    if (!(layer.kind in LAYERS)) throw new Error(`a layer of the kind ${layer.kind} is unknown`);
    const made = LAYERS[layer.kind](layer, shape, take, header.weights);
    shape = made.shape;
    const output = new Float64Array(shape.reduce((a, b) => a * b));
    return { ...layer, ...made, output };
  });

  return {
    name: header.name,
    // What the header says of each layer, with its shape, its weights if it has any, and its output
    // for the image that was read last.
    layers,
    // The ten probabilities of a digit image: 784 numbers in [0, 1], 1 is ink.
    probabilities(image) {
      let values = image;
      for (const layer of layers) {
        layer.fill(values, layer.output);
        activate(layer.output, layer.activation);
        values = layer.output;
      }
      return Array.from(values);
    },
  };
}
