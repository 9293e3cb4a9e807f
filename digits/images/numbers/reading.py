"""Reads lines of digits, with a network that is handed in."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from digits.images.numbers.cuts import WAYS
from digits.images.numbers.lattice import lattices, uncut
from digits.images.numbers.lines import Line, find_lines
from digits.images.numbers.paths import Chosen, surest
from digits.images.numbers.pieces import Box, Piece, connected_pieces, cropped
from digits.images.numbers.rows import MANY, at_a_glance
from digits.images.preprocessing import to_digit_image

Network = Callable[[np.ndarray], np.ndarray]  # (N, 28, 28) float32 in [0, 1] to (N, 10)
CERTAIN = 0.97  # what is one digit with this confidence is not cut
ALONE = 0.7  # ink that cannot be several digits is one, if the network sees one in all of it
PLAIN = 0.9  # the confidence of each digit in numbers below each other
MOST_TO_CUT = 60  # heights: the width of all pieces that are cut, so that a page takes bounded time
CLEAR = 0.5  # the confidence from which on something is named as a digit
FULL = 0.75  # of the line's height: as high as a digit
NUMBERS_APART = 0.55  # heights by which a gap between numbers is wider than usual
MARK = 0.25  # of the highest line with digits: a line lower than this has none


class Found(NamedTuple):
    """One digit that was found, or what might be one."""

    box: Box  # in the picture of the ink
    image: np.ndarray  # (28, 28) float32 in [0, 1]: what the network saw
    probabilities: np.ndarray  # (10,)
    line: int  # from 0
    spaced: bool  # a gap is before it that separates two numbers


def read_ink(ink: np.ndarray, network: Network) -> list[Found]:
    """Find and read all digits in ink: (H, W) float32 in [0, 1], 1 is ink."""
    glance = at_a_glance(ink)
    if glance.side_by_side or (image := to_digit_image(ink)) is None:
        return read_pieces(connected_pieces(ink), network)
    (probabilities,) = network(image[None])
    one = [Found(cropped(ink).box, image, probabilities, 0, False)]
    is_one = probabilities.max() >= ALONE
    if is_one and not glance.below_each_other:
        return one
    found = read_pieces(connected_pieces(ink), network)
    return one if is_one and not _is_a_column(found) else found


def _is_a_column(found: Sequence[Found]) -> bool:
    """Whether these are numbers below each other, and not the dashes of one broken digit."""
    clear = [digit for digit in found if digit.probabilities.max() >= PLAIN]
    no_dashes = sum(digit.probabilities.argmax() != 1 for digit in clear)
    return len(clear) >= MANY and 2 * no_dashes >= len(clear) and clear[-1].line > clear[0].line


def read_pieces(
    pieces: Sequence[Piece], network: Network, *, in_order: bool = False
) -> list[Found]:
    """Find and read all digits among pieces of ink.

    Args:
        pieces: what `digits.images.numbers.pieces` makes of ink or of strokes.
        network: (N, 28, 28) float32 in [0, 1], 1 is ink, to (N, 10) probabilities.
        in_order: the pieces are strokes in the order in which they were drawn.
    """
    lines = find_lines(list(pieces))
    ways = [
        lattices(line, to_cut, WAYS if to_cut else WAYS[:1], whole=whole, in_order=in_order)
        for line, (to_cut, whole) in zip(lines, pieces_by_themselves(lines, network), strict=True)
    ]
    # Lattices share the images of pieces that are not cut: each is read once.
    images = {id(c.image): c.image for line in ways for way in line for c in way.candidates}
    if not images:
        return []
    rows = dict(zip(images, network(np.stack(list(images.values()))), strict=True))
    found_lines: list[list[Found]] = []
    for number, (line, found) in enumerate(zip(lines, ways, strict=True)):
        read = [
            (way, np.array([rows[id(candidate.image)] for candidate in way.candidates]))
            for way in found
        ]
        found_lines.append(_found(surest(read), line.height, number))
    return _without_marks(found_lines, [line.height for line in lines])


def _without_marks(lines: list[list[Found]], heights: list[float]) -> list[Found]:
    """All digits, without lines in which none is clear, and without those that are only marks."""
    clear = [any(found.probabilities.max() >= CLEAR for found in line) for line in lines]
    highest = max((h for h, is_clear in zip(heights, clear, strict=True) if is_clear), default=0)
    kept = [
        line
        for line, height, is_clear in zip(lines, heights, clear, strict=True)
        if line and (is_clear or len(lines) == 1) and height >= MARK * highest
    ]
    return [found._replace(line=number) for number, line in enumerate(kept) for found in line]


class ByThemselves(NamedTuple):
    """What the pieces of a line are, read one by one: places in the line."""

    to_cut: set[int]  # wide enough for two digits, and not one
    whole: set[int]  # one digit for certain, and not a 1: that may be a part of another digit


def pieces_by_themselves(lines: Sequence[Line], network: Network) -> list[ByThemselves]:
    """Find out, for each line, which pieces need a cut, and which are digits as they are."""
    images = [uncut(line) for line in lines]
    flat = [image for line in images for image in line.values()]
    found = [ByThemselves(set(), set()) for _ in lines]
    if not flat:
        return found
    rows = iter(network(np.stack(flat)))
    room = float(MOST_TO_CUT)
    for line, places, (to_cut, whole) in zip(lines, images, found, strict=True):
        for place in places:
            row = next(rows)
            width = line.pieces[place].width / line.height
            if row.max() >= CERTAIN:
                if row.argmax() != 1 and line.pieces[place].height >= FULL * line.height:
                    whole.add(place)
            elif width <= room:
                room -= width
                to_cut.add(place)
    return found


def _found(chosen: list[Chosen], height: float, line: int) -> list[Found]:
    digits = _digits_only(chosen, height)
    boxes = [digit.candidate.piece.box for digit in digits]
    return [
        Found(digit.candidate.piece.box, digit.candidate.image, digit.probabilities, line, space)
        for digit, space in zip(digits, _spaces(boxes, height), strict=True)
    ]


def _digits_only(chosen: list[Chosen], height: float) -> list[Chosen]:
    """What is chosen, without what is no digit.

    What the network cannot name stays where it wavers between two digits, and where it stands as
    high as its neighbours in a number: to leave it out would make another number.
    """
    clear = [digit.probabilities.max() >= CLEAR for digit in chosen]
    a_number = sum(clear) >= 2 and sum(clear) > len(chosen) / 2

    def stays(digit: Chosen) -> bool:
        wavers = np.sort(digit.probabilities)[-2:].sum() >= CLEAR
        return bool(wavers) or (a_number and digit.candidate.piece.height >= FULL * height)

    return [
        digit for digit, is_clear in zip(chosen, clear, strict=True) if is_clear or stays(digit)
    ]


def _spaces(boxes: list[Box], height: float) -> list[bool]:
    """Before which digits there is a gap that separates two numbers."""
    gaps = np.array([after[0] - before[2] for before, after in zip(boxes, boxes[1:], strict=False)])
    gaps = gaps / height
    usual = float(np.median(gaps)) if len(gaps) > 2 else 0.5
    widest = max(NUMBERS_APART, usual + NUMBERS_APART)
    return [False, *(gaps > widest).tolist()][: len(boxes)]
