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
from digits.images.canvas import CANVAS, PEN_WIDTH, PEN_WIDTHS

SIZES = (0.35, 0.90)  # how much of the canvas people's digits fill
BRUSHES = (float(PEN_WIDTHS[0]), float(PEN_WIDTHS[-1]))  # pixels
Strokes = Sequence[np.ndarray]


class Drawing(NamedTuple):
    """One digit as it was written."""

    strokes: list[np.ndarray]  # each (K, 2) float32: x, y; y runs downwards
    digit: int  # 0 to 9
    writer: int  # the same number is the same hand


def parse_unipen(text: str) -> list[Drawing]:
    """Read the drawings of a UNIPEN text such as `digits.data.pen_digits.load_pendigits` returns.

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
    brush: float = PEN_WIDTH,
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
