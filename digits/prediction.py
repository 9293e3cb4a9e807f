"""The answer of a classifier to one picture."""

from typing import NamedTuple

import numpy as np

from digits.images.preprocessing import SIZE

NOTHING_DRAWN = "nothing drawn"
NOT_SURE = "not sure this is a digit"
# Below this confidence no digit is named. Chosen on validation data: of the values at which 99.5 %
# of the digits are still named, the one that declines the most letters and signs.
THRESHOLD = 0.7


class Prediction(NamedTuple):
    """The network's answer to one picture."""

    digit: int | None  # 0 to 9; None if no digit is named
    confidence: float  # 0 to 1: the probability of the most likely digit; 0 without ink
    probabilities: np.ndarray  # (10,) float32, sums to 1
    image: np.ndarray  # (28, 28) float32 in [0, 1], 1 is ink: what the network saw
    reason: str | None = None  # why `digit` is None

    def __repr__(self) -> str:
        if self.digit is None:
            return f"Prediction(None: {self.reason})"
        return f"Prediction({self.digit}, {self.confidence:.1%} sure)"


def nothing_drawn() -> Prediction:
    """Make the answer to a picture without ink."""
    blank = np.zeros((SIZE, SIZE), np.float32)
    return Prediction(None, 0.0, np.full(10, 0.1, np.float32), blank, NOTHING_DRAWN)
