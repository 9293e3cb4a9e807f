"""The drawing component: its canvas sends a PNG while a person draws, read here as a picture."""

import base64
import binascii
import io
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from digits.errors import ImageError
from digits.pen import bounds

HERE = Path(__file__).parent
PREFIX = "data:image/png;base64,"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_PIXELS = 4_000_000
# Room for 4 megapixels of 8-bit RGBA that does not compress at all, in base64's 4 characters for
# 3 bytes; a longer text is refused before anything is decoded.
MAX_CHARACTERS = 24_000_000
SIDE = 280  # pixels of the picture that is sent
PEN_WIDTHS = range(10, 27)  # pixels of that picture

# A vertical bar, 28 x 28: an example for "Use via API" that the classifier reads as a 1.
EXAMPLE = (
    PREFIX
    + "iVBORw0KGgoAAAANSUhEUgAAABwAAAAcAQAAAABaduI5AAAAHElEQVR42mP8z8DwkYmBgYEBmfiLyqUJwYwhBgCP"
    "PAMolBPahQAAAABJRU5ErkJggg=="
)


def read_png_data_url(url: str) -> Image.Image:
    """Decode a PNG data URL into the picture it holds, trusting nothing in it.

    Args:
        url: text that begins with `data:image/png;base64,`.

    Returns:
        The picture, fully decoded, in whatever mode the PNG has; at most 4 megapixels.

    Raises:
        ImageError: it is no PNG data URL, the PNG is damaged or cut short, or it is too large.
    """
    if not isinstance(url, str) or not url.startswith(PREFIX):
        raise ImageError(f"The sketchpad takes a PNG data URL: text beginning with '{PREFIX}'.")
    if len(url) > MAX_CHARACTERS:
        raise ImageError(
            f"The picture is too large: send at most {MAX_CHARACTERS // 1_000_000} million"
            " characters of data URL."
        )
    try:
        data = base64.b64decode(url[len(PREFIX) :], validate=True)
    except (binascii.Error, ValueError):
        raise ImageError("The data URL is not valid base64: encode the PNG file anew.") from None
    # The size stands in the first 24 bytes: a claim of gigapixels is refused before decoding.
    if len(data) < 24 or data[:8] != SIGNATURE or data[12:16] != b"IHDR":
        raise ImageError("The data URL does not hold a PNG: save the picture as PNG and resend.")
    width, height = struct.unpack(">II", data[16:24])
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"The picture has {width} x {height} pixels: send at most"
            f" {MAX_PIXELS // 1_000_000} megapixels."
        )
    try:
        # verify() finds damaged and missing chunks, load() damaged pixels; each spoils the other.
        Image.open(io.BytesIO(data), formats=["PNG"]).verify()
        picture = Image.open(io.BytesIO(data), formats=["PNG"])
        picture.load()
    except Exception:  # a decoder fed by strangers fails in more ways than its manual lists
        raise ImageError("The PNG is damaged or cut short: save the picture anew.") from None
    return picture


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
