"""Varies digit images while training, so that the network meets more hands than the data hold.

It runs on whole batches inside `tf.data`, beside the training step, and never at inference.
"""

import tensorflow as tf

from digits.images.preprocessing import SIZE

ROTATION = 10.0  # degrees, either way
SHEAR = 0.2  # sideways shift per unit of height: slant
STRETCH = 0.12  # of the width and of the height, each by itself
SHIFT = 1.0  # pixels
ELASTIC = 0.6  # pixels: the standard deviation of the elastic displacement
WAVES = 5  # the elastic displacement is given on a grid this fine
WIDTH = (-0.3, 0.5)  # stroke width: -1 takes a pixel off on every side, 1 adds one


def augment(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Return the images, each turned, slanted, stretched, bent and drawn finer or broader.

    Args:
        images: (N, 28, 28, 1) float32 in [0, 1].
        seed: (2,) integer; the same seed gives the same result.

    Source: affine and elastic distortions after P. Simard et al., "Best practices for
    convolutional neural networks applied to visual document analysis", 2003.
    """
    seeds = tf.unstack(tf.random.split(seed, 4))
    return _change_width(_warp(images, seeds[0], seeds[1]), seeds[2])


def _warp(images: tf.Tensor, affine_seed: tf.Tensor, elastic_seed: tf.Tensor) -> tf.Tensor:
    """One random affine and elastic map per image, sampled once so that it blurs only once."""
    count = tf.shape(images)[0]
    turn, slant, wide, high, right, down = tf.unstack(
        tf.random.stateless_uniform((6, count, 1, 1), affine_seed, -1.0, 1.0)
    )
    turn *= ROTATION * 3.14159 / 180
    wide, high = tf.exp(wide * STRETCH), tf.exp(high * STRETCH)
    axis = tf.range(SIZE, dtype=tf.float32) - (SIZE - 1) / 2
    y, x = axis[None, :, None], axis[None, None, :]
    cos, sin = tf.cos(turn), tf.sin(turn)
    from_x = (cos * x - sin * y + slant * SHEAR * y) * wide + right * SHIFT
    from_y = (sin * x + cos * y) * high + down * SHIFT

    coarse = tf.random.stateless_normal((count, WAVES, WAVES, 2), elastic_seed) * ELASTIC
    bend = tf.image.resize(coarse, (SIZE, SIZE), "bicubic")
    middle = (SIZE - 1) / 2
    return _sample(images, from_x + bend[..., 0] + middle, from_y + bend[..., 1] + middle)


def _sample(images: tf.Tensor, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """Bilinear samples of each image at its own (N, 28, 28) pixel coordinates; outside is 0."""
    side = SIZE + 2  # a rim of zeros stands for everything outside
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


def _change_width(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Blend each image with its dilation or its erosion by a 3×3 square."""
    amount = tf.random.stateless_uniform((tf.shape(images)[0], 1, 1, 1), seed, *WIDTH)
    broad = tf.nn.max_pool2d(images, 3, 1, "SAME")
    fine = -tf.nn.max_pool2d(-images, 3, 1, "SAME")
    return images + tf.nn.relu(amount) * (broad - images) + tf.nn.relu(-amount) * (fine - images)
