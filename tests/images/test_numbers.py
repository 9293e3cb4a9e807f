"""Whole numbers: where the digits are, what is none, and what hostile pictures may cost."""

import time

import numpy as np
import pytest
from PIL import Image, ImageDraw

from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.numbers import paste
from digits.data.strokes import bounds
from digits.errors import ImageError
from digits.images.numbers.pieces import connected_pieces
from digits.images.numbers.reading import read_ink

FORMS = {0: 0, 1: 1, 2: 0, 3: 0, 4: 0, 5: 1, 6: 0, 7: 0, 8: 1, 9: 0}


def strokes_of(digit: int, left: float, top: float, height: float) -> list[np.ndarray]:
    strokes = parse_form(DIGIT_FORMS[digit][FORMS[digit]])
    low, high = bounds(strokes)
    return [(s - low) * height / (high[1] - low[1]) + (left, top) for s in strokes]


def written(*rows: str, height: float = 70, step: float = 75, pen: int = 9) -> Image.Image:
    """Rows of digits, black on white; a space is a gap."""
    size = (int(40 + step * max(map(len, rows))), int(40 + 1.7 * height * len(rows)))
    picture = Image.new("L", size, 255)
    canvas = ImageDraw.Draw(picture)
    for row, text in enumerate(rows):
        for column, sign in enumerate(text):
            if sign == " ":
                continue
            for stroke in strokes_of(
                int(sign), 25 + step * column, 25 + 1.7 * height * row, height
            ):
                path = [tuple(point) for point in stroke.tolist()]
                canvas.line(path, fill=0, width=pen, joint="curve")
    return picture


def test_a_number_is_read_with_its_boxes(classifier):
    reading = classifier.read(written("4271"))
    assert reading.text == "4271"
    assert [digit.digit for digit in reading.digits] == [4, 2, 7, 1]
    assert [digit.line for digit in reading.digits] == [0, 0, 0, 0]
    assert 0.5 < reading.confidence <= min(digit.confidence for digit in reading.digits)
    for column, digit in enumerate(reading.digits):
        left, top, right, bottom = digit.box
        assert 15 + 75 * column < left < right < 100 + 75 * column
        assert abs(top - 21) < 5
        assert abs(bottom - 99) < 5


