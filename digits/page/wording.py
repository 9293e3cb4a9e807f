"""Puts an answer in words. `digits/page/browser/wording.js` does the same in the browser.

Wherever the page, or the server behind it, says how sure an answer is, it says so with `phrase`,
`certainty` or `digits.prediction.percent`.
"""

import numpy as np

from digits.prediction import CERTAIN, NOT_SURE, NOTHING_DRAWN, THRESHOLD, Prediction

MENTIONED = 0.3  # the least confidence with which a guess is mentioned
INVITATION = "Draw a digit"
PROMISE = "A neural network reads along as you draw, right in your browser, and admits its doubts."
DOUBT = "Not a digit, I think"
TIE = "{first} or {second}?"
SEVERAL = "Several digits"
SEEN = "The digit as the network received it, 28 by 28 pixels, white on black"
# From the confidence on that stands beside it.
DEGREES = [("Certain", CERTAIN), ("Probably", THRESHOLD), ("Perhaps", MENTIONED), ("A guess", 0.0)]
# What the browser needs of this.
WORDS = {
    "named": THRESHOLD,
    "mentioned": MENTIONED,
    "certain": CERTAIN,
    "invitation": INVITATION,
    "doubt": DOUBT,
    "tie": TIE,
    "degrees": DEGREES,
}

# A heading, and the confidences in [0, 1] of "0" to "9" or None.
HeadingAndBars = tuple[str, dict[str, float] | None]


def heading_and_bars(prediction: Prediction, invitation: str) -> HeadingAndBars:
    """Turn a prediction into the value of an `Answer`.

    Args:
        prediction: the answer.
        invitation: the heading if nothing was drawn.

    Returns:
        The heading: the digit, the doubt, or the invitation. The confidences in [0, 1] of "0" to
        "9"; None if nothing was drawn.
    """
    if prediction.reason == NOTHING_DRAWN:
        return invitation, None
    bars = {str(digit): float(p) for digit, p in enumerate(prediction.probabilities)}
    if prediction.digit is not None:
        return str(prediction.digit), bars
    return (doubt(prediction.probabilities) if prediction.reason == NOT_SURE else SEVERAL), bars


def doubt(probabilities: np.ndarray) -> str:
    """Put in words why no digit is named: "4 or 9?" if it is clearly one of two.

    Args:
        probabilities: (10,) in [0, 1].
    """
    first, second = np.argsort(-probabilities, kind="stable")[:2]
    both = probabilities[first] + probabilities[second]
    if probabilities[second] >= MENTIONED and both >= THRESHOLD:
        return TIE.format(first=first, second=second)
    return DOUBT


def certainty(confidence: float) -> str:
    """Put a confidence in [0, 1] in one word: "Certain", "Probably"."""
    return next(word for word, least in DEGREES if confidence >= least)


def phrase(prediction: Prediction) -> str:
    """What stands with the answer: "Certain", "Probably", "4 or 9?"; "" if nothing was drawn."""
    if prediction.reason == NOTHING_DRAWN:
        return ""
    if prediction.digit is not None:
        return certainty(prediction.confidence)
    if prediction.reason == NOT_SURE:
        return doubt(prediction.probabilities)
    return str(prediction.reason).partition(":")[0]  # "two digits side by side"
