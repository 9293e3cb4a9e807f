"""Samples images between their pixels, inside `tf.data`."""

import tensorflow as tf

from digits.images.preprocessing import SIZE


def sample_at(images: tf.Tensor, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """Bilinear samples of each image at pixel coordinates of its own; outside is 0.

    Args:
        images: (N, 28, 28) float32.
        x, y: (N, 28, 28) float32, in pixels.

    Returns:
        (N, 28, 28) float32.
    """
    side = SIZE + 2  # a margin of zeros stands for everything outside
    flat = tf.reshape(tf.pad(images, [[0, 0], [1, 1], [1, 1]]), (-1, side * side))
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
    return upper * (1 - along) + lower * along
