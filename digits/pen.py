"""Pen strokes: reading them from UNIPEN text and drawing them as ink, as a person would.

A stroke is a (K, 2) float array of x and y, y downwards, in any unit; a drawing is a list of
strokes. Strokes carry more than a picture of them: the same digit can be drawn small or large,
with a fine pen or a broad one.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from digits.errors import DataError

CANVAS = 280  # pixels; the sketchpad's side
SIZES = (0.35, 0.90)  # how much of the canvas people's digits fill
BRUSHES = (10.0, 26.0)  # pixels; the sketchpad's pen widths
Strokes = Sequence[np.ndarray]


class Drawing(NamedTuple):
    """One digit as it was written."""

    strokes: list[np.ndarray]  # each (K, 2) float32: x, y; y runs downwards
    digit: int  # 0 to 9
    writer: int  # the same number is the same hand


def parse_unipen(text: str) -> list[Drawing]:
    """Read the drawings of a UNIPEN text such as `digits.dataset.load_pendigits` returns.

    In the text y runs upwards; here it runs downwards, as in pictures.

    Raises:
        DataError: the text is not of that form.
    """
    drawings: list[Drawing] = []
    points: list[tuple[float, float]] | None = None
    digit = -1
    try:
        for line in text.splitlines():
            if line.startswith(".SEGMENT"):
                digit = int(line.rsplit(maxsplit=1)[1].strip('"'))
            elif line.startswith(".COMMENT") and len(line.split()) == 4:
                drawings.append(Drawing([], digit, int(line.split()[2])))
            elif line.startswith(".PEN_DOWN"):
                points = []
            elif line.startswith(".PEN_UP"):
                if points:
                    drawings[-1].strokes.append(np.array(points, np.float32) * (1, -1))
                points = None
            elif points is not None and line.strip():
                x, y = line.split()
                points.append((float(x), float(y)))
    except (ValueError, IndexError) as error:
        raise DataError("this is no UNIPEN text of pen digits: download it again") from error
    return drawings


def split_by_writer(
    drawings: Iterable[Drawing], writers: Iterable[int]
) -> tuple[list[Drawing], list[Drawing]]:
    """Part drawings into (those of other writers, those of `writers`).

    Validation has to be by writer: one hand's digits on both sides would flatter the figure.
    """
    chosen = set(writers)
    parts: tuple[list[Drawing], list[Drawing]] = ([], [])
    for drawing in drawings:
        parts[drawing.writer in chosen].append(drawing)
    return parts


def bounds(strokes: Strokes) -> tuple[np.ndarray, np.ndarray]:
    """The least x and y of all points of the strokes, and the greatest."""
    points = np.concatenate(strokes)
    return points.min(0), points.max(0)


def draw(
    strokes: Strokes,
    *,
    canvas: int = CANVAS,
    size: float = 0.65,
    brush: float = 18.0,
    centre: tuple[float, float] | None = None,
) -> np.ndarray:
    """Draw strokes with a round brush.

    Args:
        strokes: each (K, 2), x and y, y downwards, in any unit.
        canvas: the picture's side in pixels.
        size: the longer side of the drawing, brush included, as a part of the canvas, 0 to 1.
        brush: the pen's width in pixels.
        centre: x and y of the drawing's middle as parts of the canvas, 0 to 1; moved as little
            as is needed to keep the drawing on the canvas. The middle by default.

    Returns:
        Ink: (canvas, canvas) float32 in [0, 1], 1 is ink.
    """
    low, high = bounds(strokes)
    extent = max((high - low).max(), 1e-6)
    scale = max(size * canvas - brush, 1.0) / extent
    half = (high - low) * scale / 2 + brush / 2
    middle = np.array(centre if centre is not None else (0.5, 0.5)) * canvas
    middle = np.clip(middle, np.minimum(half, canvas / 2), np.maximum(canvas - half, canvas / 2))

    image = Image.new("L", (canvas, canvas))
    pen = ImageDraw.Draw(image)
    radius = (brush - 1) / 2  # Pillow's ellipses take in the pixels at both ends
    for stroke in strokes:
        path = (stroke - (low + high) / 2) * scale + middle
        pen.line([tuple(point) for point in path], fill=255, width=round(brush))
        for x, y in path:  # the brush is round: no gaps at the joints, and a dot is a stroke too
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image, np.float32) / 255


def anyhow(rng: np.random.Generator) -> dict:
    """A random place, size and brush, as `draw` takes them: as people draw on a sketchpad.

    The digit fills 35 to 90 % of the canvas, and the brush is 10 to 26 pixels wide.
    """
    return {
        "size": rng.uniform(*SIZES),
        "brush": rng.uniform(*BRUSHES),
        "centre": tuple(rng.uniform(0, 1, 2)),
    }


def draw_anyhow(strokes: Strokes, rng: np.random.Generator) -> np.ndarray:
    """Draw strokes at a random place, size and brush: ink, (280, 280) float32 in [0, 1]."""
    return draw(strokes, **anyhow(rng))


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
