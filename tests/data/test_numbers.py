"""Numbers composed of one writer's digits, and the fragments that wrong cuts leave."""

import numpy as np
import pytest

from digits.data.digit_forms import parse_form
from digits.data.number_candidates import candidate_digits, candidate_non_digits
from digits.data.number_fragments import cut_digits, number_fragments
from digits.data.numbers import compose, invented, numbers
from digits.data.strokes import Drawing, bounds

UPRIGHT = parse_form("3,0 3,10")
RING = parse_form("3,0 .8,2 0,5 .8,8 3,10 5.2,8 6,5 5.2,2 3,0")


def gap(number) -> float:
    """The paper between the boxes of the first two digits; negative where they overlap."""
    return bounds(number.strokes[1])[0][0] - bounds(number.strokes[0])[1][0] - number.pen


def pair(seed: int, **shares: float):
    drawings = [Drawing(RING, 0, 1), Drawing(UPRIGHT, 1, 1)]
    return compose(drawings, np.random.default_rng(seed), pen=0.1, **shares)


def test_a_number_stands_from_left_to_right():
    drawings = [Drawing(UPRIGHT, 1, 4), Drawing(RING, 0, 4), Drawing(UPRIGHT, 1, 4)]
    number = compose(drawings, np.random.default_rng(0), touching=0, overlapping=0)
    assert number.text == "101"
    assert [len(digit) for digit in number.strokes] == [1, 1, 1]
    middles = [np.mean(bounds(digit), axis=0)[0] for digit in number.strokes]
    assert middles == sorted(middles)
    heights = [np.ptp(digit[0][:, 1]) for digit in number.strokes]
    assert all(0.75 < height < 1.3 for height in heights)


@pytest.mark.parametrize("seed", range(20))
def test_neighbours_touch_only_where_they_should(seed):
    assert gap(pair(seed, touching=0, overlapping=0)) >= 0.03
    assert -0.3 < gap(pair(seed, touching=1, overlapping=0)) < 0


def test_a_number_has_one_writer():
    drawings = [Drawing(UPRIGHT, writer, writer) for writer in (1, 2, 3)]
    composed = numbers(drawings, 30, (2, 5), seed=1)
    assert {len(set(number.digits)) for number in composed} == {1}
    assert {len(number.digits) for number in composed} == {2, 5}


def test_an_invented_hand_keeps_to_its_forms():
    drawings = invented(40, np.random.default_rng(0))
    counts: dict[int, set[int]] = {}
    for drawing in drawings:
        counts.setdefault(drawing.digit, set()).add(len(drawing.strokes))
    assert sorted(counts) == list(range(10))


@pytest.mark.parametrize("drawings", [None, [Drawing(RING, 0, 1), Drawing(UPRIGHT, 1, 1)]])
def test_fragments_are_ink_on_a_canvas(drawings):
    fragments = list(number_fragments(12, drawings, seed=0))
    assert len(fragments) == 12
    for ink in fragments:
        assert ink.shape == (280, 280)
        assert ink.dtype == np.float32
        assert ink.min() == 0
        assert 0.9 < ink.max() <= 1


def test_fragments_repeat_with_their_seed():
    first, again, other = (list(number_fragments(3, seed=seed)) for seed in (4, 4, 5))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_cut_digits_keep_their_labels():
    cut = list(cut_digits(30, seed=0))
    assert len({digit for _, digit in cut}) > 5
    assert all(ink.shape == (280, 280) and ink.max() > 0.9 for ink, _ in cut)


@pytest.mark.parametrize("drawings", [None, [Drawing(RING, 0, 1), Drawing(UPRIGHT, 1, 1)]])
def test_what_the_reader_of_numbers_cuts_is_labelled_by_the_ink_in_it(drawings):
    digits = list(candidate_digits(40, drawings, seed=0))
    others = list(candidate_non_digits(20, drawings, seed=0))
    assert len(digits) == 40
    assert len(others) == 20
    for image in [*others, *(image for image, _ in digits)]:
        assert image.shape == (28, 28)
        assert image.dtype == np.float32
        assert image.min() == 0
        assert image.max() == 1
    assert len({digit for _, digit in digits}) > 5  # half of the numbers are invented
    # An upright line stays narrow, however it was cut off; two digits are wide.
    ones = [np.ptp(np.flatnonzero(image.any(0))) for image, digit in digits if digit == 1]
    assert np.median(ones) < 10
    assert np.median([np.ptp(np.flatnonzero(image.any(0))) for image in others]) > 12


def test_candidates_repeat_with_their_seed():
    first, again, other = (list(candidate_non_digits(3, seed=seed)) for seed in (4, 4, 5))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_cut_off_digits_lack_little_and_hold_little_of_their_neighbour(classifier):
    """The bundled network, which was trained on others, reads nearly all as they are labelled."""
    digits = list(candidate_digits(200, seed=9))
    said = classifier.probabilities(np.stack([image for image, _ in digits])).argmax(1)
    assert (said == [digit for _, digit in digits]).mean() > 0.9
