"""Batches are shuffled and varied, and depend on the seed and the epoch alone."""

import numpy as np
import pytest

from digits.data.corpus import NON_DIGIT, non_digits, synthetic_digits
from digits.data.splits import Split, combine
from digits.learning.augmentation import augment
from digits.learning.batches import batches_in_order, training_batches
from digits.learning.recipe import Augmentation


@pytest.fixture(scope="module")
def small() -> Split:
    return combine(synthetic_digits(300, seed=1), non_digits(60, seed=1))


def test_batches_are_repeated_by_the_seed_and_varied_anew_each_epoch(small):
    def images(epochs: range) -> np.ndarray:
        batches = training_batches(
            small, batch_size=64, seed=5, augmentation=Augmentation(), epochs=epochs
        )
        return np.concatenate([x.numpy() for x, _ in batches])

    both = images(range(2))
    count = len(small.y)
    assert both.shape == (2 * count, 28, 28, 1)
    assert np.array_equal(images(range(1, 2)), both[count:])
    assert not np.array_equal(both[:count], both[count:])


def test_each_epoch_brings_every_image_once_in_another_order(small):
    numbered = Split(np.zeros((60, 28, 28), np.float32), np.zeros(60, np.uint8))
    numbered.x[:, 0, 0] = np.arange(60) / 255
    batches = training_batches(numbered, batch_size=25, seed=1, augmentation=None, epochs=range(2))
    sizes = [len(x) for x, _ in batches]
    numbers = np.concatenate([np.rint(x[:, 0, 0, 0] * 255) for x, _ in batches]).astype(int)
    assert sizes == [25, 25, 10, 25, 25, 10]
    assert sorted(numbers[:60]) == sorted(numbers[60:]) == list(range(60))
    assert list(numbers[:60]) != list(numbers[60:]) != list(range(60))


def test_a_picture_of_no_digit_is_taught_as_every_digit_alike():
    one_each = Split(np.zeros((2, 28, 28), np.float32), np.array([3, NON_DIGIT], np.uint8))
    batches = list(
        training_batches(one_each, batch_size=2, seed=0, augmentation=None, epochs=range(1))
    )
    rows = sorted(batches[0][1].numpy().tolist(), key=max)
    assert rows[0] == pytest.approx([0.1] * 10)
    assert rows[1] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_batches_in_order_are_the_images_as_they_are(small):
    batches = list(batches_in_order(small, batch_size=100))
    assert [len(x) for x, _ in batches] == [100, 100, 100, 60]
    assert np.array_equal(np.concatenate([x for x, _ in batches])[..., 0], small.x)
    targets = np.concatenate([targets for _, targets in batches])
    assert np.array_equal(targets[:300].argmax(1), small.y[:300])
    assert targets[300:] == pytest.approx(0.1)


def test_the_end_of_the_batches_is_not_waited_for(small):
    """TensorFlow's pipeline tuner would delay the caller after the last batch."""
    settings = {"batch_size": 100, "seed": 0, "augmentation": Augmentation(), "epochs": range(1)}
    for batches in (training_batches(small, **settings), batches_in_order(small)):
        assert batches.options().autotune.enabled is False


def test_augmentation_varies_but_keeps_shape_range_and_most_of_the_ink(small):
    images = small.x[:50, ..., None]
    varied = augment(images, (1, 2), Augmentation()).numpy()
    assert varied.shape == images.shape
    assert -1e-6 <= varied.min() <= varied.max() <= 1 + 1e-6
    assert np.array_equal(varied, augment(images, (1, 2), Augmentation()).numpy())
    assert not np.array_equal(varied, augment(images, (1, 3), Augmentation()).numpy())
    ratio = varied.sum((1, 2, 3)) / images.sum((1, 2, 3))
    assert 0.8 < np.median(ratio) < 1.5
    # No image is moved or rotated beyond recognition: it still overlaps the original.
    overlap = np.minimum(varied, images).sum((1, 2, 3)) / images.sum((1, 2, 3))
    assert overlap.min() > 0.2
