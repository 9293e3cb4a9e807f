"""Writes pen strokes again in another hand, so that the network meets more writers than we have."""

import numpy as np

from digits.data.strokes import Strokes, bounds


def vary(strokes: Strokes, rng: np.random.Generator, amount: float = 1.0) -> list[np.ndarray]:
    """Write strokes again in another hand.

    The proportions change: a larger head or a longer tail; bows are drawn tighter or wider, so
    loops close or stay open. The drawing is turned, slanted and stretched as a whole and bent
    smoothly, as no hand is straight; each stroke is set down a little beside its place and
    askew, starts late or overshoots; some are broken where the pen skipped, some joined where it
    was not lifted.

    Args:
        strokes: each (K, 2), x and y, y downwards, in any unit.
        amount: how far from the original, 0 (hardly) to 1 and more (another person's).
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
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def _proportion(
    strokes: list[np.ndarray], rng: np.random.Generator, amount: float
) -> list[np.ndarray]:
    """Give more room to one end of the drawing, or to its middle, and less to the rest.

    Along each axis the places from 0 to 1 are shifted by half a wave, and along the height by a
    whole one too, never so far that two would change their order.
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
    """Draw a stroke's bows tighter or wider by turning its direction along the way."""
    steps = np.diff(stroke, axis=0)
    lengths = np.hypot(*steps.T)
    length = lengths.sum()
    if len(stroke) < 6 or length < 1e-3:
        return stroke
    way = (np.cumsum(lengths) - lengths / 2) / length
    direction = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    mean = (direction * lengths).sum() / length
    turns = sum(
        rng.normal(0, 0.08 * amount) * np.sin(6.28 * waves * way + rng.uniform(0, 6.28))
        for waves in (0.5, 1, 2)
    )
    # A short stroke, a bar or a dot, has no room for bows.
    direction = mean + (direction - mean) * (1 + rng.normal(0, 0.04 * amount))
    direction += turns * min(1, length)
    steps = lengths[:, None] * np.stack([np.cos(direction), np.sin(direction)], 1)
    bowed = np.concatenate([[[0, 0]], np.cumsum(steps, 0)])
    return bowed - bowed.mean(0) + stroke.mean(0)


def _trim(stroke: np.ndarray, rng: np.random.Generator, amount: float) -> np.ndarray:
    """Let a stroke start or end a little early or late."""
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
