"""Varies pen strokes as if other people had written them, for more writers than the data have."""

import numpy as np

from digits.data.strokes import Strokes, bounds


def vary(strokes: Strokes, rng: np.random.Generator, amount: float = 1.0) -> list[np.ndarray]:
    """Vary strokes as if another person had written the same form.

    The proportions change: a larger head, a longer tail. Curves become tighter or wider, so loops
    close or open. The whole drawing is rotated, slanted, stretched and smoothly bent. Each stroke
    is moved and rotated a little, and starts or ends early or late. Now and then one is broken, as
    if the pen had skipped, or two are joined, as if it had not been lifted.

    Args:
        strokes: each (K, 2), x and y, y downwards, in any unit.
        rng: the source of randomness.
        amount: the strength of the variation, from 0 (hardly any) to 1 (another person's hand) and
            beyond.

    Returns:
        The varied strokes, each (K, 2) float32 in the same unit, centred on the origin. There may
        be one more or one fewer.
    """
    low, high = bounds(strokes)
    extent = max((high - low).max(), 1e-6)
    strokes = [(stroke - (low + high) / 2) / extent for stroke in strokes]
    strokes = [_bow(stroke, rng, amount) for stroke in _proportion(strokes, rng, amount)]

    turn, slant = rng.normal(0, 0.10 * amount), rng.normal(0, 0.18 * amount)
    stretch = np.exp(rng.normal(0, 0.16 * amount))
    whole = _turned(turn) @ np.array([[stretch, -slant], [0, 1 / stretch]])
    waves = [
        (rng.normal(0, 3.0, 2), rng.uniform(0, 6.28), rng.normal(0, 0.022 * amount, 2))
        for _ in range(4)
    ]
    varied = []
    for stroke in strokes:
        stroke = _trim(stroke, rng, amount)
        if len(strokes) > 1:
            middle = stroke.mean(0)
            askew = _turned(rng.normal(0, 0.05 * amount)) * np.exp(rng.normal(0, 0.05 * amount))
            stroke = (stroke - middle) @ askew.T + middle
        stroke = stroke @ whole.T + rng.normal(0, 0.02 * amount, 2)
        bend = sum(np.sin(stroke @ wave + phase)[:, None] * push for wave, phase, push in waves)
        varied.append(stroke + bend)
    varied = _break_or_join(varied, rng, amount)
    return [(stroke * extent).astype(np.float32) for stroke in varied]


def _turned(angle: float) -> np.ndarray:
    """The (2, 2) rotation matrix of an angle in radians."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def _proportion(
    strokes: list[np.ndarray], rng: np.random.Generator, amount: float
) -> list[np.ndarray]:
    """Enlarge one end of the drawing, or its middle, at the cost of the rest.

    Along each axis, positions from 0 to 1 are shifted by half a sine wave, along the height by a
    whole one too; never so far that two points would swap their order.
    """
    low, high = bounds(strokes)
    extent = np.maximum(high - low, 1e-6)
    to_an_end = np.clip(rng.normal(0, (0.12 * amount, 0.24 * amount)), -0.6, 0.6)
    to_the_middle = np.array([0, np.clip(rng.normal(0, 0.10 * amount), -0.3, 0.3)])

    def shifted(stroke: np.ndarray) -> np.ndarray:
        at = (stroke - low) / extent * np.pi
        at = at + to_an_end * np.sin(at) + to_the_middle * np.sin(2 * at) / 2
        return low + at / np.pi * extent

    return [shifted(stroke) for stroke in strokes]


def _bow(stroke: np.ndarray, rng: np.random.Generator, amount: float) -> np.ndarray:
    """Make the curves of a stroke tighter or wider by changing its direction along its length."""
    steps = np.diff(stroke, axis=0)
    lengths = np.hypot(*steps.T)
    length = lengths.sum()
    if len(stroke) < 6 or length < 1e-3:
        return stroke
    position = (np.cumsum(lengths) - lengths / 2) / length
    direction = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    mean = (direction * lengths).sum() / length
    turns = sum(
        rng.normal(0, 0.08 * amount) * np.sin(6.28 * waves * position + rng.uniform(0, 6.28))
        for waves in (0.5, 1, 2)
    )
    # Short strokes, such as bars and dots, stay nearly straight.
    direction = mean + (direction - mean) * (1 + rng.normal(0, 0.04 * amount))
    direction += turns * min(1, length)
    steps = lengths[:, None] * np.stack([np.cos(direction), np.sin(direction)], 1)
    bowed = np.concatenate([[[0, 0]], np.cumsum(steps, 0)])
    return bowed - bowed.mean(0) + stroke.mean(0)


def _trim(stroke: np.ndarray, rng: np.random.Generator, amount: float) -> np.ndarray:
    """Lengthen or shorten a stroke a little at its ends."""
    if len(stroke) < 4:
        return stroke
    stroke = stroke.copy()
    for end, inner in ((0, 2), (-1, -3)):
        direction = stroke[end] - stroke[inner]
        length = np.hypot(*direction)
        if length > 1e-6:
            stroke[end] = stroke[end] + direction / length * rng.normal(0, 0.02 * amount)
    cut = max(0, int(rng.normal(0, 0.03 * amount) * len(stroke)))
    return stroke[cut:] if rng.random() < 0.5 else stroke[: len(stroke) - cut]


def _break_or_join(
    strokes: list[np.ndarray], rng: np.random.Generator, amount: float
) -> list[np.ndarray]:
    """Rarely break a stroke where the pen skipped, or join two where it was not lifted."""
    chance = rng.random()
    if chance < 0.04 * amount:  # the pen skipped
        which = rng.integers(len(strokes))
        stroke = strokes[which]
        if len(stroke) > 12:
            gap = rng.integers(4, len(stroke) - 4)
            strokes = [*strokes[:which], stroke[:gap], stroke[gap + 1 :], *strokes[which + 1 :]]
    elif chance > 1 - 0.03 * amount and len(strokes) == 2:  # the pen was not lifted
        strokes = [np.concatenate(strokes)]
    return strokes
