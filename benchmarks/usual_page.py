"""The usual way to put such a network on a page: `gr.Interface` around `model.predict`."""

import argparse
from typing import Any

import gradio as gr
import keras
import numpy as np
from PIL import Image

from benchmarks.plain_ways import reshape_canvas
from digits.saving import DEFAULT_MODEL


def main(port: int, sketchpad: bool) -> None:
    """Serve the page until the process ends.

    Args:
        port: where.
        sketchpad: to draw on, with Gradio's own; otherwise pictures are uploaded.
    """
    model = keras.models.load_model(DEFAULT_MODEL, compile=False)

    def classify(image: Image.Image) -> dict[str, float]:
        pixels = reshape_canvas(1 - np.asarray(image.convert("L"), np.float32) / 255)
        probabilities = model.predict(pixels.reshape(1, 28, 28, 1), verbose=0)[0]
        return {str(digit): float(p) for digit, p in enumerate(probabilities)}

    def classify_drawing(drawing: dict[str, Any]) -> dict[str, float]:
        paper = Image.new("RGBA", drawing["composite"].size, "white")
        return classify(Image.alpha_composite(paper, drawing["composite"].convert("RGBA")))

    page = gr.Interface(
        classify_drawing if sketchpad else classify,
        gr.Sketchpad(type="pil", canvas_size=(280, 280), elem_id="canvas")
        if sketchpad
        else gr.Image(type="pil"),
        gr.Label(elem_id="answer"),
        live=sketchpad,
        api_name="classify",
        flagging_mode="never",
        analytics_enabled=False,
    )
    page.launch(server_port=port, quiet=True, ssr_mode=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--sketchpad", action="store_true")
    main(**vars(parser.parse_args()))
