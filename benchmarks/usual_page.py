"""The usual way to put such a network on a page: `gr.Interface` around `model.predict`."""

import sys

import gradio as gr
import keras
import numpy as np
from PIL import Image

from benchmarks.plain_ways import reshape_canvas
from digits.saving import DEFAULT_MODEL


def main(port: int) -> None:
    """Serve the page until the process ends."""
    model = keras.models.load_model(DEFAULT_MODEL, compile=False)

    def classify(image: Image.Image) -> dict[str, float]:
        pixels = reshape_canvas(1 - np.asarray(image.convert("L"), np.float32) / 255)
        probabilities = model.predict(pixels.reshape(1, 28, 28, 1), verbose=0)[0]
        return {str(digit): float(p) for digit, p in enumerate(probabilities)}

    page = gr.Interface(
        classify,
        gr.Image(type="pil"),
        gr.Label(),
        api_name="classify",
        flagging_mode="never",
        analytics_enabled=False,
    )
    page.launch(server_port=port, quiet=True, ssr_mode=False)


if __name__ == "__main__":
    main(int(sys.argv[sys.argv.index("--port") + 1]))
