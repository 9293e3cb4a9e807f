"""Cleaning takes away specks and leaves clean ink alone, to the bit."""

import numpy as np
import pytest

from digits.data.corpus import measuring_drawings
from digits.data.mnist import load_mnist
from digits.data.strokes import draw_randomly
from digits.images.cleaning import is_spoiled, without_specks
from digits.images.preprocessing import FAINT, digit_image, to_digit_image


def test_drawings_pass_unchanged_to_the_bit() -> None:
    rng = np.random.default_rng(3)
    for drawing in measuring_drawings(validation=True)[:300]:
        ink = draw_randomly(drawing.strokes, rng)
        assert without_specks(ink, FAINT) is ink
        assert np.array_equal(digit_image(1 - ink), to_digit_image(ink))


def test_mnist_images_are_not_taken_for_spoiled_ones() -> None:
    images = load_mnist().validation.x[:1000]
    assert not any(is_spoiled(image[..., None]) for image in images)
    assert all(without_specks(image, FAINT) is image for image in images)


def test_a_speck_does_not_change_the_digit_image(seven: np.ndarray) -> None:
    clean = np.kron(seven, np.ones((2, 2), np.float32))  # 200×160, the pen 16 pixels wide
    dusty = clean.copy()
    dusty[3:6, 3:6] = 1
    dusty[190:194, 150:153] = 0.8
    assert np.array_equal(digit_image(1 - dusty), digit_image(1 - clean))


def test_a_dot_as_wide_as_the_pen_stays(seven: np.ndarray) -> None:
    dotted = np.kron(seven, np.ones((2, 2), np.float32))
    dotted[180:196, 140:156] = 1
    assert without_specks(dotted, FAINT) is dotted


@pytest.mark.parametrize("dark", [True, False])
def test_a_noisy_thumbnail_keeps_the_place_of_its_digit(dark: bool) -> None:
    image = load_mnist().validation.x[0]
    spoiled = image.copy()
    noise = np.random.default_rng(0).random((28, 28)) < 0.15
    spoiled[noise] = 1
    picture = np.rint(255 * (1 - spoiled if dark else spoiled)).astype(np.uint8)
    found = digit_image(picture)
    assert found is not None
    assert np.abs(found - spoiled).max() < 0.003


def test_a_thumbnail_under_slanting_light_keeps_its_shades() -> None:
    image = load_mnist().validation.x[0]
    light = np.linspace(0, 0.6, 28, dtype=np.float32)[None] * np.ones((28, 1), np.float32)
    picture = light + image * (1 - light)
    found = digit_image(picture)
    assert found is not None
    assert np.abs(found - picture / picture.max()).max() < 0.003
