"""Reads pen strokes from UNIPEN text and draws them as ink, the way people draw on the sketchpad.

A stroke is a (K, 2) float array of x and y, y downwards, in any unit; a drawing is a list of
strokes. Unlike a picture, strokes can be drawn at any size and with a pen of any width.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from digits.errors import DataError
from digits.images.canvas import CANVAS, PEN_WIDTH, PEN_WIDTHS
from digits.images.round_pen import draw_stroke

SIZES = (0.35, 0.90)  # the share of the canvas that digits fill
BRUSHES = (float(PEN_WIDTHS[0]), float(PEN_WIDTHS[-1]))  # pixels
Strokes = Sequence[np.ndarray]


class Drawing(NamedTuple):
    """One digit as it was written."""

    strokes: list[np.ndarray]  # each (K, 2) float32: x, y; y runs downwards
    digit: int  # 0 to 9
    writer: int  # who wrote it, counted from 1 in the training and in the test text


def parse_unipen(text: str) -> list[Drawing]:
    """Read the drawings in UNIPEN text such as `digits.data.pen_digits.load_pendigits` returns.

    In UNIPEN y runs upwards; in drawings it runs downwards, as in pictures.

    Raises:
        DataError: the text is not in that format.
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
        raise DataError("this is not a UNIPEN text of pen digits: download it again") from error
    return drawings


def split_by_writer(
    drawings: Iterable[Drawing], writers: Iterable[int]
) -> tuple[list[Drawing], list[Drawing]]:
    """Split drawings into (those of all other writers, those of `writers`).

    Training and validation data must not share writers: the accuracy on writers seen in training
    would be too optimistic.
    """
    chosen = set(writers)
    parts: tuple[list[Drawing], list[Drawing]] = ([], [])
    for drawing in drawings:
        parts[drawing.writer in chosen].append(drawing)
    return parts


def by_writer(drawings: Iterable[Drawing]) -> list[list[Drawing]]:
    """The drawings of each writer, the first writer's first."""
    found: dict[int, list[Drawing]] = {}
    for drawing in drawings:
        found.setdefault(drawing.writer, []).append(drawing)
    return list(found.values())


def bounds(strokes: Strokes) -> tuple[np.ndarray, np.ndarray]:
    """The smallest x and y of all points, and the largest: two arrays (2,)."""
    points = np.concatenate(strokes)
    return points.min(0), points.max(0)


def draw(
    strokes: Strokes,
    *,
    canvas: int = CANVAS,
    size: float = 0.65,
    brush: float = PEN_WIDTH,
    centre: tuple[float, float] | None = None,
) -> np.ndarray:
    """Draw strokes with a round brush.

    Args:
        strokes: each (K, 2), x and y, y downwards, in any unit.
        canvas: the side of the picture in pixels.
        size: the longer side of the drawing, with the brush, as a share of the canvas, 0 to 1.
        brush: the diameter of the brush in pixels.
        centre: x and y of the drawing's centre as shares of the canvas, 0 to 1; moved just far
            enough to keep the drawing on the canvas. By default the centre of the canvas.

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
    for stroke in strokes:
        draw_stroke(pen, (stroke - (low + high) / 2) * scale + middle, brush)
    return np.asarray(image, np.float32) / 255


def random_placement(rng: np.random.Generator) -> dict:
    """Choose a position, size and brush at random, as keyword arguments for `draw`.

    The drawing fills 35 to 90 % of the canvas, and the brush is 10 to 26 pixels wide.
    """
    return {
        "size": rng.uniform(*SIZES),
        "brush": rng.uniform(*BRUSHES),
        "centre": tuple(rng.uniform(0, 1, 2)),
    }


def draw_randomly(strokes: Strokes, rng: np.random.Generator) -> np.ndarray:
    """Draw strokes with a random position, size and brush: (280, 280) float32 in [0, 1]."""
    return draw(strokes, **random_placement(rng))
