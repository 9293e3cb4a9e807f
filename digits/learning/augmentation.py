"""Varies digit images while a network trains, so that it meets more handwriting than the data hold.

It runs on whole batches inside `tf.data`, beside the training step, and never at inference.
"""

import tensorflow as tf

from digits.images.preprocessing import SIZE
from digits.learning.damage import damage
from digits.learning.recipe import Augmentation
from digits.learning.sampling import sample_at

GRID = 5  # the elastic displacement is drawn on a grid this coarse, then smoothed


@tf.autograph.experimental.do_not_convert  # no condition here depends on a tensor
def augment(images: tf.Tensor, seed: tf.Tensor, strengths: Augmentation) -> tf.Tensor:
    """Rotate, slant, stretch, shift and bend images, change the width of strokes, damage some.

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
    if strengths.moves:
        images = _warp(images, seeds[0], seeds[1], strengths)
    images = _change_width(images, seeds[2], strengths)
    return damage(images, seeds[3], strengths.damage) if strengths.damage else images


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
    return sample_at(
        images[..., 0], from_x + bend[..., 0] + middle, from_y + bend[..., 1] + middle
    )[..., None]


def _change_width(images: tf.Tensor, seed: tf.Tensor, strengths: Augmentation) -> tf.Tensor:
    """Blend each image with its erosion or its dilation by a 3×3 square."""
    count = tf.shape(images)[0]
    amount = tf.random.stateless_uniform(
        (count, 1, 1, 1), seed, -strengths.thinner, strengths.thicker
    )
    thick = tf.nn.max_pool2d(images, 3, 1, "SAME")
    thin = -tf.nn.max_pool2d(-images, 3, 1, "SAME")
    return images + tf.nn.relu(amount) * (thick - images) + tf.nn.relu(-amount) * (thin - images)
