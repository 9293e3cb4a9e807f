"""The drawings that the sketchpad offers to draw by itself."""

from collections.abc import Sequence

import numpy as np

from digits.data.digit_forms import DIGIT_FORMS
from digits.data.non_digit_forms import LETTER_FORMS
from digits.data.strokes import bounds

EXAMPLES = {
    "a crossed 7": DIGIT_FORMS[7][1],
    "an open 4": DIGIT_FORMS[4][0],
    "a 1 with a foot": DIGIT_FORMS[1][3],
    "a slashed 0": DIGIT_FORMS[0][3],
    "a curled 9": DIGIT_FORMS[9][1],
    "not a digit: the letter M": LETTER_FORMS["M"][0],
}


def centred(strokes: Sequence[np.ndarray], side: int) -> list[list[list[float]]]:
    """Centre strokes on a canvas; the drawing's longer side becomes 60 % of the canvas side."""
    low, high = bounds(strokes)
    scale = 0.6 * side / (high - low).max()
    return [
        ((stroke - (low + high) / 2) * scale + side / 2).round(1).tolist() for stroke in strokes
    ]
