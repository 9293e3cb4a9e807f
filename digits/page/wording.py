"""Puts an answer in words. `digits/page/browser/wording.js` does the same in the browser."""

import numpy as np

from digits.prediction import NOT_SURE, NOTHING_DRAWN, THRESHOLD, Prediction

SURE = 0.85  # from this confidence on, the second-best guess is not mentioned
DOUBT = "Not sure this is a digit"
SEVERAL = "Several digits"
INVITATION = "Draw a digit"
SEEN = "The digit as the network received it, 28 by 28 pixels, white on black"
WORDS = {"sure": SURE, "threshold": THRESHOLD, "doubt": DOUBT, "invitation": INVITATION}

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
    if prediction.digit is None:
        return (DOUBT if prediction.reason == NOT_SURE else SEVERAL), bars
    return str(prediction.digit), bars


def in_words(prediction: Prediction) -> str:
    """Put the answer in a few words: "7, 99 % sure", "perhaps 4 or 9", or none at all."""
    if prediction.reason == NOTHING_DRAWN:
        return ""
    if prediction.digit is None and prediction.reason != NOT_SURE:
        return str(prediction.reason).partition(":")[0]  # "two digits side by side"
    if prediction.confidence >= SURE:
        # Never "100 %": no answer is certain.
        return f"{prediction.digit}, {min(round(100 * prediction.confidence), 99)} % sure"
    first, second = np.argsort(-prediction.probabilities, kind="stable")[:2]
    return f"perhaps {first} or {second}"
