"""The answers of a classifier: a prediction for one digit, a reading for whole numbers."""

import math
from typing import Any, NamedTuple

import numpy as np

from digits.images.preprocessing import SIZE

NOTHING_DRAWN = "nothing drawn"
NOT_SURE = "not sure this is a digit"
# Below this confidence no digit is named. Chosen on validation data: of the values at which 99.5 %
# of the digits are still named, the one that declines the most letters and signs.
THRESHOLD = 0.7
# The same beside clear digits of a number, where a digit is expected.
IN_NUMBER = 0.45
# From this confidence on an answer counts as certain, and its percentage is no longer told apart.
CERTAIN = 0.99


def percent(confidence: float) -> str:
    """Put a confidence in [0, 1] as it stands everywhere: "97 %".

    Never "100 %", because no answer is beyond all doubt: "> 99 %" from `CERTAIN` on. "< 1 %" below
    0.01.
    """
    if confidence >= CERTAIN:
        return "> 99 %"
    return "< 1 %" if confidence < 0.01 else f"{math.floor(100 * confidence + 0.5)} %"


class Prediction(NamedTuple):
    """The network's answer to one picture."""

    digit: int | None  # 0 to 9; None if no digit is named
    confidence: float  # 0 to 1: the probability of the most likely digit; 0 without ink
    probabilities: np.ndarray  # (10,) float32, sums to 1
    image: np.ndarray  # (28, 28) float32 in [0, 1], 1 is ink: what the network saw
    reason: str | None = None  # why `digit` is None
    # Of a digit in a reading: left, top, right and bottom in pixels of the picture, the last two
    # not included; and its line, from 0.
    box: tuple[int, int, int, int] | None = None
    line: int | None = None

    def __repr__(self) -> str:
        if self.digit is None:
            return f"Prediction(None: {self.reason})"
        return f"Prediction({self.digit}, {percent(self.confidence)} sure)"


class Reading(NamedTuple):
    """The numbers in one picture."""

    # The digits, '?' for one that is not clear; a space where a gap separates two numbers, and a
    # line of text for each line of writing.
    text: str
    digits: list[Prediction]  # in the order of `text`, with `box` and `line`
    confidence: float  # 0 to 1: of the whole text, the product of its digits' confidences

    def __repr__(self) -> str:
        return f"Reading({self.text!r}, {percent(self.confidence)} sure)"

    def facts(self) -> dict[str, Any]:
        """Everything but the pictures, ready for JSON."""
        return {
            "text": self.text,
            "confidence": round(self.confidence, 6),
            "digits": [
                {
                    "digit": digit.digit,
                    "confidence": round(digit.confidence, 6),
                    "probabilities": [round(float(p), 6) for p in digit.probabilities],
                    "box": list(digit.box or ()),
                    "line": digit.line,
                    "reason": digit.reason,
                }
                for digit in self.digits
            ],
        }


def nothing_drawn() -> Prediction:
    """Make the answer to a picture without ink."""
    blank = np.zeros((SIZE, SIZE), np.float32)
    return Prediction(None, 0.0, np.full(10, 0.1, np.float32), blank, NOTHING_DRAWN)


def several(count: int, lines: int) -> str:
    """The reason why no digit is named where several, `count` of them, were found."""
    words = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    number = words[count - 2] if count - 2 < len(words) else str(count)
    where = "side by side" if lines == 1 else f"in {lines} lines"
    return f"{number} digits {where}: read them with read"
