"""How sure an answer is, in words and as a percentage: the same everywhere."""

import numpy as np
import pytest

from digits.page.wording import certainty, heading_and_bars, phrase
from digits.prediction import NOT_SURE, Prediction, Reading, nothing_drawn, percent

# The most likely digit and the next, with their confidences; the heading; the phrase.
SAID = [
    ((7, 0.9996), (2, 0.0001), "7", "Certain"),
    ((7, 0.99), (2, 0.005), "7", "Certain"),
    ((7, 0.98), (2, 0.01), "7", "Probably"),
    ((7, 0.70), (2, 0.28), "7", "Probably"),
    ((4, 0.69), (9, 0.30), "4 or 9?", "4 or 9?"),
    ((9, 0.45), (4, 0.35), "9 or 4?", "9 or 4?"),
    ((4, 0.60), (9, 0.29), *2 * ["Not a digit, I think"]),  # the nine is too unlikely to mention
    ((4, 0.36), (9, 0.32), *2 * ["Not a digit, I think"]),  # and so are the two together
    ((0, 0.15), (1, 0.12), *2 * ["Not a digit, I think"]),
]


def probabilities(first: tuple[int, float], second: tuple[int, float]) -> np.ndarray:
    """Ten confidences in which these two are the largest."""
    rest = (1 - first[1] - second[1]) / 8
    values = np.full(10, rest)
    values[first[0]], values[second[0]] = first[1], second[1]
    return values


@pytest.mark.parametrize(("first", "second", "heading", "words"), SAID)
def test_an_answer_in_words(first, second, heading, words):
    named = first[1] >= 0.7
    prediction = Prediction(
        first[0] if named else None,
        first[1],
        probabilities(first, second),
        None,
        None if named else NOT_SURE,
    )
    assert heading_and_bars(prediction, "Draw a digit")[0] == heading
    assert phrase(prediction) == words


def test_nothing_drawn_is_not_spoken_of():
    assert heading_and_bars(nothing_drawn(), "Draw a digit") == ("Draw a digit", None)
    assert phrase(nothing_drawn()) == ""


@pytest.mark.parametrize(
    ("confidence", "said"),
    [
        (1.0, "> 99 %"),
        (0.99, "> 99 %"),
        (0.9899, "99 %"),
        (0.905, "91 %"),
        (0.3, "30 %"),
        (0.01, "1 %"),
        (0.0099, "< 1 %"),
        (0.0, "< 1 %"),
    ],
)
def test_a_percentage_is_never_a_hundred(confidence, said):
    assert percent(confidence) == said
    assert repr(Prediction(7, confidence, None, None)) == f"Prediction(7, {said} sure)"
    assert repr(Reading("7", [], confidence)) == f"Reading('7', {said} sure)"


@pytest.mark.parametrize(
    ("confidence", "said"),
    [(0.995, "Certain"), (0.7, "Probably"), (0.3, "Perhaps"), (0.29, "A guess"), (0, "A guess")],
)
def test_the_certainty_of_a_number_is_one_word(confidence, said):
    assert certainty(confidence) == said
