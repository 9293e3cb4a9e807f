"""Tells at a glance whether ink may be several digits, before anything reads it."""

from typing import NamedTuple

import cv2
import numpy as np

from digits.images.numbers.pieces import SOLID

WIDE = 1.15  # heights: no digit is wider
TALL = 0.45  # of the height of all ink: lower pieces are parts of a digit
APART = 0.3  # heights between the middles of two digits
MANY = 4  # pieces: so many may be numbers below each other
LOW = 0.06  # of the height of all ink: lower pieces are dots and specks


class Glance(NamedTuple):
    """What ink may be besides one digit."""

    side_by_side: bool  # it is wide, or has two tall pieces side by side
    # It has so many pieces that they may be numbers below each other, or the parts of one digit
    # that is broken: only reading them tells. Not looked for where it is side by side.
    below_each_other: bool


def at_a_glance(ink: np.ndarray) -> Glance:
    """Tell whether ink may be several digits: (H, W) float32 in [0, 1], 1 is ink."""
    solid = (ink > SOLID).astype(np.uint8)
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    if not rows.size:
        return Glance(False, False)
    height, width = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    if width > WIDE * height:
        return Glance(True, False)
    _, _, stats, middles = cv2.connectedComponentsWithStats(solid)
    heights = stats[1:, cv2.CC_STAT_HEIGHT]
    tall = middles[1:][heights > TALL * height, 0]
    if len(tall) > 1 and np.ptp(tall) > APART * height:
        return Glance(True, False)
    return Glance(False, int((heights >= LOW * height).sum()) >= MANY)
