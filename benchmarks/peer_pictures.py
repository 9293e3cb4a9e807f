"""Draws the pictures that digit readers read side by side, as PNG files.

Each is there twice, dark on light and light on dark, because readers ask for one or the other.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from digits.data.corpus import MEASURING_COPIES, MEASURING_SEED, measuring_drawings
from digits.data.non_digits import TEST_KINDS, VALIDATION_KINDS, draw_non_digit
from digits.data.numbers import Number, numbers
from digits.data.strokes import bounds, draw, draw_randomly
from digits.images.canvas import CANVAS
from digits.images.preprocessing import to_digit_image

DARK_ON_LIGHT, LIGHT_ON_DARK = "dark on light", "light on dark"
MOST = 10_000  # drawings
NUMBERS, LENGTH = 500, 4
NON_DIGITS = 2_000


class Pictures(NamedTuple):
    """PNG files, as folder/paper/group/number.png, and what they show."""

    folder: Path
    digits: list[int]  # of the groups "drawings" and "digit images"
    texts: list[str]  # of the group "numbers"

    def group(self, name: str, paper: str = DARK_ON_LIGHT) -> list[Path]:
        """The files of one group, in order."""
        return sorted((self.folder / paper / name).iterdir())


def make_pictures(folder: Path, *, validation: bool, most: int = MOST) -> Pictures:
    """Draw what is read: at most so many pictures of each group.

    The drawings are those of all benchmarks: each digit of the test or validation writers twice,
    at random places, sizes and brush widths, on canvases of 280×280 pixels. "digit images" are the
    same digits as this project prepares them for a network: 28×28 pixels, like MNIST.
    """

    def write(group: str, index: int, ink: np.ndarray) -> None:
        light = np.rint(ink * 255).astype(np.uint8)
        for paper, pixels in ((LIGHT_ON_DARK, light), (DARK_ON_LIGHT, 255 - light)):
            file = folder / paper / group / f"{index:05}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(file, compress_level=1)

    drawings = measuring_drawings(validation=validation)
    chosen = (drawings * MEASURING_COPIES)[:most]
    rng = np.random.default_rng(MEASURING_SEED)
    for index, drawing in enumerate(chosen):
        ink = draw_randomly(drawing.strokes, rng)
        write("drawings", index, ink)
        write("digit images", index, to_digit_image(ink))
    composed = numbers(drawings, min(NUMBERS, most), (LENGTH,), seed=MEASURING_SEED)
    for index, number in enumerate(composed):
        write("numbers", index, draw_number(number, rng))
    kinds = VALIDATION_KINDS if validation else TEST_KINDS
    for index in range(min(NON_DIGITS, most)):
        write("non-digits", index, draw_non_digit(kinds[index % len(kinds)], rng))
    return Pictures(
        folder, [drawing.digit for drawing in chosen], [number.text for number in composed]
    )


def draw_number(number: Number, rng: np.random.Generator) -> np.ndarray:
    """Draw a number at a random place and size on a canvas: (280, 280) float32 in [0, 1]."""
    size = rng.uniform(0.7, 0.95)
    low, high = bounds(number.all_strokes)
    pixels = size * CANVAS / (float((high - low).max()) + number.pen)  # per height of a digit
    return draw(
        number.all_strokes,
        size=size,
        brush=number.pen * pixels,
        centre=(rng.uniform(), rng.uniform()),
    )
