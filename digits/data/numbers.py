"""Composes numbers of several digits from the strokes of one writer, to measure and to train on.

The pen digits were written one in a box. Here they stand side by side as people write a number:
about equally high, on a baseline that slants a little, mostly apart. Some neighbours touch, and
some reach over or under each other without touching.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from digits.data.digit_forms import synthetic_strokes
from digits.data.handwriting import vary
from digits.data.strokes import Drawing, Strokes, bounds, by_writer
from digits.images.round_pen import draw_stroke

TOUCHING = 0.15  # the share of neighbours that touch
OVERLAPPING = 0.1  # the share of neighbours whose boxes overlap, although they do not touch
PENS = (0.07, 0.2)  # the width of the pen as a share of the height of a digit
GAP, GAP_SPREAD = 0.24, 0.12  # between two digits, as a share of their height
TOUCH = (0.5, 1.0)  # how far the middles of touching strokes lie apart, in widths of the pen
SMALLEST_GAP = 0.04  # the least paper between digits that do not touch
ROWS = 40  # in which the clearance between two digits is measured, per height of a digit


class Number(NamedTuple):
    """A number as it was written. The height of a usual digit is 1."""

    digits: tuple[int, ...]
    strokes: list[list[np.ndarray]]  # for each digit its strokes, (K, 2) float32: x, y; y downwards
    pen: float  # the width of the pen

    @property
    def text(self) -> str:
        """The digits, as `Reading.text` has them."""
        return "".join(map(str, self.digits))

    @property
    def all_strokes(self) -> list[np.ndarray]:
        """The strokes of all digits, in the order in which they were written."""
        return [stroke for digit in self.strokes for stroke in digit]


def compose(
    drawings: Sequence[Drawing],
    rng: np.random.Generator,
    *,
    pen: float | None = None,
    touching: float = TOUCHING,
    overlapping: float = OVERLAPPING,
    touch: tuple[float, float] = TOUCH,
) -> Number:
    """Write digits of one writer side by side.

    Args:
        drawings: the digits, from left to right.
        rng: of the sizes, gaps and slants.
        pen: the width of the pen as a share of the height of a digit; by default any in `PENS`.
        touching: the share of neighbours that touch, 0 to 1.
        overlapping: the share of neighbours whose boxes overlap without touching, 0 to 1.
        touch: where the middles of strokes that touch lie apart, in widths of the pen: from 0,
            where they would lie on each other, to 1, where they just touch.
    """
    pen = pen if pen is not None else rng.uniform(*PENS)
    usual = float(np.median([_height(drawing.strokes) for drawing in drawings]))
    slope, lean = rng.normal(0, 0.04), rng.normal(0, 0.08)
    written: list[list[np.ndarray]] = []
    for drawing in drawings:
        digit = _in_place(drawing.strokes, usual, lean, rng)
        if written:
            # Neighbours as they really lie: the one before has already been shifted.
            shift = _clearance(written[-1], digit, touching, overlapping, pen, touch, rng)
            digit = _shifted(digit, shift)
        written.append(digit)
    on_slope = [
        [(stroke + (0, slope * stroke[:, :1].mean())).astype(np.float32) for stroke in digit]
        for digit in written
    ]
    return Number(tuple(drawing.digit for drawing in drawings), on_slope, pen)


def numbers(
    drawings: Sequence[Drawing],
    count: int,
    lengths: Sequence[int],
    *,
    seed: int = 0,
    touching: float = TOUCHING,
    overlapping: float = OVERLAPPING,
) -> list[Number]:
    """Compose `count` numbers, each of the digits of one writer.

    Args:
        drawings: of any number of writers.
        lengths: how many digits a number may have; each length is equally likely.
        touching, overlapping: see `compose`.
    """
    rng = np.random.default_rng(seed)
    writers = by_writer(drawings)

    def one() -> Number:
        own = writers[rng.integers(len(writers))]
        chosen = [own[i] for i in rng.integers(len(own), size=rng.choice(lengths))]
        return compose(chosen, rng, touching=touching, overlapping=overlapping)

    return [one() for _ in range(count)]


def of_one_hand(
    writers: list[list[Drawing]], length: int, rng: np.random.Generator
) -> list[Drawing]:
    """Choose digits of one of the writers, or in every second case invent them.

    Args:
        writers: the drawings of each; without any, all digits are invented.
    """
    if writers and rng.random() < 0.5:
        own = writers[rng.integers(len(writers))]
        return [own[i] for i in rng.integers(len(own), size=length)]
    return invented(length, rng)


def invented(length: int, rng: np.random.Generator) -> list[Drawing]:
    """Invent digits of one hand in the forms of `digits.data.digit_forms`: as drawings to compose.

    A hand keeps to one form of each digit.
    """
    hand = int(rng.integers(2**31))
    drawings = []
    for digit in rng.integers(10, size=length):
        form = synthetic_strokes(int(digit), np.random.default_rng([hand, int(digit)]))
        drawings.append(Drawing(vary(form, rng, 0.6), int(digit), hand))
    return drawings


def draw_digits(number: Number, height: float, *, margin: float = 0.05) -> list[np.ndarray]:
    """Draw each digit of a number by itself, at its place in a picture of the whole number.

    Args:
        height: of a usual digit, pixels.
        margin: around the number, as a share of that height.

    Returns:
        For each digit its ink: (H, W) float32 in [0, 1], 1 is ink; all of the same size.
    """
    around = number.pen / 2 + margin
    low, high = bounds(number.all_strokes)
    corner = low - around
    width, rows = np.ceil((high + around - corner) * height).astype(int).tolist()
    inks = []
    for digit in number.strokes:
        image = Image.new("L", (width, rows))
        pen = ImageDraw.Draw(image)
        for stroke in digit:
            draw_stroke(pen, (stroke - corner) * height, number.pen * height)
        inks.append(np.asarray(image, np.float32) / 255)
    return inks


def _height(strokes: Strokes) -> float:
    low, high = bounds(strokes)
    return max(float(high[1] - low[1]), 0.5 * float(high[0] - low[0]), 1e-6)


def _in_place(
    strokes: Strokes, usual: float, lean: float, rng: np.random.Generator
) -> list[np.ndarray]:
    """The digit with its left end at 0 and about its middle at height 0, scaled to a height of 1.

    Half of the differences in height that the writer made in the boxes remain.
    """
    height = _height(strokes)
    scale = (height / usual) ** 0.5 / height * np.exp(rng.normal(0, 0.05))
    low, high = bounds(strokes)
    origin = np.array([low[0], (low[1] + high[1]) / 2])
    lift = rng.normal(0, 0.04)
    placed = [(stroke - origin) * scale + (0, lift) for stroke in strokes]
    leaning = [stroke - np.stack([lean * stroke[:, 1], 0 * stroke[:, 1]], 1) for stroke in placed]
    return _shifted(leaning, -bounds(leaning)[0][0])


def _shifted(strokes: Strokes, right: float) -> list[np.ndarray]:
    return [stroke + (right, 0) for stroke in strokes]


def _clearance(
    before: Strokes,
    digit: Strokes,
    touching: float,
    overlapping: float,
    pen: float,
    touch: tuple[float, float],
    rng: np.random.Generator,
) -> float:
    """How far to the right a digit has to be shifted to stand beside the one before it."""
    # The shift at which the middles of the strokes would meet, in any row.
    meeting = _meeting(before, digit, pen)
    chance = rng.random()
    if chance < touching:
        return meeting + pen * rng.uniform(*touch)
    apart = meeting + pen + SMALLEST_GAP
    if chance < touching + overlapping:
        return apart + rng.uniform(0, 0.06)
    side_by_side = bounds(before)[1][0] + pen + max(rng.normal(GAP, GAP_SPREAD), SMALLEST_GAP)
    return max(side_by_side, apart)


def _meeting(before: Strokes, digit: Strokes, pen: float) -> float:
    left, right = _dense(before), _dense(digit)
    rows = np.round(np.concatenate([left, right])[:, 1] * ROWS).astype(int)
    lowest, count = rows.min(), int(np.ptp(rows)) + 1
    ends = np.full(count, -np.inf)
    np.maximum.at(ends, rows[: len(left)] - lowest, left[:, 0])
    starts = np.full(count, np.inf)
    np.minimum.at(starts, rows[len(left) :] - lowest, right[:, 0])
    # A round pen also meets ink a little above and below.
    reach = max(1, round(pen * ROWS / 2))
    near = np.stack([np.roll(np.pad(ends, reach, constant_values=-np.inf), step)
                     for step in range(-reach, reach + 1)]).max(0)[reach:-reach]  # fmt: skip
    gaps = near - starts
    met = gaps[np.isfinite(gaps)]
    return float(met.max()) if met.size else float(bounds(before)[1][0])


def _dense(strokes: Strokes) -> np.ndarray:
    """Points along the strokes that are never farther apart than a row: (N, 2)."""
    parts = []
    for stroke in strokes:
        parts.append(stroke[:1])
        for start, end in zip(stroke[:-1], stroke[1:], strict=True):
            steps = max(1, int(np.ceil(np.abs(end - start).max() * ROWS)))
            parts.append(start + np.linspace(0, 1, steps + 1)[1:, None] * (end - start))
    return np.concatenate(parts)


def paste(
    images: np.ndarray, rng: np.random.Generator, *, gap: tuple[float, float] = (-5, 16)
) -> list[np.ndarray]:
    """Paste digit images, such as MNIST's, side by side.

    Args:
        images: (N, 28, 28) float32 in [0, 1], 1 is ink.
        gap: the least and the most pixels between two boxes of ink; below 0 they overlap.

    Returns:
        For each digit its ink: (H, W) float32 in [0, 1]; all of the same size.
    """
    corners, right = [], 4.0
    for image in images:
        columns = np.flatnonzero(image.any(0))
        corners.append((int(right) - int(columns[0]), int(rng.integers(3, 8))))
        right = corners[-1][0] + int(columns[-1]) + 1 + rng.uniform(*gap)
    shift = max(0, -min(left for left, _ in corners))
    width = max(left for left, _ in corners) + shift + 32
    inks = [np.zeros((38, width), np.float32) for _ in images]
    for ink, image, (left, top) in zip(inks, images, corners, strict=True):
        ink[top : top + 28, left + shift : left + shift + 28] = image
    return inks
