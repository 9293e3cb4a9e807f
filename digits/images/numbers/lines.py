"""Puts pieces of ink into lines of writing, whose baselines may slant."""

from typing import NamedTuple

import numpy as np

from digits.images.medians import weighted_median
from digits.images.numbers.pieces import Piece

SMALL = 0.4  # of the usual height: smaller pieces are parts of digits, dots and dashes
ALONGSIDE = 0.45  # of the lower of two pieces: so much of it is beside the other in one line
FARTHEST = 5.0  # heights between two neighbours in a line
ABOVE = 0.5  # heights: how far above or below a line what belongs to it may lie


class Line(NamedTuple):
    """Pieces of one line of writing."""

    pieces: list[Piece]  # from left to right, or in the order in which they were drawn
    height: float  # of a usual digit, in pixels


def find_lines(pieces: list[Piece]) -> list[Line]:
    """Put pieces into lines, from top to bottom; in each line they keep their order."""
    if not pieces:
        return []
    boxes = np.array([piece.box for piece in pieces], float)
    heights = boxes[:, 3] - boxes[:, 1]
    amounts = np.array([piece.ink.sum() for piece in pieces])
    usual = weighted_median(heights, amounts)
    # The largest piece of a lone line may be lower than `usual` asks: a dash on empty paper.
    large = np.flatnonzero(heights >= min(SMALL * usual, heights.max()))
    groups = _linked(boxes[large])
    lines = [large[groups == group] for group in range(groups.max() + 1)]
    members: list[list[int]] = [line.tolist() for line in lines]
    for number in set(range(len(pieces))) - set(large.tolist()):
        distances = [_distance(boxes[number], boxes[line], heights[line]) for line in lines]
        nearest = int(np.argmin(distances))
        if distances[nearest] < ABOVE:
            members[nearest].append(number)
    # The height is that of the large ones: a line under a sum has more ink than a short number.
    found = [
        Line(
            [pieces[number] for number in sorted(line)],
            weighted_median(heights[tall], amounts[tall]),
        )
        for line, tall in zip(members, lines, strict=True)
    ]
    return sorted(found, key=_middle)


def _middle(line: Line) -> float:
    """The row in the middle of a line."""
    tall = [piece for piece in line.pieces if piece.height >= SMALL * line.height]
    return float(np.mean([piece.box[1] + piece.box[3] for piece in tall or line.pieces]))


def _linked(boxes: np.ndarray) -> np.ndarray:
    """The number of the line of each box: neighbours that stand alongside share one."""
    left, top, right, bottom = boxes.T
    height = bottom - top
    beside = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    beside = beside / np.minimum(height[:, None], height)
    gap = np.maximum(left[:, None], left) - np.minimum(right[:, None], right)
    gap = gap / np.maximum(height[:, None], height)
    linked = (beside >= ALONGSIDE) & (gap < FARTHEST)
    group = np.full(len(boxes), -1)
    for start in range(len(boxes)):
        if group[start] >= 0:
            continue
        number, reached = group.max() + 1, np.zeros(len(boxes), bool)
        reached[start] = True
        while True:
            wider = reached | linked[reached].any(0)
            if (wider == reached).all():
                break
            reached = wider
        group[reached] = number
    return group


def _distance(box: np.ndarray, boxes: np.ndarray, heights: np.ndarray) -> float:
    """How far a box lies from the nearest of others, in their heights."""
    across = np.maximum(boxes[:, 0] - box[2], box[0] - boxes[:, 2]).clip(0)
    down = np.maximum(boxes[:, 1] - box[3], box[1] - boxes[:, 3]).clip(0)
    return float((np.maximum(across / 3, down) / heights).min())
