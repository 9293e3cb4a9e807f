"""The drawing component: its canvas sends a PNG while a person draws, read here as a picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from digits.data.strokes import bounds
from digits.errors import ImageError
from digits.images.data_urls import PREFIX, read_png_data_url

HERE = Path(__file__).parent
SIDE = 280  # pixels of the picture that is sent
PEN_WIDTHS = range(10, 27)  # pixels of that picture

# A vertical bar, 28 x 28: an example for "Use via API" that the classifier reads as a 1.
EXAMPLE = (
    PREFIX
    + "iVBORw0KGgoAAAANSUhEUgAAABwAAAAcAQAAAABaduI5AAAAHElEQVR42mP8z8DwkYmBgYEBmfiLyqUJwYwhBgCP"
    "PAMolBPahQAAAABJRU5ErkJggg=="
)


class Sketchpad(gr.HTML):
    """A square to draw on by mouse, finger, pen or keys, with Undo, Clear and a pen width.

    Its value in the browser and over the API is a PNG data URL, from the sketchpad itself always
    280 x 280, black ink on opaque white; an empty canvas is "" or null. Functions get the picture
    as a PIL image, or None when the canvas is empty.
    """

    # gr.Interface(live=True) asks: False makes it answer each change, the latest one last.
    streaming = False

    def __init__(
        self,
        *,
        label: str = "Sketchpad: draw a digit",
        pen_width: int = 18,
        examples: Mapping[str, Sequence[np.ndarray]] | None = None,
        **settings: Any,
    ) -> None:
        """Make the component.

        Args:
            label: what a screen reader calls the canvas; any text.
            pen_width: width of the pen to begin with, 10 to 26 pixels of the 280 x 280 picture.
            examples: drawings that draw themselves at a click, by name: strokes of (K, 2) x, y in
                any unit, y downwards.
            settings: anything else that `gr.HTML` takes, such as `elem_id`.

        Raises:
            ValueError: `pen_width` is out of range.
        """
        if pen_width not in PEN_WIDTHS:
            raise ValueError(f"pen_width must be a whole number from 10 to 26, not {pen_width!r}")
        super().__init__(
            label=label,
            html_template=(HERE / "sketchpad.html").read_text(encoding="utf-8"),
            css_template=(HERE / "sketchpad.css").read_text(encoding="utf-8"),
            js_on_load=(HERE / "sketchpad.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            pen_width=pen_width,
            examples=[
                {"name": name, "strokes": _centred(strokes)}
                for name, strokes in (examples or {}).items()
            ],
            **settings,
        )

    def preprocess(self, payload: Any) -> Image.Image | None:
        """Turn what the browser or an API caller sent into a picture.

        Args:
            payload: a PNG data URL, or "" or None for an empty canvas.

        Returns:
            The picture as it is in the PNG, any mode and up to 4 megapixels; None when empty.

        Raises:
            gr.Error: the payload is anything else; its message is one clear line.
        """
        if payload is None or payload == "":
            return None
        try:
            return read_png_data_url(payload)
        except ImageError as error:
            raise gr.Error(str(error), print_exception=False) from None

    def postprocess(self, value: None) -> None:
        """Empty the canvas, the one thing a function can do to it.

        Raises:
            ValueError: `value` is a drawing; only the person draws.
        """
        if value:
            raise ValueError("a Sketchpad can only be emptied: set its value to None")

    def api_info(self) -> dict[str, Any]:
        """Describe the value to API callers, as JSON schema."""
        words = (
            f"a picture of one digit as PNG data URL ('{PREFIX}...'): any size up to"
            ' 4 megapixels, dark on light or light on dark; "" for an empty canvas'
        )
        return {
            "type": "string",
            "title": "PNG data URL",
            "description": words,
            "additional_description": words,  # where the docs of Gradio's clients look for it
        }

    def example_payload(self) -> str:
        """Give a small valid value for the 'Use via API' page: a drawn 1."""
        return EXAMPLE

    def example_value(self) -> None:
        """Give the one value a function may return: None, an empty canvas."""
        return None


def _centred(strokes: Sequence[np.ndarray]) -> list[list[list[float]]]:
    """Strokes in the middle of the sketchpad, at 60 % of its side."""
    low, high = bounds(strokes)
    scale = 0.6 * SIDE / (high - low).max()
    return [
        ((stroke - (low + high) / 2) * scale + SIDE / 2).round(1).tolist() for stroke in strokes
    ]
