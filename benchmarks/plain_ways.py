"""The preprocessing of most draw-a-digit pages, kept only as a baseline for the benchmarks."""

import cv2
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


def separate(ink: np.ndarray) -> list[np.ndarray]:
    """Cut a number into digits as most programs do: one for each contour, from left to right.

    Contours whose boxes overlap sideways are one digit, as the two strokes of a 5.

    Returns:
        For each digit the whole picture with only its ink: (H, W) float32 in [0, 1].
    """
    contours, _ = cv2.findContours(
        (ink > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    spans: list[list[int]] = []  # of columns: the first, and the one after the last
    for left, _, width, _ in sorted(map(cv2.boundingRect, contours)):
        if spans and left < spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], left + width)
        else:
            spans.append([left, left + width])
    columns = np.arange(ink.shape[1])
    return [np.where((columns >= left) & (columns < right), ink, 0) for left, right in spans]