@pytest.mark.parametrize(
    "change",
    [
        lambda grey: 255 - grey,
        lambda grey: (grey // 2 + 100).astype(np.uint8),
        lambda grey: np.stack([grey, grey // 2 + 127, grey], 2),
        lambda grey: grey[::2, ::2],
        lambda grey: np.kron(grey, np.ones((3, 3), np.uint8)),
        lambda grey: grey / 255,
    ],
)
def test_colours_and_sizes_do_not_matter(classifier, change):
    assert classifier.read(change(np.asarray(written("6085")))).text == "6085"


def test_lines_and_gaps_are_kept(classifier):
    reading = classifier.read(written("352 87", "4", "20661"))
    assert reading.text == "352 87\n4\n20661"
    assert [digit.line for digit in reading.digits] == [0] * 5 + [1] + [2] * 5


@pytest.mark.parametrize("wide", [1.4, 1.6, 1.75])
def test_a_digit_wider_than_high_is_not_left_out(classifier, wide):
    """A wide 0, or a 5 with a long bar: '7063' came out as '763'."""
    picture = Image.new("L", (520, 120), 255)
    canvas = ImageDraw.Draw(picture)
    left = 25.0
    for digit in (7, 0, 6, 3):
        strokes = strokes_of(digit, 0, 25, 70)
        if digit == 0:
            across = np.ptp(np.concatenate(strokes)[:, 0])
            strokes = [stroke * (wide * 70 / across, 1) for stroke in strokes]
        for stroke in strokes:
            path = [tuple(point) for point in (stroke + (left, 0)).tolist()]
            canvas.line(path, fill=0, width=9, joint="curve")
        left += max(stroke[:, 0].max() for stroke in strokes) + 25
    assert classifier.read(picture).text == "7063"


def test_dots_dashes_and_rulers_are_no_digits(classifier):
    picture = written("42 7")
    canvas = ImageDraw.Draw(picture)
    canvas.ellipse((176, 92, 184, 100), fill=0)  # a point
    canvas.line((10, 130, 320, 130), fill=0, width=4)  # underlined
    assert classifier.read(picture).text.replace(" ", "") == "427"


@pytest.mark.parametrize("up", [-20, 0, 8])
@pytest.mark.parametrize("slope", [-6, 0, 6])
def test_a_line_under_a_sum_may_touch_it(classifier, up, slope):
    """The row above the line was lost: with the line it was one piece, or as high as the line."""
    picture = written("  35", "  94", "0647")
    bottom = 25 + 1.7 * 70 + 70 - up
    line = (12, bottom + slope, 330, bottom - slope)
    ImageDraw.Draw(picture).line(line, fill=0, width=9)
    assert classifier.read(picture).text == "35\n94\n0647"


def test_a_number_that_is_struck_out_keeps_its_ink():
    """To cut it along the line would make halves of digits."""
    picture = written("3582")
    ImageDraw.Draw(picture).line((12, 62, 330, 62), fill=0, width=9)
    ink = 1 - np.asarray(picture, np.float32) / 255
    (piece,) = connected_pieces(ink)
    assert piece.ink.sum() == pytest.approx(ink.sum(), rel=0.01)


def test_a_minus_does_not_become_a_1(classifier):
    picture = written("52 7")
    ImageDraw.Draw(picture).line((180, 62, 225, 62), fill=0, width=9)
    assert classifier.read(picture).text == "52 7"


@pytest.mark.parametrize("picture", [np.zeros((50, 90)), np.full((200, 300, 3), 255, np.uint8)])
def test_without_ink_nothing_is_read(classifier, picture):
    assert classifier.read(picture) == ("", [], 0.0)


def test_digits_pasted_side_by_side_are_read(classifier, mnist):
    rng = np.random.default_rng(3)
    right = 0
    for _ in range(20):
        chosen = rng.integers(len(mnist.validation.y), size=4)
        inks = paste(mnist.validation.x[chosen], rng, gap=(2, 14))
        text = "".join(map(str, mnist.validation.y[chosen]))
        right += classifier.read(np.maximum.reduce(inks)).text.replace(" ", "") == text
    assert right >= 18


def test_touching_digits_are_cut(classifier):
    picture = written("7305", step=46)
    pieces = connected_pieces(1 - np.asarray(picture, np.float32) / 255)
    assert len(pieces) < 4
    assert classifier.read(picture).text == "7305"


def test_strokes_are_read_as_drawn(classifier):
    strokes = [s for i, d in enumerate((4, 7, 4)) for s in strokes_of(d, 60 * i + 30, 400, 80)]
    reading = classifier.read(strokes, pen=10)
    assert reading.text == "474"
    assert len(strokes) == 5
    left, top, right, bottom = reading.digits[1].box
    assert abs(left - 85) < 4 and abs(top - 395) < 4 and abs(bottom - 485) < 4 and right > 130
    assert classifier.read([]) == ("", [], 0.0)
    assert classifier.read([stroke.tolist() for stroke in strokes], pen=10).text == "474"


@pytest.mark.parametrize(
    "strokes",
    [
        [np.zeros((3, 3))],
        [np.array([1.0, 2.0])],
        [np.array([[0, np.nan]])],
        [np.array([[1e9, 0]])],
        [np.array([["a", "b"]])],
        ["text"],
        [np.zeros((30_000, 2))],
        [np.zeros((1, 2))] * 1000,
    ],
)
def test_other_strokes_are_refused_in_one_line(classifier, strokes):
    with pytest.raises(ImageError) as refusal:
        classifier.read(strokes)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("pen", [0, -3, float("nan"), 1e9])
def test_other_pens_are_refused(classifier, pen):
    with pytest.raises(ImageError, match="pen"):
        classifier.read([np.array([[0, 0], [5, 5]])], pen=pen)


def test_boxes_are_in_pixels_of_the_file(classifier, tmp_path):
    picture = written("81").resize((3800, 3180))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: the file is shown a quarter turn clockwise
    picture.rotate(90, expand=True).save(tmp_path / "turned.jpg", exif=exif)
    for source in (picture, tmp_path / "turned.jpg"):
        reading = classifier.read(source)
        assert reading.text == "81"
        eight, one = (digit.box for digit in reading.digits)
        assert abs(eight[0] - 420) < 120 and abs(eight[1] - 420) < 120
        assert eight[2] < one[0] < one[2] < 3800 and abs(one[3] - 1980) < 120


def test_a_digit_drawn_alone_is_one_digit(classifier):
    for digit in range(10):
        assert classifier.read(written(str(digit))).text == str(digit)


def test_predict_says_how_many_digits_stand_side_by_side(classifier):
    prediction = classifier.predict(written("42"))
    assert prediction.digit is None
    assert prediction.reason == "two digits side by side: read them with read"
    assert classifier.predict(written("30917")).reason.startswith("five digits side by side")
    assert classifier.predict(written("4")).digit == 4


def test_repeated_pixels_of_a_grid_have_an_end():
    """A page full of specks, of bars and of frames costs bounded time and memory."""
    asked = []

    def network(images: np.ndarray) -> np.ndarray:
        asked.append(len(images))
        return np.full((len(images), 10), 0.1, np.float32)

    rng = np.random.default_rng(0)
    specks = (rng.random((1600, 1600)) > 0.9).astype(np.float32)
    bars = np.zeros((1600, 1600), np.float32)
    bars[::40] = bars[:, ::8] = 1
    bars[::40] = 0
    frames = np.zeros((1200, 1200), np.float32)
    for edge in range(0, 590, 4):
        frames[edge : 1200 - edge, [edge, 1199 - edge]] = 1
        frames[[edge, 1199 - edge], edge : 1200 - edge] = 1
    zigzag = np.zeros((60, 1600), np.float32)
    zigzag[28:32] = 1
    zigzag[:, ::9] = 1
    for ink in (specks, bars, frames, zigzag, np.ones((900, 900), np.float32)):
        asked.clear()
        started = time.process_time()
        assert read_ink(ink, network) == []
        assert sum(asked) < 4000
        assert time.process_time() - started < 8


def test_numbers_below_each_other_are_not_one_digit(classifier):
    column = written("35", "72", "86", "94", step=60)
    assert classifier.read(column).text == "35\n72\n86\n94"
    answer = classifier.predict(column)
    assert answer.digit is None
    assert answer.reason == "eight digits in 4 lines: read them with read"


def test_the_dashes_of_one_digit_are_one_digit(classifier):
    picture = written("0", height=150, pen=12)
    canvas = ImageDraw.Draw(picture)
    for row in range(40, picture.height, 36):
        canvas.rectangle((0, row, picture.width, row + 7), fill=255)
    assert len(connected_pieces(1 - np.asarray(picture, np.float32) / 255)) >= 4
    assert classifier.read(picture).text == "0"
    assert classifier.predict(picture).digit == 0
