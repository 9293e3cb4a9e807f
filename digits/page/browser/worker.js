// Reads drawings in a thread of its own, so that the pen never waits. The page sends the file of a
// network once, and then drawings; each is answered with the message that `reader.js` describes.

function readInBackground() {
  let network = null;
  let context = null;

  function picture(strokes, side) {
    if (context?.canvas.width !== side) {
      context = new OffscreenCanvas(side, side).getContext("2d", {
        alpha: false,
        willReadFrequently: true,
      });
    }
    drawPicture(context, strokes, side);
    return context.getImageData(0, 0, side, side).data;
  }

  function read({ drawing, strokes, side, rehearsal }) {
    const image = digitImage(picture(strokes, side), side);
    if (image === null) return { drawing, rehearsal, ...NOTHING };
    const probabilities = network.probabilities(image);
    return { drawing, rehearsal, image, probabilities, ...stagesOf(network, image) };
  }

  self.onmessage = ({ data }) => {
    try {
      if (data.aside) {
        const pixels = picture(data.strokes, data.side);
        return void readAside(network, pixels, data, data.side).then((answer) =>
          self.postMessage(answer));
      }
      if (!data.network) return self.postMessage(read(data));
      network = makeNetwork(data.network);
      // The first reading takes longest: let nobody wait for it.
      read({ strokes: [{ width: 9, points: [[9, 9], [90, 90]] }], side: 280 });
      self.postMessage({ ready: true });
    } catch (error) {
      self.postMessage({ broken: error.message });
    }
  };
}
