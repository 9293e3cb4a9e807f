"""Drawings of a visitor's own that a training gets: the one on Draw, and twenty to learn from.

The browser makes their digit images (see `digits.page.browser`); what arrives is checked here.
"""

import base64
import binascii
from pathlib import Path
from typing import Any

import gradio as gr
import orjson

from digits.images.canvas import CANVAS
from digits.images.preprocessing import SIZE

HERE = Path(__file__).parent
PIXELS = SIZE * SIZE
COUNT = 20  # drawings that teach a hand: every digit twice

# Replaces the last value that a function gets by the drawing on Draw, 784 bytes in base64, or "".
DRAWING = """(...values) => {
  const image = window.digits?.last?.image;
  const bytes = Array.from(image ?? [], (ink) => Math.round(255 * ink));
  return [...values.slice(0, -1), btoa(String.fromCharCode(...bytes))];
}"""
WORDS = {
    "ask": "Draw a {digit}",
    "count": "{number} of {all} drawn",
    "empty": "Draw it on the pad first.",
    "complete": "Thank you. Now teach it",
    "unread": "This needs the network in the browser. Choose another model on Draw.",
}


class OwnDrawing(gr.HTML):
    """The drawing on Draw, which `DRAWING` fills in; it shows nothing.

    Functions receive 784 bytes in base64, or None.
    """

    def __init__(self) -> None:
        """Make the component."""
        super().__init__(
            "",
            html_template="<span hidden></span>",
            apply_default_css=False,
            elem_classes="visually-hidden",
        )

    def preprocess(self, payload: Any) -> str | None:
        """Keep what is exactly one digit image; None for anything else."""
        return payload if images_in(payload) == 1 else None


class Hand(gr.HTML):
    """Asks for twenty drawings, one by one, on the sketchpad with the id `hand-pad`.

    Its value is JSON, "" before there are all of them. Functions receive {"digits": 20 digits,
    "images": 20 times 784 bytes in base64} or None.
    """

    def __init__(self, **settings: Any) -> None:
        """Make the component; `settings` are other arguments of `gr.HTML`."""
        super().__init__(
            "",
            html_template=(HERE / "hand.html").read_text(encoding="utf-8"),
            js_on_load=(HERE / "hand.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            side=CANVAS,
            count=COUNT,
            words=WORDS,
            **settings,
        )

    # Gradio types this method as that of one component, but a subclass chooses its own values.
    def preprocess(self, payload: Any) -> dict[str, Any] | None:  # type: ignore[override]
        """Turn what anybody may have sent into drawings; None for anything that is not usable."""
        if not isinstance(payload, str) or not 0 < len(payload) <= 2 * COUNT * PIXELS:
            return None
        try:
            sent = orjson.loads(payload)
            digits, images = sent["digits"], sent["images"]
        except (ValueError, TypeError, KeyError):
            return None
        if not isinstance(digits, list) or len(digits) != COUNT or images_in(images) != COUNT:
            return None
        if not all(type(digit) is int and 0 <= digit <= 9 for digit in digits):
            return None
        return {"digits": digits, "images": images}


def images_in(text: Any) -> int | None:
    """How many digit images a base64 text holds; None if it is no such text."""
    if not isinstance(text, str):
        return None
    try:
        count, rest = divmod(len(base64.b64decode(text, validate=True)), PIXELS)
    except (binascii.Error, ValueError):
        return None
    return None if rest else count
