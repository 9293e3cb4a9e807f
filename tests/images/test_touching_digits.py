"""How ink in which digits touch is taken apart, and which reading of it wins."""

import numpy as np
import pytest

from digits.data.corpus import measuring_drawings
from digits.data.numbers import draw_digits, numbers
from digits.images.numbers.cuts import cut_across, cut_at_joints, find_paths
from digits.images.numbers.pieces import Piece, connected_pieces
from digits.images.numbers.skeleton import branches, thinned


def picture(*rows: str) -> np.ndarray:
    return np.array([[sign == "#" for sign in row] for row in rows])


def test_a_thick_line_is_thinned_to_its_middle():
    solid = np.zeros((7, 30), bool)
    solid[1:6, 2:28] = True
    skeleton = thinned(solid)
    assert set(np.flatnonzero(skeleton.any(1))) == {3}
    assert 20 <= skeleton.sum() <= 26


def test_lines_of_one_pixel_stay():
    cross = picture("#....", ".#...", "..#..", "...#.", "....#")
    assert np.array_equal(thinned(cross), cross)
    assert not thinned(np.zeros((4, 5), bool)).any()


def ring(size: int, left: int, radius: int, pen: int) -> np.ndarray:
    rows, columns = np.mgrid[:size, : 4 * size]
    distance = np.hypot(rows - size / 2, columns - left)
    return np.abs(distance - radius) <= pen / 2


def test_a_ring_that_a_bar_touches_is_parted_from_it():
    ink = ring(56, 30, 20, 6)
    ink[4:52, 52:58] = True  # a bar beside the ring, which it touches from row 21 to 35
    found = branches(np.float32(ink), np.zeros(ink.shape, bool))
    extents = sorted(
        tuple(np.flatnonzero((branch.mask & ink).any(1))[[0, -1]].tolist()) for branch in found
    )
    above, whole_ring, shared, below = extents
    assert above == (4, 26)
    assert whole_ring == (5, 51)
    assert shared == (21, 35)
    assert below == (31, 51)
    assert sorted(len(branch.joints) for branch in found) == [1, 1, 2, 2]


def test_ink_without_joints_has_no_branches():
    nothing = np.zeros((56, 224), bool)
    assert branches(np.float32(ring(56, 30, 20, 6)), nothing) == []
    assert branches(np.zeros((56, 60), np.float32), nothing[:, :60]) == []


def test_noise_has_no_branches():
    noise = np.random.default_rng(0).random((56, 400)) < 0.4
    assert branches(np.float32(noise), np.zeros(noise.shape, bool)) == []


@pytest.mark.parametrize("cut", [cut_across, cut_at_joints])
def test_parts_hold_all_ink_and_nothing_else(cut):
    (number,) = numbers(measuring_drawings(validation=True), 1, (3,), seed=5, touching=1)
    (piece,) = connected_pieces(np.maximum.reduce(draw_digits(number, 80)))
    parts = cut(piece, 4, find_paths(piece))
    assert len(parts) > 3
    assert {part.owner for part in parts} == {4}
    together = np.zeros_like(piece.ink)
    for part in parts:
        left, top, right, bottom = part.piece.box
        own = together[
            top - piece.box[1] : bottom - piece.box[1], left - piece.box[0] : right - piece.box[0]
        ]
        np.maximum(own, part.piece.ink, out=own)
    assert (together <= piece.ink + 1e-6).all()
    assert together.sum() > 0.99 * piece.ink.sum()


def test_what_is_too_narrow_is_left_whole():
    piece = Piece((0, 0, 3, 40), np.ones((40, 3), np.float32))
    assert [part.piece for part in cut_across(piece, 0, find_paths(piece))] == [piece]
    assert [part.piece for part in cut_at_joints(piece, 0, find_paths(piece))] == [piece]


def test_more_numbers_are_read_in_both_ways_than_in_one(classifier, monkeypatch):
    drawings = measuring_drawings(validation=True)
    inks = [
        (number.text, 1 - np.maximum.reduce(draw_digits(number, 80)))
        for number in numbers(drawings, 40, (3,), seed=11, touching=1)
    ]

    def right() -> int:
        return sum(classifier.read(ink).text.replace(" ", "") == text for text, ink in inks)

    both = right()
    alone = []
    for way in (cut_across, cut_at_joints):
        monkeypatch.setattr("digits.images.numbers.reading.WAYS", (way,))
        alone.append(right())
    assert both > max(alone)
    assert both >= 30
