"""Feeds training: shuffled batches that depend on nothing but the seed and the epoch's number.

So a resumed training continues with exactly the batches that it would have seen.
"""

import os

import keras
import numpy as np
import tensorflow as tf

from digits.data.splits import Split, as_bytes, check_split
from digits.learning.augmentation import augment
from digits.learning.recipe import Augmentation

# The target of each label: one-hot for a digit, and for label 10 (`corpus.NON_DIGIT`) a uniform
# distribution. So ten outputs are enough to say "this is not a digit".
# Source: D. Hendrycks et al., "Deep anomaly detection with outlier exposure", 2019.
TARGETS = np.vstack([np.eye(10), np.full((1, 10), 0.1)]).astype(np.float32)

# How many batches are prepared in parallel and kept waiting. TensorFlow can tune such numbers by
# itself, but then a training only ends together with a round of its tuner (TensorFlow 2.21), and
# the rounds grow longer: a short training took up to twice as long.
AHEAD = os.cpu_count() or 1
_FIXED = tf.data.Options()
_FIXED.autotune.enabled = False
# Nor is there anything to rewrite in so short a pipeline, and looking for it takes a third of a
# second.
_FIXED.experimental_optimization.apply_default_optimizations = False


def steps_per_epoch(data: Split, batch_size: int) -> int:
    """How many batches hold all the images once; the last may be smaller."""
    return -(-len(data.y) // batch_size)


def training_batches(
    data: Split,
    *,
    batch_size: int,
    seed: int,
    augmentation: Augmentation | None,
    epochs: range,
    augmented: keras.Variable | None = None,
) -> tf.data.Dataset:
    """Batches of (images (B, 28, 28, 1) float32, targets (B, 10) float32), epoch after epoch.

    In each epoch every image comes once, shuffled and, with augmentation, varied differently.

    Args:
        data: images and labels, the latter 0 to 9, or 10 for a non-digit.
        epochs: the numbers of the epochs; the same seed and number give the same batches.
        augmented: whether to augment as `augmentation` says, or only as `augmentation.settled`
            does; it may change meanwhile, and a few batches have been prepared by then. None
            always augments.

    Raises:
        DigitsError: images or labels of another shape, type or range.
    """
    data = check_split(data)
    pixels = as_bytes(data.x)[..., None]
    images, labels = tf.constant(pixels), tf.constant(data.y, tf.int32)

    def one_epoch(epoch: tf.Tensor) -> tf.data.Dataset:
        key = tf.stack([tf.cast(seed, tf.int64), epoch])
        order = tf.argsort(tf.random.stateless_uniform((len(pixels),), key), stable=True)
        batches = tf.data.Dataset.from_tensor_slices(order).batch(batch_size)
        return batches.enumerate().map(
            lambda step, chosen: (chosen, tf.random.experimental.stateless_fold_in(key, step))
        )

    def vary(batch: tf.Tensor, key: tf.Tensor, strengths: Augmentation | None) -> tf.Tensor:
        return augment(batch, key, strengths) if strengths else batch

    def prepare(chosen: tf.Tensor, key: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        batch = tf.cast(tf.gather(images, chosen), tf.float32) / 255
        targets = tf.gather(TARGETS, tf.gather(labels, chosen))
        if augmented is None or augmentation is None:
            return vary(batch, key, augmentation), targets
        return tf.cond(
            augmented.value,
            lambda: vary(batch, key, augmentation),
            lambda: vary(batch, key, augmentation.settled),
        ), targets

    return (
        tf.data.Dataset.range(epochs.start, epochs.stop)
        .flat_map(one_epoch)
        .map(prepare, num_parallel_calls=AHEAD)
        .prefetch(AHEAD)
        .with_options(_FIXED)
    )


def batches_in_order(data: Split, batch_size: int = 1000) -> tf.data.Dataset:
    """Batches of (images (B, 28, 28, 1) float32, targets (B, 10) float32), once, in order.

    Raises:
        DigitsError: images or labels of another shape, type or range.
    """
    data = check_split(data)
    images = tf.data.Dataset.from_tensor_slices((data.x[..., None], TARGETS[data.y]))
    return images.batch(batch_size).prefetch(AHEAD).with_options(_FIXED)
