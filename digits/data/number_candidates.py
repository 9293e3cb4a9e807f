"""Cuts numbers as the reader of numbers cuts them, so that the network can judge its cuts.

`digits.images.numbers` lists everything in a line that could be a digit: parts, and parts joined.
Here the numbers are composed, so it is known of each candidate which digits its ink belongs to.
What is a digit but for a little is labelled as that digit; what holds much of two digits, as none.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from digits.data.numbers import compose, draw_digits, of_one_hand
from digits.data.strokes import Drawing, by_writer
from digits.images.numbers.cuts import WAYS
from digits.images.numbers.lattice import FEATURES, Candidate, lattices
from digits.images.numbers.lines import find_lines
from digits.images.numbers.pieces import Piece, connected_pieces

LENGTHS = (2, 5)  # digits of a number
TOUCHING, OVERLAPPING = 0.55, 0.2  # the shares of neighbours: what stands apart needs no cut
HEIGHTS = (24, 120)  # pixels of a digit
MISSING, FOREIGN = 0.15, 0.12  # the most that a digit lacks, and that is its neighbour's ink
SHARED = 0.3  # the least share of two digits, and of the candidate's ink, that makes it neither
UNCUT = 0.2  # the share of the digits that stand apart which are kept: there are enough others
MARKS_OF_CUTS = [FEATURES.index(name) for name in ("cut", "cuts", "pieces", "bridged")]
EACH = 3  # candidates of each sort from one number, at most


def candidate_digits(
    count: int, drawings: Sequence[Drawing] | None = None, *, seed: int = 0
) -> Iterator[tuple[np.ndarray, int]]:
    """Cut digits out of numbers: (digit image, digit).

    Args:
        count: how many.
        drawings: digits of any writers, who write half of the numbers; the other half, or by
            default all, are in invented handwriting.
        seed: of everything.

    Yields:
        (28, 28) float32 in [0, 1], 1 is ink; and the digit, 0 to 9.
    """
    yield from islice((found for cut in _cut_numbers(drawings, seed) for found in cut[0]), count)


def candidate_non_digits(
    count: int, drawings: Sequence[Drawing] | None = None, *, seed: int = 0
) -> Iterator[np.ndarray]:
    """Cut what holds much of two digits out of numbers; arguments as for `candidate_digits`.

    Yields:
        (28, 28) float32 in [0, 1], 1 is ink; no digit.
    """
    yield from islice((found for cut in _cut_numbers(drawings, seed) for found in cut[1]), count)


def _cut_numbers(
    drawings: Sequence[Drawing] | None, seed: int
) -> Iterator[tuple[list[tuple[np.ndarray, int]], list[np.ndarray]]]:
    """Cut one number after the other without end: some candidates that are digits, some not."""
    rng = np.random.default_rng(seed)
    hands = by_writer(drawings or ())
    while True:
        yield _sorted_candidates(hands, rng)


def _sorted_candidates(
    hands: list[list[Drawing]], rng: np.random.Generator
) -> tuple[list[tuple[np.ndarray, int]], list[np.ndarray]]:
    """Compose a number and cut it: some candidates that are digits, and some that are not."""
    length = int(rng.integers(*LENGTHS, endpoint=True))
    number = compose(
        of_one_hand(hands, length, rng), rng, touching=TOUCHING, overlapping=OVERLAPPING
    )
    inks = draw_digits(number, float(rng.uniform(*HEIGHTS)))
    digits: list[tuple[np.ndarray, int]] = []
    others: list[np.ndarray] = []
    for line in find_lines(connected_pieces(np.maximum.reduce(inks))):
        seen = set()
        for found in lattices(line, range(len(line.pieces)), WAYS):
            for candidate in found.candidates:
                if id(candidate.image) in seen:  # both ways of cutting list it
                    continue
                seen.add(id(candidate.image))
                place, mixed = _which(candidate.piece, inks)
                if place >= 0 and (_is_cut(candidate) or rng.random() < UNCUT):
                    digits.append((candidate.image, number.digits[place]))
                elif mixed:
                    others.append(candidate.image)
    return (
        [digits[index] for index in rng.permutation(len(digits))[:EACH]],
        [others[index] for index in rng.permutation(len(others))[:EACH]],
    )


def _which(piece: Piece, inks: list[np.ndarray]) -> tuple[int, bool]:
    """The place of the digit that a candidate is, or -1; and whether it is much of two digits."""
    left, top, right, bottom = piece.box
    own = np.array([np.minimum(ink[top:bottom, left:right], piece.ink).sum() for ink in inks])
    whole = np.array([ink.sum() for ink in inks])
    place = int(own.argmax())
    foreign = piece.ink.sum() - own[place]
    if own[place] >= (1 - MISSING) * whole[place] and foreign <= FOREIGN * own[place]:
        return place, False
    much = (own >= SHARED * whole) & (own >= SHARED * piece.ink.sum())
    return -1, bool(much.sum() > 1)


def _is_cut(candidate: Candidate) -> bool:
    """Whether a candidate was cut off, or joined."""
    return bool(candidate.shape[MARKS_OF_CUTS].any())
