"""Damages digit images while a network trains, so that it reads what is noisy, faded or crossed.

Each function below is one family of damage. They were made for this project from what paper,
pens, scanners and cameras do; `benchmarks.damage` measures on other families, which nothing is
trained on. Like augmentation, it runs on whole batches inside `tf.data`, and never at inference.
"""

from collections.abc import Callable

import tensorflow as tf

from digits.images.preprocessing import SIZE
from digits.learning.sampling import sample_at

Family = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]  # of images (N, 28, 28) and a seed

AGAIN = 0.35  # the share of damaged images that are damaged in a second way
MISFIT = 0.4  # the share whose ink no longer fits the 20×20 box, since damage hides where it ends


# One graph for each share, however often a network is trained: making it takes seconds. There is
# nothing in it that AutoGraph would have to translate.
@tf.function(autograph=False, reduce_retracing=True)
def damage(images: tf.Tensor, seed: tf.Tensor, share: float) -> tf.Tensor:
    """Damage a share of the images, each in one or two random ways.

    The last images of the batch are damaged, which are random ones in shuffled batches: so only
    they are computed.

    Args:
        images: (N, 28, 28, 1) float32 in [0, 1], shuffled.
        seed: (2,) integer; the same seed gives the same result.
        share: of the images, 0 to 1.

    Returns:
        (N, 28, 28, 1) float32 in [0, 1].
    """
    count = tf.shape(images)[0]
    damaged = tf.cast(tf.round(tf.cast(count, tf.float32) * share), tf.int32)
    again = tf.cast(tf.round(tf.cast(damaged, tf.float32) * AGAIN), tf.int32)
    whole, broken = images[: count - damaged, ..., 0], images[count - damaged :, ..., 0]
    first, second, order, fit = tf.unstack(tf.random.split(seed, 4))
    broken = _one_way_each(broken, first)
    # In another order, so that any two families can meet.
    shuffled = tf.argsort(tf.random.stateless_uniform((damaged,), order))
    broken = tf.gather(broken, shuffled)
    broken = tf.concat([_one_way_each(broken[:again], second), broken[again:]], 0)
    broken = tf.clip_by_value(_misfit(broken, fit), 0.0, 1.0)
    # Back to their places: the labels stayed there.
    broken = tf.gather(broken, tf.argsort(shuffled))
    return tf.concat([whole, broken], 0)[..., None]


