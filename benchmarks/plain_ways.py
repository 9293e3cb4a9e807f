"""The preprocessing of most draw-a-digit pages, kept only as a baseline for the benchmarks."""

import numpy as np
from PIL import Image


def reshape_canvas(ink: np.ndarray) -> np.ndarray:
    """Shrink the whole canvas to 28×28, ignoring where the digit is: (28, 28) float32 in [0, 1]."""
    return np.asarray(Image.fromarray(ink).resize((28, 28), Image.Resampling.BILINEAR))


def bounding_box_with_margin(ink: np.ndarray, margin: float = 0.2) -> np.ndarray:
    """Shrink the digit's bounding square, plus a margin, to 28×28: (28, 28) float32 in [0, 1]."""
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    half = max(bottom - top, right - left) * (1 + 2 * margin) / 2
    y, x = (top + bottom) / 2, (left + right) / 2
    square = Image.fromarray(ink).crop(
        (round(x - half), round(y - half), round(x + half), round(y + half))
    )
    return np.asarray(square.resize((28, 28), Image.Resampling.BILINEAR))
