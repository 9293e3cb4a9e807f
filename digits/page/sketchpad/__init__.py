"""The drawing component: its canvas sends a PNG during drawing, and Python receives a picture.

The canvas size and pen widths are passed to `sketchpad.js` as props, so that each is defined in
one place only.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from digits.errors import ImageError
from digits.images.canvas import CANVAS, PEN_WIDTH, PEN_WIDTHS
from digits.images.data_urls import PREFIX, read_png_data_url
from digits.page.browser.scripts import script
from digits.page.examples import examples_to_draw
from digits.page.gradio_internals.components import described, fit_for_live_interfaces

HERE = Path(__file__).parent
MAX_SIDE = 2000  # pixels; the server would refuse the picture of a larger canvas

# The example for "Use via API": a vertical bar, 28 x 28, which the classifier reads as a 1.
EXAMPLE = (
    PREFIX
    + "iVBORw0KGgoAAAANSUhEUgAAABwAAAAcAQAAAABaduI5AAAAHElEQVR42mP8z8DwkYmBgYEBmfiLyqUJwYwhBgCP"
    "PAMolBPahQAAAABJRU5ErkJggg=="
)


@fit_for_live_interfaces
class Sketchpad(gr.HTML):
    """A square to draw on with mouse, finger, pen or keyboard, with Undo, Clear and a pen width.

    Its value in the browser and over the API is a PNG data URL. The sketchpad itself always sends
    `side` x `side` pixels, black ink on opaque white; an empty canvas is "" or null. Functions
    receive a PIL image, or None for an empty canvas.
    """

    def __init__(
        self,
        *,
        label: str = "Sketchpad: draw a digit",
        side: int = CANVAS,
        pen_widths: range = PEN_WIDTHS,
        pen_width: int = PEN_WIDTH,
        examples: Mapping[str, Sequence[np.ndarray]] | None = None,
        read_in_browser: bool = False,
        stays_here: bool = False,
        **settings: Any,
    ) -> None:
        """Make the component.

        Args:
            label: the name of the canvas for screen readers; any text.
            side: width and height of the picture that is sent, in pixels, 28 to 2000.
            pen_widths: the widths to choose from, in pixels of that picture.
            pen_width: the initial width, one of `pen_widths`.
            examples: named drawings that draw themselves at a click: lists of strokes, (K, 2) each,
                x and y in any unit, y downwards.
            read_in_browser: tell the reader in the browser of each change, see
                `digits.page.browser`; while that reads, only whole strokes are sent. The drawing
                is kept in the browser's tab, where it survives a reload.
            stays_here: send nothing to the server. The element tells of each change with an event
                "strokes" that bubbles, for scripts on the page: {strokes, down}.
            settings: other arguments of `gr.HTML`, such as `elem_id`.

        Raises:
            ValueError: `side`, `pen_widths` or `pen_width` is out of range.
        """
        if side not in range(28, MAX_SIDE + 1):
            raise ValueError(f"side must be a whole number from 28 to {MAX_SIDE}, not {side!r}")
        if not pen_widths or pen_widths.step != 1 or not 0 < pen_widths[0] <= pen_widths[-1] < side:
            raise ValueError(f"pen_widths must be a range of whole pixels, not {pen_widths!r}")
        if pen_width not in pen_widths:
            raise ValueError(
                f"pen_width must be a whole number from {pen_widths[0]} to {pen_widths[-1]}, not "
                f"{pen_width!r}"
            )
        super().__init__(
            label=label,
            html_template=(HERE / "sketchpad.html").read_text(encoding="utf-8"),
            css_template=(HERE / "sketchpad.css").read_text(encoding="utf-8"),
            js_on_load=script("strokes") + (HERE / "sketchpad.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            side=side,
            finest_pen=pen_widths[0],
            broadest_pen=pen_widths[-1],
            pen_width=pen_width,
            read_in_browser=read_in_browser,
            stays_here=stays_here,
            examples=examples_to_draw(examples or {}, side),
            **settings,
        )

    # Gradio types this method as that of one component, but a subclass chooses its own values.
    def preprocess(self, payload: Any) -> Image.Image | None:  # type: ignore[override]
        """Turn what the browser or an API caller sent into a picture.

        Args:
            payload: a PNG data URL, or "" or None for an empty canvas.

        Returns:
            The picture in the PNG, of any mode and up to 1 megapixel; None for an empty canvas.

        Raises:
            gr.Error: the payload is anything else; its message is one clear line.
        """
        if payload is None or payload == "":
            return None
        try:
            return read_png_data_url(payload)
        except ImageError as error:
            raise gr.Error(str(error), print_exception=False) from None

    def postprocess(self, value: str | None) -> None:
        """Empty the canvas: the only change that a function can make to it.

        Raises:
            ValueError: `value` is a drawing; only the user can draw.
        """
        if value:
            raise ValueError("a Sketchpad can only be cleared: set its value to None")

    def api_info(self) -> dict[str, Any]:
        """Describe the value to API clients, as a JSON schema."""
        return described(
            {"type": "string", "title": "PNG data URL"},
            f"a picture of one digit as a PNG data URL ('{PREFIX}...'): any size up to"
            ' 1 megapixel, dark on light or light on dark; "" for an empty canvas',
        )

    def example_payload(self) -> str:
        """Provide a small valid value for the 'Use via API' page: a drawn 1."""
        return EXAMPLE

    def example_value(self) -> None:
        """Provide the only value that a function may return: None, an empty canvas."""
        return None
