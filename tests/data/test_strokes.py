"""Pen strokes are parsed exactly, and drawn at the requested place, size and brush width."""

import numpy as np
import pytest

from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.handwriting import vary
from digits.data.non_digits import (
    TEST_KINDS,
    VALIDATION_KINDS,
    draw_non_digit,
    kinds,
    training_kinds,
)
from digits.data.pen_digits import PenDigits, PenDigitsSample
from digits.data.strokes import Drawing, draw, draw_randomly, parse_unipen, split_by_writer
from digits.errors import DataError

UNIPEN = """.LEXICON "0" "1"
.SEGMENT DIGIT    0 ? "4"
.COMMENT 4 12  224
.PEN_DOWN
 10  300
 10  200
.PEN_UP
.DT 100
.PEN_DOWN
 60  250
.PEN_UP
.SEGMENT DIGIT    1 ? "1"
.COMMENT 1 3  225
.PEN_DOWN
 5  9
 5  1
.PEN_UP
"""


def test_unipen_text_is_read_with_y_turned_downwards():
    four, one = parse_unipen(UNIPEN)
    assert (four.digit, four.writer, len(four.strokes)) == (4, 12, 2)
    assert four.strokes[0].tolist() == [[10, -300], [10, -200]]
    assert four.strokes[1].tolist() == [[60, -250]]
    assert (one.digit, one.writer) == (1, 3)


def test_text_that_is_no_unipen_is_refused():
    with pytest.raises(DataError, match="this is not a UNIPEN text of pen digits"):
        parse_unipen(UNIPEN.replace(" 60  250", " 60  pen"))


def test_the_training_writers_and_their_digits(drawings, most_pen_digits):
    writers, counts = {
        PenDigits: (30, [780, 779, 780, 719, 780, 720, 720, 778, 719, 719]),
        PenDigitsSample: (26, [124] * 10),
    }[type(most_pen_digits)]
    assert {drawing.writer for drawing in drawings} == set(range(1, writers + 1))
    assert np.bincount([drawing.digit for drawing in drawings]).tolist() == counts


def test_writers_are_parted_so_that_none_stands_on_both_sides():
    drawings = [Drawing([], digit, writer) for writer in (1, 2, 3) for digit in (0, 1)]
    others, chosen = split_by_writer(drawings, [2])
    assert [drawing.writer for drawing in others] == [1, 1, 3, 3]
    assert [drawing.writer for drawing in chosen] == [2, 2]


def bounding_box(ink: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    return rows[0], rows[-1], columns[0], columns[-1]


def test_a_stroke_is_drawn_at_its_size_brush_and_place():
    bar = [np.array([[0.0, 0.0], [0.0, 5.0]])]
    ink = draw(bar, canvas=200, size=0.5, brush=10, centre=(0.25, 0.5))
    assert (ink.shape, ink.dtype, ink.min(), ink.max()) == ((200, 200), np.float32, 0, 1)
    assert bounding_box(ink) == pytest.approx((50, 150, 45, 55), abs=1)


def test_a_drawing_is_kept_on_the_canvas_and_a_dot_is_a_disc():
    dot = draw([np.array([[3.0, 3.0]])], size=0.1, brush=20, centre=(0, 1))
    assert bounding_box(dot) == pytest.approx((260, 279, 0, 20), abs=1)
    assert dot.sum() == pytest.approx(np.pi * 10**2, rel=0.1)


def test_drawing_anyhow_fills_35_to_90_percent_and_the_seed_repeats_it():
    strokes = [np.array([[0, 0], [6, 0], [2, 10]])]
    rng = np.random.default_rng(0)
    sides = []
    for _ in range(200):
        top, bottom, left, right = bounding_box(draw_randomly(strokes, rng))
        sides.append(max(bottom - top, right - left) + 1)
    assert 0.33 * 280 < min(sides) < 0.40 * 280
    assert 0.85 * 280 < max(sides) < 0.92 * 280
    first, second = (draw_randomly(strokes, np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(first, second)


def test_another_hand_writes_differently_but_not_beyond_recognition():
    strokes = parse_form(DIGIT_FORMS[4][0])
    plain = draw(strokes)
    for seed in range(20):
        varied = draw(vary(strokes, np.random.default_rng(seed)))
        overlap = np.minimum(plain, varied).sum() / np.maximum(plain, varied).sum()
        assert 0.05 < overlap < 0.99


def test_a_hand_that_hardly_varies_writes_the_same():
    for form in DIGIT_FORMS[5]:  # bows, corners, bars
        strokes = parse_form(form)
        again = vary(strokes, np.random.default_rng(0), 0.0)
        assert len(again) == len(strokes)
        for before, after in zip(strokes, again, strict=True):
            middle = before.mean(0) - after.mean(0)  # independent of position
            np.testing.assert_allclose(after + middle, before, atol=1e-3)


def test_hands_differ_in_proportions_but_never_turn_a_line_back():
    stem = np.stack([np.zeros(21), np.linspace(0, 10, 21)], 1)  # from the top straight down
    bars = [np.array([[0.0, y], [5.0, y]]) for y in (0, 5, 10)]
    shares = []
    for seed in range(100):
        down = np.diff(vary([stem], np.random.default_rng(seed))[0][:, 1])
        assert (down[1:-1] > 0).all()  # the ends may start early or overshoot
        written = vary(bars, np.random.default_rng(seed))
        if len(written) == 3:
            top, middle, bottom = (bar[:, 1].mean() for bar in written)
            shares.append((middle - top) / (bottom - top))
    assert min(shares) < 0.4
    assert max(shares) > 0.6
    assert 0.47 < np.mean(shares) < 0.53


def test_loops_of_some_hands_stay_open():
    turn = np.linspace(0, 2 * np.pi, 60)
    ring = np.stack([np.cos(turn), np.sin(turn)], 1)  # 2 across
    gaps = []
    for seed in range(100):
        strokes = vary([ring], np.random.default_rng(seed))
        if len(strokes) == 1:
            gaps.append(np.hypot(*(strokes[0][0] - strokes[0][-1])) / 2)
    assert np.median(gaps) < 0.25  # the usual closed form
    assert max(gaps) > 0.4


def test_a_form_is_read_with_its_corners_and_strokes():
    bar, dot = parse_form("0,0 4,0! 4,8 | 1,1")
    assert bar[0].tolist() == [0, 0]
    assert [4, 0] in bar.tolist()
    assert bar[-1].tolist() == [4, 8]
    assert np.unique(bar[:8, 1]).tolist() == [0]  # straight up to the corner
    assert np.unique(dot, axis=0).tolist() == [[1, 1]]


def test_there_is_a_form_for_every_digit_and_a_picture_of_every_kind_of_non_digit():
    assert sorted(DIGIT_FORMS) == list(range(10))
    rng = np.random.default_rng(0)
    for kind in kinds():
        ink = draw_non_digit(kind, rng)
        assert (ink.shape, ink.dtype) == ((280, 280), np.float32)
        assert ink.any(), kind


def test_the_kinds_to_choose_and_to_report_on_are_never_trained_on():
    held_out = set(VALIDATION_KINDS) | set(TEST_KINDS)
    assert held_out <= set(kinds())
    assert not held_out & set(training_kinds())
    assert not set(VALIDATION_KINDS) & set(TEST_KINDS)
