"""Lists what could be a digit in a line of writing: parts of pieces, alone or joined."""

from collections.abc import Callable, Container, Sequence
from typing import NamedTuple

import numpy as np

from digits.images.numbers.cuts import Part, Paths, find_paths
from digits.images.numbers.lines import Line
from digits.images.numbers.pieces import Piece, box_around, joined
from digits.images.preprocessing import to_digit_image

Cutting = Callable[[Piece, int, Paths], list[Part]]  # one of `digits.images.numbers.cuts.WAYS`
Joint = tuple[int, int, float]  # the place of a piece in the line, and what `Part.joints` holds
Images = dict[tuple[int, ...], np.ndarray | None]  # the digit images of whole pieces, by places

LONGEST = 12  # parts of one digit
MOST_PIECES = 4  # of one digit
LOWEST = 0.38  # heights of the line: what is lower is no digit
WIDEST = 1.8  # heights: what is wider is no digit, unless it stands alone
CUT_FROM = 0.5  # heights: narrower pieces are not cut
GAP = 0.35  # heights of paper between two pieces of one digit, at most

# What decides about a candidate; `digits.images.numbers.fitted` holds the weight of each.
FEATURES = (
    "one",
    "sure",  # log odds of the most likely digit, where above 0
    "doubt",  # the same, where below 0
    "two",  # the probability of the two most likely digits together
    "low",  # how much lower than the line, in log heights
    "high",  # how much higher
    "wide",  # how much wider than a usual digit, in heights
    "narrow",  # how much narrower, unless it is a 1
    "a 1",
    "a cut 1",  # the number of cuts around it, if it is a 1
    "cut",  # stroke widths of ink crossed by the cuts around it
    "cuts",  # their number
    "pieces",  # joined, but one
    "apart",  # paper between them, in heights
    "over",  # how much they overlap in x, as a share of the narrower one
    "bridged",  # places inside at which it could be cut
    "weak",  # how cheap the cheapest of these cuts is, 0 to 1
)


class Candidate(NamedTuple):
    """What could be a digit."""

    first: int  # part of the line
    last: int
    piece: Piece
    image: np.ndarray  # (28, 28) float32 in [0, 1], 1 is ink
    shape: np.ndarray  # (len(FEATURES),) what is known before a network has seen it


class Lattice(NamedTuple):
    """A line as parts, and all that could be a digit in it."""

    line: Line
    parts: list[Part]
    candidates: list[Candidate]


def uncut(line: Line) -> dict[int, np.ndarray]:
    """The digit images of the pieces in which digits may touch, by their places in the line.

    Whoever reads them knows which need no cut, as they are one digit; see `lattices`.
    """
    images = {}
    for owner, piece in enumerate(line.pieces):
        low, narrow = piece.height < LOWEST * line.height, piece.width < CUT_FROM * line.height
        if not (low or narrow) and (image := to_digit_image(piece.ink)) is not None:
            images[owner] = image
    return images


def lattices(
    line: Line,
    to_cut: Container[int],
    ways: Sequence[Cutting],
    *,
    whole: Container[int] = (),
    in_order: bool = False,
) -> list[Lattice]:
    """List the candidates of a line, once for each way of cutting.

    Candidates of pieces that are not cut have the same image, not only an equal one, in all of
    them.

    Args:
        line: pieces and the height of a usual digit.
        to_cut: the places of the pieces that are to be cut.
        ways: how they are cut, of `digits.images.numbers.cuts.WAYS`.
        whole: the places of the pieces that are surely one digit each: no two of them are joined.
        in_order: the pieces are strokes in the order in which they were drawn.
    """
    images: Images = {}
    paths = {n: find_paths(piece) for n, piece in enumerate(line.pieces) if n in to_cut}
    found = []
    for cut in ways:
        parts: list[Part] = []
        for owner, piece in enumerate(line.pieces):
            parts += cut(piece, owner, paths[owner]) if owner in paths else [Part(piece, owner)]
        if not (in_order and _left_to_right(line)):
            parts.sort(key=lambda part: part.piece.middle)
        found.append(Lattice(line, parts, _candidates(line, parts, whole, images)))
    return found