@tf.function(autograph=False, reduce_retracing=True)
def _one_way_each(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Damage every family's share of the images, (N, 28, 28)."""
    seeds = tf.random.split(seed, len(FAMILIES))
    count = tf.shape(images)[0]
    edges = [count * index // len(FAMILIES) for index in range(len(FAMILIES) + 1)]
    parts = [
        family(images[edges[index] : edges[index + 1]], seeds[index])
        for index, family in enumerate(FAMILIES)
    ]
    return tf.concat(parts, 0)


def noise(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Add the noise of a sensor, the same everywhere."""
    amount, values = tf.unstack(tf.random.split(seed, 2))
    strength = _between(images, amount, 0.1, 0.5)
    added = strength * tf.random.stateless_normal(tf.shape(images), values)
    return tf.clip_by_value(images + added, 0.0, 1.0)


def specks(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Turn single pixels, or blocks of a few, black or white."""
    amount, where, colour, balance, coarse = tf.unstack(tf.random.split(seed, 5))
    share = _between(images, amount, 0.02, 0.3)
    fine = tf.random.stateless_uniform(tf.shape(images), where)
    blocks = _nearest(tf.random.stateless_uniform((tf.shape(images)[0], 14, 14), coarse))
    chance = tf.where(_happens(images, coarse, 0.25), blocks, fine)
    light = tf.random.stateless_uniform(tf.shape(images), colour)
    ink = tf.cast(light < _between(images, balance, -0.3, 1.3), tf.float32)
    return tf.where(chance < share, ink, images)


def fog(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Lay uneven paper over the drawing: smooth shades that also weaken the ink."""
    amount, shades, darkness, choice = tf.unstack(tf.random.split(seed, 4))
    opacity = _between(images, amount, 0.2, 0.75)
    shade = _smooth(images, shades) * _between(images, darkness, 0.3, 1.0)
    covered = images * (1 - opacity) + shade * opacity
    stretched = _to_full_range(covered)
    return tf.where(_happens(images, choice, 0.5), stretched, covered)


def fading(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Let the ink fade in places, or vanish there."""
    amount, shades, choice = tf.unstack(tf.random.split(seed, 3))
    field = _smooth(images, shades)
    faded = images * tf.maximum(0.08, 1 - _between(images, amount, 0.5, 1.4) * field)
    gaps = images * tf.cast(field < _between(images, amount, 0.5, 0.8), tf.float32)
    return tf.where(_happens(images, choice, 0.4), gaps, faded)


def hatching(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Rule parallel lines across the picture, of ink or of nothing."""
    angle, distance, width, offset, strength, choice = tf.unstack(tf.random.split(seed, 6))
    turn = _between(images, angle, 0.0, 3.1416)
    pitch = _between(images, distance, 2.5, 9.0)
    x, y = _axes()
    along = tf.cos(turn) * x + tf.sin(turn) * y + _between(images, offset, 0.0, 9.0)
    from_line = tf.abs(tf.math.floormod(along, pitch) - pitch / 2)
    line = tf.clip_by_value(_between(images, width, 0.4, 1.1) + 0.5 - from_line, 0.0, 1.0)
    return _with_lines(images, line * _between(images, strength, 0.4, 1.0), choice)


def crossing_lines(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Draw a few lines across the digit: straight ones anywhere, or one that zigzags."""
    points, width, number, choice, form = tf.unstack(tf.random.split(seed, 5))
    count = tf.shape(images)[0]
    ends = tf.random.stateless_uniform((count, 8, 2), points, 0.0, float(SIZE - 1))
    # A zigzag runs from one side to the other; its pieces share their ends.
    across = tf.linspace(0.0, float(SIZE - 1), 8)[None, :, None]
    zigzag = tf.concat([tf.broadcast_to(across, (count, 8, 1)), ends[..., 1:]], 2)
    starts = tf.concat([ends[:, :4], zigzag[:, :7]], 1)
    stops = tf.concat([ends[:, 4:], zigzag[:, 1:]], 1)
    wanted = tf.range(11)[None]
    straight = wanted < tf.random.stateless_uniform((count, 1), number, 1, 5, tf.int32)
    chosen = tf.where(_happens(images, form, 0.4)[..., 0], (wanted >= 4), straight & (wanted < 4))
    near = _distance_to_segments(starts, stops)
    near = tf.reduce_min(tf.where(chosen[:, :, None, None], near, 1e6), 1)
    line = tf.clip_by_value(_between(images, width, 0.3, 1.1) + 0.5 - near, 0.0, 1.0)
    return _with_lines(images, line, choice)


def blots(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Hide parts of the digit behind spots or strips, of ink, grey or nothing."""
    places, sizes, number, shade, form = tf.unstack(tf.random.split(seed, 5))
    count = tf.shape(images)[0]
    x, y = _axes()
    middle = tf.random.stateless_uniform((count, 4, 2), places, 3.0, float(SIZE - 4))
    radius = tf.random.stateless_uniform((count, 4, 2), sizes, 0.8, 4.0)
    dx = (x[:, None] - middle[..., 0, None, None] + 13.5) / radius[..., 0, None, None]
    dy = (y[:, None] - middle[..., 1, None, None] + 13.5) / radius[..., 1, None, None]
    square = _happens(images, form, 0.5)[:, None]
    reach = tf.where(square, tf.maximum(tf.abs(dx), tf.abs(dy)), tf.sqrt(dx * dx + dy * dy))
    wanted = tf.range(4)[None] < tf.random.stateless_uniform((count, 1), number, 1, 5, tf.int32)
    hidden = tf.reduce_any((reach < 1) & wanted[:, :, None, None], 1)
    ink = tf.random.stateless_uniform((count, 1, 1), shade, -0.6, 1.4)
    return tf.where(hidden, tf.clip_by_value(ink, 0.0, 1.0), images)


def spatter(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Spatter ink in small irregular drops, or wash such drops out of the drawing."""
    shapes, amount, choice = tf.unstack(tf.random.split(seed, 3))
    values = tf.random.stateless_normal((tf.shape(images)[0], 20, 20), shapes)
    field = tf.image.resize(values[..., None], (SIZE, SIZE), "bicubic")[..., 0]
    drops = tf.clip_by_value(4 * (field - _between(images, amount, 0.9, 1.9)), 0.0, 1.0)
    return _with_lines(images, drops, choice)


def hollow(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Keep only the outline of the ink: outside it, inside it, or on both sides."""
    kind, thicken, soften = tf.unstack(tf.random.split(seed, 3))
    wide = tf.where(_happens(images, thicken, 0.4), _dilate(images), images)
    solid = tf.cast(wide > 0.4, tf.float32)
    larger, smaller = _dilate(solid), _erode(solid)
    ways = tf.stack([larger - solid, larger - smaller, solid - smaller, _cross(solid) - solid])
    # The inner outline of a thin stroke is the stroke; of a thick one, it is hollow.
    chosen = tf.random.stateless_uniform((tf.shape(images)[0],), kind, 0, 4, tf.int32)
    outline = tf.gather(tf.transpose(ways, (1, 0, 2, 3)), chosen, batch_dims=1)
    blurred = _to_full_range(_blur(outline, tf.fill((tf.shape(images)[0], 1, 1), 0.6)))
    return tf.where(_happens(images, soften, 0.5), blurred, outline)


def pens(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Write with a much thicker pen, or with one as thin as a hair."""
    kind, amount = tf.unstack(tf.random.split(seed, 2))
    thick = _dilate(images)
    thicker = _dilate(thick)
    part = _between(images, amount, 0.0, 1.0)
    broad = thick + part * (thicker - thick)
    thin = _to_full_range(_erode(images) + 0.02 * images)
    return tf.where(_happens(images, kind, 0.5), broad, thin)


def blur(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Blur the image, with or without its contrast restored."""
    amount, choice = tf.unstack(tf.random.split(seed, 2))
    blurred = _blur(images, _between(images, amount, 0.7, 2.0))
    return tf.where(_happens(images, choice, 0.5), _to_full_range(blurred), blurred)


def coarse(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Show the image in fewer shades, in larger pixels, or with every pixel black or white."""
    kind, amount = tf.unstack(tf.random.split(seed, 2))
    pixels = tf.image.resize(images[..., None], (SIZE // 2, SIZE // 2), "area")
    blocks = _nearest(pixels[..., 0])
    levels = tf.round(_between(images, amount, 1.0, 3.0))
    shades = tf.round(images * levels) / levels
    binary = tf.cast(images > _between(images, amount, 0.1, 0.7), tf.float32)
    ways = tf.stack([blocks, shades, binary], 1)
    chosen = tf.random.stateless_uniform((tf.shape(images)[0],), kind, 0, 3, tf.int32)
    return tf.gather(ways, chosen, batch_dims=1)


def contrast(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Narrow the range between paper and ink, on dark paper or light; now and then swap them."""
    low, high, choice = tf.unstack(tf.random.split(seed, 3))
    paper = _between(images, low, 0.0, 0.6)
    ink = tf.minimum(1.0, paper + _between(images, high, 0.15, 0.8))
    pale = paper + images * (ink - paper)
    return tf.where(_happens(images, choice, 0.2), 1 - pale, pale)


def swapped(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Swap ink and paper in a part of the picture: a strip, or all on one side of a line."""
    angle, offset, width = tf.unstack(tf.random.split(seed, 3))
    turn = _between(images, angle, 0.0, 6.2832)
    x, y = _axes()
    along = tf.cos(turn) * x + tf.sin(turn) * y - _between(images, offset, -8.0, 12.0)
    inside = (along > 0) & (along < _between(images, width, 3.0, 30.0))
    return tf.where(inside, 1 - images, images)


FAMILIES: tuple[Family, ...] = (
    noise, specks, fog, fading, hatching, crossing_lines, blots, spatter, hollow, pens, blur,
    coarse, contrast, swapped, hollow, specks, hatching, fog,
)  # fmt: skip


def _misfit(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Show some images smaller and off their centre."""
    size, right, down, choice = tf.unstack(tf.random.split(seed, 4))
    factor = 1 / _between(images, size, 0.68, 1.05)
    x, y = _axes()
    middle = (SIZE - 1) / 2
    from_x = x * factor + _between(images, right, -2.5, 2.5) + middle
    from_y = y * factor + _between(images, down, -2.5, 2.5) + middle
    moved = sample_at(images, from_x, from_y)
    return tf.where(_happens(images, choice, MISFIT), moved, images)


def _with_lines(images: tf.Tensor, lines: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Add lines of ink, or erase along them."""
    added, erased = tf.maximum(images, lines), images * (1 - lines)
    return tf.where(_happens(images, seed, 0.65), added, erased)


def _between(images: tf.Tensor, seed: tf.Tensor, low: float, high: float) -> tf.Tensor:
    """One random number for each image: (N, 1, 1)."""
    return tf.random.stateless_uniform((tf.shape(images)[0], 1, 1), seed, low, high)


def _happens(images: tf.Tensor, seed: tf.Tensor, chance: float) -> tf.Tensor:
    """True for a random share of the images: (N, 1, 1)."""
    return _between(images, tf.random.experimental.stateless_fold_in(seed, 7), 0.0, 1.0) < chance


def _axes() -> tuple[tf.Tensor, tf.Tensor]:
    """The x and y of every pixel, from the middle of the image: (1, 1, 28) and (1, 28, 1)."""
    axis = tf.range(SIZE, dtype=tf.float32) - (SIZE - 1) / 2
    return axis[None, None, :], axis[None, :, None]


def _smooth(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Smooth random shades from 0 to 1 at several scales: (N, 28, 28)."""
    total = tf.zeros_like(images)
    for index, (side, weight) in enumerate(((2, 1.0), (4, 0.8), (7, 0.6), (14, 0.3))):
        part = tf.random.experimental.stateless_fold_in(seed, index)
        values = tf.random.stateless_normal((tf.shape(images)[0], side, side, 1), part)
        total += weight * tf.image.resize(values, (SIZE, SIZE), "bicubic")[..., 0]
    return _to_full_range(total)


def _to_full_range(images: tf.Tensor) -> tf.Tensor:
    """Stretch each image to values from 0 to 1."""
    low = tf.reduce_min(images, (1, 2), keepdims=True)
    high = tf.reduce_max(images, (1, 2), keepdims=True)
    return (images - low) / tf.maximum(high - low, 1e-3)


def _nearest(blocks: tf.Tensor) -> tf.Tensor:
    """Enlarge (N, 14, 14) to (N, 28, 28): every value becomes four pixels."""
    return tf.repeat(tf.repeat(blocks, 2, 1), 2, 2)


def _dilate(images: tf.Tensor) -> tf.Tensor:
    return tf.nn.max_pool2d(images[..., None], 3, 1, "SAME")[..., 0]


def _erode(images: tf.Tensor) -> tf.Tensor:
    return -_dilate(-images)


def _cross(images: tf.Tensor) -> tf.Tensor:
    """Dilate to the four nearest pixels only."""
    x = tf.nn.max_pool2d(images[..., None], (1, 3), 1, "SAME")
    y = tf.nn.max_pool2d(images[..., None], (3, 1), 1, "SAME")
    return tf.maximum(x, y)[..., 0]


def _blur(images: tf.Tensor, deviation: tf.Tensor) -> tf.Tensor:
    """Blur each image by a Gaussian of its own standard deviation, (N, 1, 1), in pixels."""
    x, y = tf.range(SIZE, dtype=tf.float32)[None, None, :], tf.range(SIZE, dtype=tf.float32)
    weights = tf.exp(-(((x - y[None, :, None]) / deviation) ** 2) / 2)  # (N, 28, 28)
    weights /= tf.reduce_sum(weights, 2, keepdims=True)
    return weights @ images @ tf.transpose(weights, (0, 2, 1))


def _distance_to_segments(starts: tf.Tensor, stops: tf.Tensor) -> tf.Tensor:
    """How far every pixel is from each segment, (N, S, 2) to (N, S, 28, 28), in pixels."""
    axis = tf.range(SIZE, dtype=tf.float32)
    x, y = axis[None, None, None, :], axis[None, None, :, None]
    ax, ay = starts[..., 0, None, None], starts[..., 1, None, None]
    dx, dy = stops[..., 0, None, None] - ax, stops[..., 1, None, None] - ay
    along = ((x - ax) * dx + (y - ay) * dy) / tf.maximum(dx * dx + dy * dy, 1e-6)
    along = tf.clip_by_value(along, 0.0, 1.0)
    return tf.sqrt((x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2 + 1e-9)
