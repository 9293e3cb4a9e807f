"""Splits ink into pieces: what is connected, or where strokes are known, what was one stroke."""

from collections.abc import Sequence
from typing import NamedTuple, cast

import cv2
import numpy as np
from PIL import Image, ImageDraw

from digits.images.medians import weighted_median
from digits.images.numbers.rulers import without_rulers
from digits.images.round_pen import draw_stroke

Box = tuple[int, int, int, int]  # left, top, right, bottom; the last two are not included

SOLID = 0.35  # ink that connects; paler ink belongs to the solid ink nearest to it
PALE = 0.05  # paler ink than this is paper
MOST = 300  # pieces that are looked at: the largest; a page has fewer digits
AROUND = 6  # times the picture's own pixels: the boxes of all pieces together have at most so many
SPECK = 0.1  # of the usual height of a piece: what is smaller in both directions is a speck
REACH = 0.15  # of that height: how far pale ink may lie from solid ink


class Piece(NamedTuple):
    """Ink that belongs together."""

    box: Box
    ink: np.ndarray  # (bottom - top, right - left) float32 in [0, 1]: nothing of other pieces

    @property
    def width(self) -> int:
        """In pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """In pixels."""
        return self.box[3] - self.box[1]

    @property
    def middle(self) -> float:
        """The column in the middle of the box."""
        return (self.box[0] + self.box[2]) / 2


def connected_pieces(ink: np.ndarray) -> list[Piece]:
    """Split ink into the pieces that are connected, at most `MOST` of them, without specks.

    Lines under digits do not connect them.

    Args:
        ink: (H, W) float32 in [0, 1], 1 is ink.
    """
    solid, labels, stats, usual = _connected(ink)
    if (unruled := without_rulers(ink, labels, stats, usual)) is not ink:
        ink = unruled
        solid, labels, stats, usual = _connected(ink)
    if len(stats) < 2:
        return []
    sides, areas = stats[:, 2:4], stats[:, cv2.CC_STAT_AREA]
    large = np.flatnonzero(sides.max(1) >= SPECK * usual)
    large = large[large > 0]  # 0 is the paper
    large = large[np.argsort(-areas[large], kind="stable")[:MOST]]
    large = large[np.cumsum(sides[large].prod(axis=1)) <= AROUND * ink.size]
    labels, reach = _with_pale_ink(ink, solid, labels, len(stats), REACH * usual)
    pieces = []
    for number in sorted(large):
        left, top, width, height = stats[number, :4].tolist()
        rows = slice(max(0, top - reach), top + height + reach)
        columns = slice(max(0, left - reach), left + width + reach)
        own = np.where(labels[rows, columns] == number, ink[rows, columns], 0)
        pieces.append(cropped(own, columns.start, rows.start))
    return pieces


def stroke_pieces(strokes: Sequence[np.ndarray], pen: float) -> list[Piece]:
    """Draw each stroke as a piece of its own.

    Args:
        strokes: each (K, 2), x and y in pixels, y downwards; nowhere negative.
        pen: the width of the pen in pixels.

    Returns:
        The pieces in the order of the strokes.
    """
    pieces = []
    for stroke in strokes:
        low = np.maximum(np.floor(stroke.min(0) - pen), 0).astype(int)
        high = np.ceil(stroke.max(0) + pen).astype(int) + 1
        image = Image.new("L", tuple((high - low).tolist()))
        draw_stroke(ImageDraw.Draw(image), stroke - low, pen)
        pieces.append(cropped(np.asarray(image, np.float32) / 255, int(low[0]), int(low[1])))
    return pieces


def cropped(ink: np.ndarray, left: int = 0, top: int = 0) -> Piece:
    """The piece of all ink in a part of a picture that begins at `left` and `top`."""
    inked = ink > PALE
    rows, columns = np.flatnonzero(inked.any(1)), np.flatnonzero(inked.any(0))
    if not rows.size:
        return Piece((left, top, left, top), ink[:0, :0])
    first, last = (rows[0], columns[0]), (rows[-1] + 1, columns[-1] + 1)
    box = (left + first[1], top + first[0], left + last[1], top + last[0])
    return Piece(
        cast(Box, tuple(int(side) for side in box)), ink[first[0] : last[0], first[1] : last[1]]
    )


def box_around(pieces: Sequence[Piece]) -> Box:
    """The box of several pieces."""
    sides = list(zip(*(piece.box for piece in pieces), strict=True))
    return min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3])


def joined(pieces: Sequence[Piece]) -> Piece:
    """One piece of several."""
    if len(pieces) == 1:
        return pieces[0]
    left, top, right, bottom = box_around(pieces)
    ink = np.zeros((bottom - top, right - left), np.float32)
    for piece in pieces:
        a, b, c, d = piece.box
        part = ink[b - top : d - top, a - left : c - left]
        np.maximum(part, piece.ink, out=part)
    return Piece((left, top, right, bottom), ink)


def _connected(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Where ink is solid, what is connected there (0 is the paper), and the height of a digit."""
    solid = (ink > SOLID).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    heights, areas = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_AREA]
    usual = weighted_median(heights, areas) if count > 1 else 1.0
    return solid, cast(np.ndarray, labels), stats, usual


def _with_pale_ink(
    ink: np.ndarray, solid: np.ndarray, labels: np.ndarray, count: int, reach: float
) -> tuple[np.ndarray, int]:
    """The labels with those of pale ink near solid ink, and how many pixels they may have grown."""
    pale = (ink > PALE) & (solid == 0)
    if not pale.any():
        return labels, 0
    far, nearest = cv2.distanceTransformWithLabels(
        1 - solid, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_CCOMP
    )
    names = np.zeros(nearest.max() + 1, labels.dtype)
    names[nearest[solid > 0]] = labels[solid > 0]
    return np.where(pale & (far <= reach), names[nearest], labels), int(reach) + 1
