"""The drawings that the sketchpad offers to draw by itself."""

import json
from collections.abc import Mapping, Sequence

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


def examples_to_draw(
    drawings: Mapping[str, Sequence[np.ndarray]], side: int
) -> list[dict[str, str]]:
    """Named drawings for the sketchpad's script: the name of each, and its strokes as JSON.

    As a list of numbers they would cost: with every drawing that it sends, Gradio copies all that a
    component holds, number by number, which took longer than a frame.
    """
    return [
        {"name": name, "strokes": json.dumps(centred(strokes, side))}
        for name, strokes in drawings.items()
    ]


def centred(strokes: Sequence[np.ndarray], side: int) -> list[list[list[float]]]:
    """Centre strokes on a canvas; the drawing's longer side becomes 60 % of the canvas side."""
    low, high = bounds(strokes)
    scale = 0.6 * side / (high - low).max()
    return [
        ((stroke - (low + high) / 2) * scale + side / 2).round(1).tolist() for stroke in strokes
    ]
