"""Shows the numbers that were read: the text to copy, and a box over the picture for each digit.

`NumbersShown` lays the boxes over another element of the page. Where a digit can be chosen, the
component `Choice` sends which one was clicked.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

if TYPE_CHECKING:  # the page is shown before TensorFlow is imported
    from digits.prediction import Reading

HERE = Path(__file__).parent
LONGEST = 24  # characters of a heading


class NumbersShown(gr.HTML):
    """The text of a reading; a thin box for each digit, with its confidence, over a picture.

    Its value is what `shown` returns: JSON, or "" for nothing.
    """

    def __init__(self, over: str, *, to_choose: bool = False, **settings: Any) -> None:
        """Make the component.

        Args:
            over: the CSS selector of the element over which the boxes are laid.
            to_choose: the boxes are buttons; see `Choice`.
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
            # Never "100 %": no answer is certain.
            "sure": min(round(100 * digit.confidence), 99),
            "box": digit.box,
            "note": digit.reason or "",
        }
        for digit in reading.digits
    ]
    return json.dumps({"text": reading.text, "size": size, "digits": digits})


def heading(reading: "Reading") -> tuple[str, None]:
    """The value of an `Answer` for a reading: its text in one line, and no bars."""
    text = reading.text.replace("\n", " ")
    return (text if len(text) <= LONGEST else f"{text[:LONGEST]}…"), None
