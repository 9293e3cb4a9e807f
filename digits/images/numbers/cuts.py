"""Takes a piece of ink apart where digits may touch, in two ways.

A cut across runs from top to bottom and bends around ink where it can; where it crosses ink, little
of it. Every column has a best path near it, and those that cost less than their neighbours are
kept. The other way takes the skeleton apart at its joints. Each way finds digits that the other
cannot part, and `digits.images.numbers.paths.surest` chooses between them.
"""

from typing import NamedTuple

import cv2
import numpy as np

from digits.images.numbers.pieces import Piece, cropped
from digits.images.numbers.skeleton import branches

ROWS = 40  # to which a piece is scaled before paths are sought
BAND = 6  # of those rows' pixels: how far a path may bend to either side
BEND = 0.12  # the price of a step to the side, in pixels of ink
APART = 4  # pixels between two cuts
NARROWEST = 4  # pixels, and NARROW stroke widths: so much is left on either side
NARROW = 0.7
SHARED = 0.3  # stroke widths on either side of a cut that both parts keep
DEAREST = 9.0  # stroke widths of ink that a cut may cross
MOST_PER_HEIGHT = 5  # cuts in a part as wide as high
FINE = 56  # rows to which a piece is scaled before it is thinned
CHEAP = 1.8  # stroke widths of ink: a path that crosses less also cuts branches of the skeleton
AT_JOINT = 1.0  # stroke widths: what counts as crossed at a joint


class Part(NamedTuple):
    """A piece, or what cuts leave of one."""

    piece: Piece
    owner: int  # the number of the piece in its line
    # Where it was joined to other parts of the piece: the number of the cut or joint, and the ink
    # that is crossed there, in stroke widths.
    joints: tuple[tuple[int, float], ...] = ()


class Paths(NamedTuple):
    """Where a piece could be cut from top to bottom, from left to right."""

    columns: list[np.ndarray]  # of each path the column in each row, (height of the piece,) float
    costs: list[float]  # the ink that it crosses, in stroke widths
    stroke: float  # the width of the strokes, pixels


def cut_across(piece: Piece, owner: int, paths: Paths) -> list[Part]:
    """Cut a piece along its paths: its parts from left to right."""
    edges_inside, costs, stroke = paths
    if not costs:
        return [Part(piece, owner)]
    columns = np.arange(piece.width)
    edges = [np.zeros(piece.height), *edges_inside, np.full(piece.height, float(piece.width))]
    around = [*enumerate(costs)]
    parts = []
    for index in range(len(edges) - 1):
        # Both sides keep the ink along a cut: a stroke that lies there is part of both digits.
        inside = (edges[index + 1][:, None] + SHARED * stroke - columns).clip(0, 1)
        inside -= (edges[index][:, None] - SHARED * stroke - columns).clip(0, 1)
        share = cropped(piece.ink * inside.astype(np.float32), piece.box[0], piece.box[1])
        if share.width:
            parts.append(Part(share, owner, tuple(around[max(0, index - 1) : index + 1])))
    return parts


def cut_at_joints(piece: Piece, owner: int, paths: Paths) -> list[Part]:
    """Take a piece apart into the branches of its skeleton, and cut those at cheap places."""
    width = max(1, round(piece.width * FINE / piece.height))
    small = cv2.resize(piece.ink, (width, FINE), interpolation=cv2.INTER_AREA)
    parts = []
    for branch in branches(small, _cheap_cuts(piece, paths, small.shape)):
        mask = cv2.resize(np.float32(branch.mask), (piece.width, piece.height))
        share = cropped(np.where(mask > 0.5, piece.ink, 0), piece.box[0], piece.box[1])
        if share.width:
            parts.append(Part(share, owner, tuple((joint, AT_JOINT) for joint in branch.joints)))
    return parts if len(parts) > 1 else [Part(piece, owner)]


WAYS = (cut_across, cut_at_joints)


