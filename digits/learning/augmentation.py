"""Varies digit images while a network trains, so that it meets more handwriting than the data hold.

It runs on whole batches inside `tf.data`, beside the training step, and never at inference.
"""

import tensorflow as tf

from digits.images.preprocessing import SIZE
from digits.learning.recipe import Augmentation

GRID = 5  # the elastic displacement is drawn on a grid this coarse, then smoothed


def augment(images: tf.Tensor, seed: tf.Tensor, strengths: Augmentation) -> tf.Tensor:
    """Rotate, slant, stretch, shift and bend images, and make their strokes thinner or thicker.

    Args:
        images: (N, 28, 28, 1) float32 in [0, 1].
        seed: (2,) integer; the same seed gives the same result.
        strengths: how strongly.

    Returns:
        (N, 28, 28, 1) float32 in [0, 1].

    Source: affine and elastic distortions after P. Simard et al., "Best practices for
    convolutional neural networks applied to visual document analysis", 2003.
    """
    seeds = tf.unstack(tf.random.split(seed, 4))
    return _change_width(_warp(images, seeds[0], seeds[1], strengths), seeds[2], strengths)


def _warp(
    images: tf.Tensor, affine_seed: tf.Tensor, elastic_seed: tf.Tensor, strengths: Augmentation
) -> tf.Tensor:
    """One random affine and elastic map per image, sampled only once so that it blurs only once."""
    count = tf.shape(images)[0]
    turn, slant, wide, high, right, down = tf.unstack(
        tf.random.stateless_uniform((6, count, 1, 1), affine_seed, -1.0, 1.0)
    )
    turn *= strengths.rotation * 3.14159 / 180
    wide, high = tf.exp(wide * strengths.stretch), tf.exp(high * strengths.stretch)
    axis = tf.range(SIZE, dtype=tf.float32) - (SIZE - 1) / 2
    y, x = axis[None, :, None], axis[None, None, :]
    cos, sin = tf.cos(turn), tf.sin(turn)
    from_x = (cos * x - sin * y + slant * strengths.shear * y) * wide + right * strengths.shift
    from_y = (sin * x + cos * y) * high + down * strengths.shift

    coarse = tf.random.stateless_normal((count, GRID, GRID, 2), elastic_seed) * strengths.elastic
    bend = tf.image.resize(coarse, (SIZE, SIZE), "bicubic")
    middle = (SIZE - 1) / 2
    return _sample(images, from_x + bend[..., 0] + middle, from_y + bend[..., 1] + middle)


def _sample(images: tf.Tensor, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """Bilinear samples of each image at its own (N, 28, 28) pixel coordinates; outside is 0."""
    side = SIZE + 2  # a margin of zeros stands for everything outside
    flat = tf.reshape(tf.pad(images[..., 0], [[0, 0], [1, 1], [1, 1]]), (-1, side * side))
    x = tf.clip_by_value(x + 1, 0.0, side - 1.001)
    y = tf.clip_by_value(y + 1, 0.0, side - 1.001)
    left, top = tf.floor(x), tf.floor(y)
    across, along = x - left, y - top
    corner = tf.reshape(tf.cast(top * side + left, tf.int32), (-1, SIZE * SIZE))

    def at(offset: int) -> tf.Tensor:
        taken = tf.gather(flat, corner + offset, batch_dims=1)
        return tf.reshape(taken, (-1, SIZE, SIZE))

    upper = at(0) * (1 - across) + at(1) * across
    lower = at(side) * (1 - across) + at(side + 1) * across
    return (upper * (1 - along) + lower * along)[..., None]


def _change_width(images: tf.Tensor, seed: tf.Tensor, strengths: Augmentation) -> tf.Tensor:
    """Blend each image with its erosion or its dilation by a 3×3 square."""
    count = tf.shape(images)[0]
    amount = tf.random.stateless_uniform(
        (count, 1, 1, 1), seed, -strengths.thinner, strengths.thicker
    )
    thick = tf.nn.max_pool2d(images, 3, 1, "SAME")
    thin = -tf.nn.max_pool2d(-images, 3, 1, "SAME")
    return images + tf.nn.relu(amount) * (thick - images) + tf.nn.relu(-amount) * (thin - images)
