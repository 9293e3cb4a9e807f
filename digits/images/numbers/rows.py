"""Tells at a glance whether ink may be several digits, before anything reads it."""

import cv2
import numpy as np

from digits.images.numbers.pieces import SOLID

WIDE = 1.15  # heights: no digit is wider
TALL = 0.45  # of the height of all ink: lower pieces are parts of a digit
APART = 0.3  # heights between the middles of two digits
MANY = 4  # pieces: so many may be numbers below each other
LOW = 0.06  # of the height of all ink: lower pieces are dots and specks


def may_be_several(ink: np.ndarray) -> bool:
    """Whether ink is wide, or has two tall pieces side by side.

    Args:
        ink: (H, W) float32 in [0, 1], 1 is ink.
    """
    solid = (ink > SOLID).astype(np.uint8)
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    if not rows.size:
        return False
    height, width = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    if width > WIDE * height:
        return True
    _, _, stats, middles = cv2.connectedComponentsWithStats(solid)
    tall = middles[1:][stats[1:, cv2.CC_STAT_HEIGHT] > TALL * height, 0]
    return bool(len(tall) > 1 and np.ptp(tall) > APART * height)


def may_be_a_column(ink: np.ndarray) -> bool:
    """Whether ink has so many pieces that they may be numbers below each other.

    They may also be the parts of one digit that is broken: only reading them tells.

    Args:
        ink: (H, W) float32 in [0, 1].
    """
    _, _, stats, _ = cv2.connectedComponentsWithStats((ink > SOLID).astype(np.uint8))
    inside = stats[1:]
    if not len(inside):
        return False
    tops = inside[:, cv2.CC_STAT_TOP]
    heights = inside[:, cv2.CC_STAT_HEIGHT]
    whole = int((tops + heights).max() - tops.min())
    return int((heights >= LOW * whole).sum()) >= MANY
