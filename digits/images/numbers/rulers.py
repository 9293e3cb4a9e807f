"""Takes away drawn lines on which digits stand: the line under a sum, or an underlined number."""

import cv2
import numpy as np

LONG = 2.3  # heights of a digit: shorter lines may be strokes of a digit
MOST = 20  # lines: each is looked for in what may be the whole picture
STRAIGHT = 0.9  # of the width of what is connected: the line is level, or nearly, for so much of it
BENT = 0.04  # heights: how far it may leave the level within that
THICKEST = 0.3  # heights
BELOW = 0.25  # heights: digits that reach farther below the line are struck out, not underlined
BEYOND = 0.3  # heights by which it is longer than what stands on it, unlike the bases of some 2s


def without_rulers(
    ink: np.ndarray, labels: np.ndarray, stats: np.ndarray, usual: float
) -> np.ndarray:
    """Take away lines that digits stand on, and touch.

    A line by itself stays: nothing takes it for a digit.

    Args:
        ink: (H, W) float32 in [0, 1], 1 is ink.
        labels, stats: of what is connected in it, as OpenCV gives them.
        usual: the height of a digit in pixels.

    Returns:
        `ink` itself if there is no such line, or else a copy without the lines.
    """
    left_over = ink
    for number in np.flatnonzero(stats[:, cv2.CC_STAT_WIDTH] >= LONG * usual)[:MOST]:
        if number == 0:  # the paper
            continue
        left, top, width, height = stats[number, :4].tolist()
        box = slice(top, top + height), slice(left, left + width)
        line = _line_below((labels[box] == number).astype(np.uint8), usual)
        if line is not None:
            left_over = ink.copy() if left_over is ink else left_over
            left_over[box][line] = 0
    return left_over


def _line_below(own: np.ndarray, usual: float) -> np.ndarray | None:
    """The line under connected ink: (H, W) bool, or None if it has none.

    Args:
        own: (H, W) uint8: 1 where the ink is.
        usual: the height of a digit in pixels.
    """
    height, width = own.shape
    bent = 2 * max(1, round(BENT * usual)) + 1
    thick = cv2.dilate(own, np.ones((bent, 1), np.uint8))
    level = cv2.morphologyEx(
        thick, cv2.MORPH_OPEN, np.ones((1, max(1, round(STRAIGHT * width))), np.uint8)
    )
    rows = np.flatnonzero(level.any(1))
    if not rows.size or len(rows) > THICKEST * usual or height - rows[-1] > BELOW * usual:
        return None
    standing = np.flatnonzero(own[: rows[0]].any(0))
    if not standing.size or width - np.ptp(standing) < BEYOND * usual:
        return None
    line = np.zeros(own.shape, bool)
    line[rows] = cv2.dilate(level, np.ones((1, 5), np.uint8))[rows] > 0  # with its soft ends
    return line
