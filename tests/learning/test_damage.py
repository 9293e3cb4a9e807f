"""Damage spoils a share of the images, each family in its own way, and always the same way."""

import numpy as np
import pytest
import tensorflow as tf

from digits.learning import damage

BAR = np.zeros((28, 28), np.float32)
BAR[4:24, 11:17] = 1
IMAGES = tf.constant(np.stack([BAR] * 32))


def test_only_a_share_is_damaged() -> None:
    spoiled = damage.damage(IMAGES[..., None], tf.constant([1, 2]), 0.25).numpy()
    changed = (spoiled[..., 0] != BAR).any((1, 2))
    assert not changed[:24].any()
    assert changed[24:].sum() >= 6


def test_the_seed_decides() -> None:
    first, again, other = (
        damage.damage(IMAGES[..., None], tf.constant(seed), 1.0).numpy()
        for seed in ([1, 2], [1, 2], [1, 3])
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_each_image_keeps_its_place() -> None:
    """Wherever the labels stay, the images must: a dark image stays darker than an empty one."""
    mixed = np.zeros((40, 28, 28, 1), np.float32)
    mixed[::2, 2:26, 2:26] = 1
    spoiled = damage.damage(tf.constant(mixed), tf.constant([5, 6]), 1.0).numpy()[..., 0]
    inner = spoiled[:, 8:20, 8:20].mean((1, 2))
    assert np.median(inner[::2]) > 0.7
    assert np.median(inner[1::2]) < 0.3


@pytest.mark.parametrize("family", dict.fromkeys(damage.FAMILIES), ids=lambda f: f.__name__)
def test_every_family_damages_and_stays_in_range(family: damage.Family) -> None:
    spoiled = family(IMAGES, tf.constant([3, 4])).numpy()
    assert spoiled.shape == (32, 28, 28)
    assert spoiled.min() >= 0
    assert spoiled.max() <= 1
    assert np.abs(spoiled - BAR).mean((1, 2)).max() > 0.004


def test_hollow_leaves_an_outline() -> None:
    outlines = damage.hollow(IMAGES, tf.constant([3, 4])).numpy()
    assert outlines[:, 13:15, 13:15].mean() < 0.2  # the middle of the bar
    assert outlines[:, 10:18, 10:12].mean() > 0.3  # its left edge
