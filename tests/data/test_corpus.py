"""The training data consist of what they are documented to consist of."""

import numpy as np

from digits.data.corpus import (
    NON_DIGIT,
    drawn_digits,
    non_digits,
    synthetic_digits,
    training_data,
)
from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.splits import Split, combine, sample
from digits.data.strokes import Drawing

DRAWINGS = [Drawing(parse_form(DIGIT_FORMS[digit][0]), digit, 1) for digit in (3, 7)]


def is_digit_images(x: np.ndarray) -> bool:
    """Whether every image fits 20×20, reaches full ink, and has its mass in the middle."""
    sides = np.array(
        [[np.ptp(np.flatnonzero(image.any(axis))) + 1 for axis in (0, 1)] for image in x]
    )
    place = np.arange(28)
    mass = x.sum((1, 2))
    centres = np.stack([x.sum(2) @ place, x.sum(1) @ place]) / mass
    middle = np.abs(centres - 14) <= 0.51
    fits = sides.max(1) <= 20
    return bool(
        x.dtype == np.float32 and (x.max((1, 2)) == 1).all() and fits.all() and middle.mean() > 0.95
    )


def test_drawn_digits_are_digit_images_in_the_order_of_the_drawings():
    drawn = drawn_digits(DRAWINGS, copies=3, seed=1)
    assert drawn.y.tolist() == [3, 3, 3, 7, 7, 7]
    assert is_digit_images(drawn.x)
    again = drawn_digits(DRAWINGS, copies=3, seed=1)
    assert np.array_equal(drawn.x, again.x)
    assert not np.array_equal(drawn.x[0], drawn.x[1])  # with different handwriting each time
    assert drawn_digits([], seed=1).x.shape == (0, 28, 28)


def test_synthetic_digits_come_in_equal_numbers():
    invented = synthetic_digits(50, seed=2)
    assert np.bincount(invented.y).tolist() == [5] * 10
    assert is_digit_images(invented.x)


def test_non_digits_are_labelled_as_such():
    others = non_digits(90, seed=3)
    assert set(others.y.tolist()) == {NON_DIGIT}
    assert is_digit_images(others.x)


def test_doodles_are_of_many_shapes_and_no_bars():
    doodles = non_digits(60, kinds=["doodle"], seed=4)
    assert is_digit_images(doodles.x)
    assert set(doodles.y.tolist()) == {NON_DIGIT}
    again = non_digits(60, kinds=["doodle"], seed=4)
    assert np.array_equal(doodles.x, again.x)
    # No shape comes again and again: even the one that resembles it most is another one.
    flat = doodles.x.reshape(60, -1)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    alike = flat @ flat.T - np.eye(60)
    assert np.median(alike.max(1)) < 0.9


def test_the_parts_of_the_corpus_are_named_and_counted(mnist):
    data = training_data("mnist+synthetic", images=400, seed=0)
    assert set(data.parts) == {
        "MNIST digits, each twice",
        "synthetic handwriting",
        "digits cut out of numbers",
        "digits as the reader of numbers cuts them",
        "non-digits",
        "signs and letters of many alphabets",
        "random shapes put together",
        "parts and pairs of digits",
        "two digits as the reader of numbers cuts them",
    }
    assert 380 <= sum(data.counts.values()) <= 420
    digits = ("MNIST", "synthetic", "digits")
    for name, part in data.parts.items():
        assert len(part.y) > 0, name
        assert (part.y.max() < 10) == name.startswith(digits), name
        assert (part.y.min() == NON_DIGIT) != name.startswith(digits), name


def test_combining_and_sampling_keep_images_and_labels_together():
    first = Split(np.full((3, 28, 28), 0.25, np.float32), np.uint8([1, 1, 1]))
    second = Split(np.full((2, 28, 28), 0.75, np.float32), np.uint8([2, 2]))
    both = combine(first, second)
    assert both.y.tolist() == [1, 1, 1, 2, 2]
    drawn = sample(both, 4, seed=0)
    assert len(drawn.y) == 4
    assert [float(image.max()) for image in drawn.x] == [{1: 0.25, 2: 0.75}[y] for y in drawn.y]
    assert len(sample(both, 99).y) == 5