def _cheap_cuts(piece: Piece, paths: Paths, shape: tuple[int, int]) -> np.ndarray:
    """The paths that cross about one stroke: (H, W) bool, true on either side of each."""
    height, width = shape
    cheap = np.zeros(shape, bool)
    rows = np.arange(height)
    places = (rows + 0.5) * piece.height / height - 0.5
    for path, cost in zip(paths.columns, paths.costs, strict=True):
        if cost < CHEAP:
            columns = np.interp(places, np.arange(piece.height), path) * width / piece.width
            right = columns.astype(int).clip(1, width - 1)
            cheap[rows, right] = cheap[rows, right - 1] = True
    return cheap


def find_paths(piece: Piece) -> Paths:
    """Find the paths along which a piece could be cut."""
    scale = ROWS / piece.height
    width = max(1, round(piece.width * scale))
    small = cv2.resize(piece.ink, (width, ROWS), interpolation=cv2.INTER_AREA)
    if width < 2 * NARROWEST + 1 or width > 60 * ROWS:
        return Paths([], [], 0.0)
    crossed, costs = _cheapest(small)
    stroke = _stroke_width(small)
    costs = costs / stroke
    narrowest = max(NARROWEST, NARROW * stroke)
    chosen: list[int] = []
    amount = np.cumsum(small.sum(0))
    allowed = int(np.ceil(MOST_PER_HEIGHT * width / ROWS))
    for column in np.argsort(costs, kind="stable"):
        if costs[column] > DEAREST or len(chosen) == allowed:
            break
        middle = crossed[column].mean()
        near = [np.abs(crossed[column] - crossed[other]).mean() < APART for other in chosen]
        if any(near) or not narrowest <= middle <= width - narrowest:
            continue
        if not 0.06 < amount[int(middle)] / amount[-1] < 0.94:
            continue
        chosen.append(int(column))
    chosen.sort(key=lambda column: crossed[column].mean())
    rows = ((np.arange(piece.height) + 0.5) * scale - 0.5).clip(0, ROWS - 1)
    factor = piece.width / width
    paths = [np.interp(rows, np.arange(ROWS), crossed[c] + 0.5) * factor for c in chosen]
    for before, after in zip(paths[:-1], paths[1:], strict=True):
        np.maximum(before, after, out=after)  # paths do not cross
    return Paths(paths, [float(costs[column]) for column in chosen], stroke * factor)


def _cheapest(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cheapest path near each column, by dynamic programming over the rows.

    Args:
        ink: (ROWS, W) float32.

    Returns:
        (W, ROWS) int: the columns that each path runs through, and (W,) its cost in pixels of ink.
    """
    width = ink.shape[1]
    columns = np.arange(width)
    places = columns[:, None] + np.arange(-BAND, BAND + 1)
    rows = np.pad(ink, ((0, 0), (BAND, BAND)))[:, places + BAND]  # (ROWS, W, 2 * BAND + 1)
    total = rows[0]
    steps = np.zeros((ROWS, *places.shape), np.int8)
    far = np.full((width, 1), 1e9, np.float32)
    for row in range(1, ROWS):
        left = np.concatenate([far, total[:, :-1]], 1) + BEND
        right = np.concatenate([total[:, 1:], far], 1) + BEND
        best = np.minimum(np.minimum(left, right), total)
        steps[row] = np.where(best == total, 0, np.where(best == left, -1, 1))
        total = best + rows[row]
    at = total.argmin(1)
    costs = total[columns, at]
    crossed = np.zeros((width, ROWS), int)
    for row in range(ROWS - 1, -1, -1):
        crossed[:, row] = places[columns, at]
        at = at + steps[row, columns, at]
    return crossed, costs


def _stroke_width(ink: np.ndarray) -> float:
    """About how wide the strokes are, in pixels: twice their area over the length of their edge."""
    solid = (ink > 0.5).astype(np.uint8)
    edge = solid.sum() - cv2.erode(solid, np.ones((3, 3), np.uint8), borderValue=0).sum()
    return max(1.0, 2 * float(solid.sum()) / max(1.0, float(edge)))