def _candidates(
    line: Line, parts: list[Part], whole: Container[int], images: Images
) -> list[Candidate]:
    """All candidates of a line that is cut into these parts."""
    alone = sum(piece.height >= LOWEST * line.height for piece in line.pieces) == 1
    spans: dict[Joint, tuple[int, int]] = {}  # the first and last part at each joint
    for place, part in enumerate(parts):
        for number, cost in part.joints:
            joint = (part.owner, number, cost)
            spans[joint] = (spans.get(joint, (place, place))[0], place)
    found = []
    for first in range(len(parts)):
        seen_whole = 0
        for last in range(first, min(first + LONGEST, len(parts))):
            seen_whole += parts[last].owner in whole
            if seen_whole > 1:
                break
            candidate = _candidate(line, parts, first, last, alone, spans, images)
            if candidate is not None:
                found.append(candidate)
    return found


def _left_to_right(line: Line) -> bool:
    """Whether no stroke was added later far to the left of others."""
    middles = np.array([piece.middle for piece in line.pieces])
    return bool((np.maximum.accumulate(middles) - middles).max() < line.height)


def features(lattice: Lattice, probabilities: np.ndarray) -> np.ndarray:
    """The features of all candidates: (N, len(FEATURES)) float.

    Args:
        probabilities: (N, 10) what a network says of them.
    """
    if not lattice.candidates:
        return np.zeros((0, len(FEATURES)))
    rows = np.array([candidate.shape for candidate in lattice.candidates])
    ranked = np.sort(probabilities, axis=1)
    chance = ranked[:, -1].clip(0.05, 0.9995)
    odds = np.log(chance / (1 - chance))
    a_one = probabilities.argmax(1) == 1
    rows[:, 1], rows[:, 2] = odds.clip(0), odds.clip(None, 0)
    rows[:, 3] = ranked[:, -2:].sum(1)
    rows[a_one, 7] = 0  # a 1 may be as narrow as it likes
    rows[:, 8] = a_one
    rows[:, 9] = a_one * rows[:, 11]
    return rows


def _candidate(
    line: Line,
    parts: list[Part],
    first: int,
    last: int,
    alone: bool,
    spans: dict[Joint, tuple[int, int]],
    images: Images,
) -> Candidate | None:
    group = parts[first : last + 1]
    left, top, right, bottom = box_around([part.piece for part in group])
    width, height = (right - left) / line.height, (bottom - top) / line.height
    if height < LOWEST or (width > WIDEST and not alone):
        return None
    owners: dict[int, list[Part]] = {}
    for part in group:
        owners.setdefault(part.owner, []).append(part)
    joints = {(part.owner, *joint) for part in group for joint in part.joints}
    cuts = {joint for joint in joints if spans[joint][0] < first or spans[joint][1] > last}
    if (width > WIDEST and (cuts or len(owners) > 1)) or len(owners) > MOST_PIECES:
        return None
    apart, over = _spacing(owners, line.height)
    if apart > GAP:
        return None
    piece = joined([part.piece for part in group])
    if joints:
        image = to_digit_image(piece.ink)
    else:
        pieces = tuple(sorted(owners))
        if pieces not in images:
            images[pieces] = to_digit_image(piece.ink)
        image = images[pieces]
    if image is None:
        return None
    crossed = [cost for _, _, cost in cuts]
    bridged = [cost for _, _, cost in joints - cuts]
    shape = np.array(
        [
            1, 0, 0, 0, max(0, -np.log(height)), max(0, np.log(height)), max(0, width - 0.75),
            max(0, 0.4 - width), 0, 0, sum(crossed), len(crossed),
            len(owners) - 1, max(0, apart), over, len(bridged),
            max((1 - min(1, cost / 2) for cost in bridged), default=0),
        ],
        float,
    )  # fmt: skip
    return Candidate(first, last, piece, image, shape)


def _spacing(owners: dict[int, list[Part]], height: float) -> tuple[float, float]:
    """The widest gap between pieces in heights, and the least share that two of them overlap."""
    if len(owners) == 1:
        return 0.0, 0.0
    spans = sorted(
        (min(part.piece.box[0] for part in own), max(part.piece.box[2] for part in own))
        for own in owners.values()
    )
    apart, over, reach = 0.0, 1.0, spans[0][1]
    narrowest = spans[0][1] - spans[0][0]
    for start, end in spans[1:]:
        apart = max(apart, (start - reach) / height)
        narrowest = min(narrowest, end - start)
        over = min(over, (min(reach, end) - start) / max(1, min(narrowest, end - start)))
        reach = max(reach, end)
    return apart, max(0.0, over)
