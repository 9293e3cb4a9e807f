"""The component with which the page sends the strokes of a drawing beside its picture.

Strokes tell which ink belongs together, so numbers are read more accurately from them. Where they
are missing or not usable, the picture is read.
"""

from typing import Any, NamedTuple

import gradio as gr
import numpy as np
import orjson

from digits.images.canvas import PEN_WIDTHS

# Less than `DigitClassifier.read` takes: ten digits have about 20 strokes and 1,500 points.
MOST_STROKES = 100
MOST_POINTS = 5000
MOST_CHARACTERS = 250_000
FARTHEST = 2000  # pixels from the corner: a stroke may go on outside the canvas


class Drawn(NamedTuple):
    """The strokes of a drawing, all of one pen."""

    strokes: list[np.ndarray]  # (K, 2) float64 each: x and y in pixels of the picture
    pen: float  # width in pixels


class Strokes(gr.HTML):
    """The strokes of the drawing, which the reader in the browser keeps; it shows nothing.

    Its value is JSON: {"pen": width, "strokes": [[[x, y], ...], ...]}; "" where pens of several
    widths were used. Functions receive a `Drawn` or None.
    """

    def __init__(self, **settings: Any) -> None:
        """Make the component; `settings` are other arguments of `gr.HTML`."""
        super().__init__(
            "",
            html_template="<span hidden></span>",
            apply_default_css=False,
            elem_classes="visually-hidden",
            **settings,
        )

    # Gradio types this method as that of one component, but a subclass chooses its own values.
    def preprocess(self, payload: Any) -> Drawn | None:  # type: ignore[override]
        """Turn what anybody may have sent into strokes; None for anything that is not usable."""
        if not isinstance(payload, str) or not 0 < len(payload) <= MOST_CHARACTERS:
            return None
        try:
            sent = orjson.loads(payload)
            pen, strokes = sent["pen"], sent["strokes"]
            if not isinstance(strokes, list) or not 0 < len(strokes) <= MOST_STROKES:
                return None
            drawn = [np.array(stroke, np.float64) for stroke in strokes]
        except (ValueError, TypeError, KeyError, OverflowError):
            return None
        if any(stroke.ndim != 2 or stroke.shape[1] != 2 for stroke in drawn):
            return None
        if sum(map(len, drawn)) > MOST_POINTS:
            return None
        # NaN is within no bounds.
        if not all((np.abs(stroke) <= FARTHEST).all() for stroke in drawn):
            return None
        if type(pen) not in (int, float) or not PEN_WIDTHS[0] <= pen <= PEN_WIDTHS[-1]:
            return None
        return Drawn(drawn, float(pen))
