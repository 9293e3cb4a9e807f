"""Feeds training: shuffled batches that depend on nothing but the seed and the epoch's number.

So a training that was broken off goes on with the very batches it would have seen.
"""

import os

import numpy as np
import tensorflow as tf

from digits.data.splits import Split
from digits.learning.augmentation import augment

# What is to be answered to each label: its digit for sure, and to label 10 (`corpus.NON_DIGIT`)
# that every digit is equally likely. So ten outputs are enough to say "this is no digit".
# Source: D. Hendrycks et al., "Deep anomaly detection with outlier exposure", 2019.
TARGETS = np.vstack([np.eye(10), np.full((1, 10), 0.1)]).astype(np.float32)

# How many batches are made at once, and wait. TensorFlow can find such numbers by itself, but then
# a training ends only with a round of its tuner (TensorFlow 2.21); they seem to double in length:
# a short training took up to twice as long.
AHEAD = os.cpu_count() or 1
_FIXED = tf.data.Options()
_FIXED.autotune.enabled = False


def steps_per_epoch(data: Split, batch_size: int) -> int:
    """How many batches hold all the images once; the last may be smaller."""
    return -(-len(data.y) // batch_size)


def training_batches(
    data: Split, *, batch_size: int, seed: int, augmented: bool, epochs: range
) -> tf.data.Dataset:
    """Batches of (images (B, 28, 28, 1) float32, targets (B, 10) float32), epoch after epoch.

    In each epoch every image comes once, shuffled and, where `augmented`, varied anew.

    Args:
        epochs: the numbers of the epochs; the same seed and number give the same batches.
    """
    # Bytes, a quarter of the memory of floats; exact, since pictures are made of bytes. Part by
    # part, or the numbers on the way would take as much memory again.
    pixels = np.empty((*data.x.shape, 1), np.uint8)
    for start in range(0, len(pixels), 10_000):
        part = slice(start, start + 10_000)
        pixels[part, ..., 0] = np.rint(data.x[part] * 255)
    images, labels = tf.constant(pixels), tf.constant(data.y, tf.int32)

    def one_epoch(epoch: tf.Tensor) -> tf.data.Dataset:
        key = tf.stack([tf.cast(seed, tf.int64), epoch])
        order = tf.argsort(tf.random.stateless_uniform((len(pixels),), key), stable=True)
        batches = tf.data.Dataset.from_tensor_slices(order).batch(batch_size)
        return batches.enumerate().map(
            lambda step, chosen: (chosen, tf.random.experimental.stateless_fold_in(key, step))
        )

    def prepare(chosen: tf.Tensor, key: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        batch = tf.cast(tf.gather(images, chosen), tf.float32) / 255
        targets = tf.gather(TARGETS, tf.gather(labels, chosen))
        return augment(batch, key) if augmented else batch, targets

    return (
        tf.data.Dataset.range(epochs.start, epochs.stop)
        .flat_map(one_epoch)
        .map(prepare, num_parallel_calls=AHEAD)
        .prefetch(AHEAD)
        .with_options(_FIXED)
    )


def batches_in_order(data: Split, batch_size: int = 1000) -> tf.data.Dataset:
    """Batches of (images (B, 28, 28, 1) float32, targets (B, 10) float32), once, as they come."""
    images = tf.data.Dataset.from_tensor_slices((data.x[..., None], TARGETS[data.y]))
    return images.batch(batch_size).prefetch(AHEAD).with_options(_FIXED)
