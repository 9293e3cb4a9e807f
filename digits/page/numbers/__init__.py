"""Shows the numbers that were read: the text to copy, and a box over the picture for each digit.

`NumbersShown` lays the boxes over another element of the page. Where a digit can be chosen, the
component `Choice` sends which one was clicked.
"""

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np

from digits.images.preprocessing import SIZE
from digits.page.wording import certainty
from digits.prediction import percent

if TYPE_CHECKING:  # the page is shown before TensorFlow is imported
    from digits.prediction import Reading

HERE = Path(__file__).parent
LONGEST = 24  # characters of a heading
MOST_BARS = 10
UNCLEAR = "{count} of {all} digits not clear"
DOUBTED = 0.85  # a digit of less confidence has a dashed box

# A heading, and the names and confidences of its digits in their order, or None.
NumberAndBars = tuple[str, list[tuple[str, float]] | None]


class NumbersShown(gr.HTML):
    """The text of a reading; a thin box for each digit, with its confidence, over a picture.

    Its value is what `shown` returns: JSON, or "" for nothing.
    """

    def __init__(
        self, over: str, *, to_choose: bool = False, follows: bool = False, **settings: Any
    ) -> None:
        """Make the component.

        Args:
            over: the CSS selector of the element over which the boxes are laid.
            to_choose: the boxes are buttons; see `Choice`.
            follows: the picture is the sketchpad, whose drawing changes.
            settings: other arguments of `gr.HTML`, such as `elem_id`.
        """
        super().__init__(
            "",
            html_template=(HERE / "numbers.html").read_text(encoding="utf-8"),
            css_template=(HERE / "numbers.css").read_text(encoding="utf-8"),
            js_on_load=(HERE / "numbers.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            over=over,
            to_choose=to_choose,
            follows=follows,
            elem_classes="numbers-shown",
            **settings,
        )


class Choice(gr.HTML):
    """Which digit of a reading was clicked: its number from 0, as text; "" for none.

    It shows nothing. It is told by the event "digit-chosen" of the document.
    """

    def __init__(self, **settings: Any) -> None:
        """Make the component; `settings` are other arguments of `gr.HTML`."""
        super().__init__(
            "",
            html_template="<span hidden></span>",
            js_on_load=(HERE / "choice.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_classes="visually-hidden",
            **settings,
        )

    # Gradio types this method as that of one component, but a subclass chooses its own values.
    def preprocess(self, payload: Any) -> int | None:  # type: ignore[override]
        """Turn what the browser sent into the number of a digit; None for anything else."""
        text = str(payload or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None


def shown(reading: "Reading", size: tuple[int, int]) -> str:
    """The value of `NumbersShown` for a reading of at least two digits, or of one line with one.

    Args:
        reading: what was read.
        size: width and height of the picture in which its boxes are.
    """
    digits = [
        {
            "name": "?" if digit.digit is None else str(digit.digit),
            "sure": percent(digit.confidence),
            "doubt": digit.confidence < DOUBTED,
            "box": digit.box,
            "note": digit.reason or "",
        }
        for digit in reading.digits
    ]
    return json.dumps({"text": reading.text, "size": size, "digits": digits})


def heading(reading: "Reading") -> NumberAndBars:
    """The value of an `Answer` for a reading: its text in one line, and a bar for each digit.

    Of more than ten digits, there are no bars.
    """
    text = reading.text.replace("\n", " ")
    bars = [
        ("?" if digit.digit is None else str(digit.digit), digit.confidence)
        for digit in reading.digits
    ]
    return (text if len(text) <= LONGEST else f"{text[:LONGEST]}…"), (
        bars if len(bars) <= MOST_BARS else None
    )


def in_words(reading: "Reading") -> str:
    """How sure the answer is: "Certain", "Probably", or "1 of 4 digits not clear"."""
    unclear = sum(digit.digit is None for digit in reading.digits)
    if unclear:
        return UNCLEAR.format(count=unclear, all=len(reading.digits))
    return certainty(reading.confidence)


def images_seen(reading: "Reading") -> np.ndarray:
    """The digit images of a reading, row by row in a square: (28 n, 28 n) float32 in [0, 1]."""
    columns = math.ceil(math.sqrt(len(reading.digits)))
    square = np.zeros((columns * SIZE, columns * SIZE), np.float32)
    rows = math.ceil(len(reading.digits) / columns)
    top = (columns - rows) * SIZE // 2
    for number, digit in enumerate(reading.digits):
        row, column = divmod(number, columns)
        place = np.s_[top + row * SIZE :, column * SIZE :]
        square[place][:SIZE, :SIZE] = digit.image
    return square
