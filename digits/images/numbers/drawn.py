"""Takes the strokes of a drawing, which anybody may have sent, as pieces of ink."""

from collections.abc import Sequence
from typing import cast

import numpy as np

from digits.errors import ImageError
from digits.images.numbers.pieces import Box, Piece, stroke_pieces

MOST_STROKES = 400
MOST_POINTS = 20_000
LARGEST = 1000  # pixels: larger drawings are scaled down
MOST_PIXELS = 4_000_000  # of the boxes of all strokes
WRONG = "strokes are a list of arrays (K, 2), x and y in pixels, all of them finite numbers"


class StrokePage:
    """A drawing whose strokes are known.

    Attributes:
        pieces: a piece of ink for each stroke, in their order.
    """

    def __init__(self, strokes: Sequence[np.ndarray], pen: float) -> None:
        """Draw each stroke with a pen of this width in pixels.

        Raises:
            ImageError: the strokes or the pen are not usable.
        """
        drawn = _checked(strokes, pen)
        self._origin, self._scale = np.zeros(2), 1.0
        self.pieces: list[Piece] = []
        if not drawn:
            return
        points = np.concatenate(drawn)
        self._origin = points.min(0) - pen
        self._scale = min(1.0, LARGEST / float((points.max(0) - self._origin + pen).max()))
        area = sum(float(np.prod(np.ptp(stroke, axis=0) + 2 * pen)) for stroke in drawn)
        self._scale = min(self._scale, (MOST_PIXELS / area) ** 0.5)
        moved = [(stroke - self._origin) * self._scale for stroke in drawn]
        self.pieces = stroke_pieces(moved, max(1.0, pen * self._scale))

    def place(self, box: Box) -> Box:
        """Where a box of the pieces lies in the drawing: pixels of the drawing, never below 0."""
        corners = np.array(box, float).reshape(2, 2) / self._scale + self._origin
        sides = (*np.floor(corners[0]).clip(0), *np.ceil(corners[1]).clip(0))
        return cast(Box, tuple(int(side) for side in sides))


def _checked(strokes: Sequence[np.ndarray], pen: float) -> list[np.ndarray]:
    """The strokes as (K, 2) float arrays, without empty ones."""
    if not (np.isfinite(pen) and 0 < pen <= LARGEST):
        raise ImageError(f"a pen is wider than 0 and at most {LARGEST} pixels wide; not {pen:g}")
    try:
        drawn = [np.asarray(stroke, float) for stroke in strokes]
    except (TypeError, ValueError):
        raise ImageError(WRONG) from None
    drawn = [stroke for stroke in drawn if stroke.size]
    if not all(stroke.ndim == 2 and stroke.shape[1] == 2 for stroke in drawn):
        raise ImageError(WRONG)
    if len(drawn) > MOST_STROKES or sum(map(len, drawn)) > MOST_POINTS:
        raise ImageError(f"a drawing has at most {MOST_STROKES} strokes and {MOST_POINTS:,} points")
    if not all((np.abs(stroke) < 1e6).all() for stroke in drawn):  # NaN fails this too
        raise ImageError(WRONG)
    return drawn
