"""Finds the ink of a whole page, and where it lies in the picture that was given.

A digit alone goes through `digits.images.preprocessing`. Of a page with many digits, all ink is
wanted, and the place of each digit in the picture's own pixels.
"""

from typing import NamedTuple, cast

import cv2
import numpy as np
from PIL import Image

from digits.images.cleaning import as_framed, is_spoiled
from digits.images.decoding import ORIENTATION, Picture, to_colours
from digits.images.numbers.pieces import Box
from digits.images.numbers.rows import at_a_glance
from digits.images.photos import PageInk, border_and_paper, is_photo, page_ink, photo_inks
from digits.images.preprocessing import SIZE, clean_ink, to_digit_image

LARGEST = 1600  # pixels: a page that is no photo is scaled to at most that


class Page:
    """The ink of all writing in a picture, which may be of many digits.

    Attributes:
        ink: (H, W) float32 in [0, 1], 1 is ink; a part of the picture, at a scale of its own.
        size: width and height of the picture in pixels, turned by its EXIF orientation if it is
            a file.
    """

    def __init__(self, picture: Picture) -> None:
        """Find the ink in any picture that `digits.images.decoding.to_colours` takes.

        Raises:
            ImageError: the picture cannot be read as one.
        """
        colours = to_colours(picture)
        height, width = colours.shape[:2]
        self.size = _size(picture)
        border, paper = border_and_paper(colours)
        if is_photo(colours, border, paper):
            self._found = page_ink(colours)
        else:
            ink = clean_ink(colours, border, paper)
            scale = max(1.0, max(width, height) / LARGEST)
            if scale > 1:
                size = (max(1, round(width / scale)), max(1, round(height / scale)))
                ink = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
            self._found = PageInk(ink, 0, 0, scale)
        self._shrunk = np.array(self.size) / (width, height)

    @property
    def ink(self) -> np.ndarray:
        """The ink, see above."""
        return self._found.ink

    def place(self, box: Box) -> Box:
        """Where a box of the ink lies in the picture: pixels of the picture."""
        corners = np.array(box, float).reshape(2, 2) * self._found.scale
        corners = (corners + (self._found.left, self._found.top)) * self._shrunk
        low, high = np.floor(corners[0]), np.ceil(corners[1])
        inside = np.concatenate([low, high]).clip(0, (*self.size, *self.size))
        return cast(Box, tuple(int(side) for side in inside))


class Row(NamedTuple):
    """What may be several digits, where one was expected."""

    image: np.ndarray  # (28, 28) float32 in [0, 1]: the digit image of all of it, or of one digit
    ink: np.ndarray  # (H, W) float32 in [0, 1]: all ink


def seen(picture: Picture) -> np.ndarray | Row | None:
    """The digit image of a picture; a row where it may be several digits, None without ink.

    Args:
        picture: as for `digits.images.preprocessing.digit_image`.

    Raises:
        ImageError: the picture cannot be read as one.
    """
    return seen_in(to_colours(picture))[1]


def seen_in(colours: np.ndarray) -> tuple[np.ndarray, np.ndarray | Row | None]:
    """The ink of one digit in a picture, and what `seen` makes of it.

    Args:
        colours: (H, W, 1 or 3) float32 in [0, 1].
    """
    border, paper = border_and_paper(colours)
    if is_photo(colours, border, paper):
        ink, writing = photo_inks(colours)
    else:
        ink = writing = clean_ink(colours, border, paper)
    if is_spoiled(colours):
        return ink, as_framed(colours, SIZE)
    image = to_digit_image(ink)
    if image is not None and any(at_a_glance(writing)):
        return ink, Row(image, writing)
    return ink, image


def _size(picture: Picture) -> tuple[int, int]:
    """Width and height of a picture that could be decoded."""
    if isinstance(picture, Image.Image):
        return picture.size
    if isinstance(picture, np.ndarray):
        return picture.shape[1], picture.shape[0]
    with Image.open(picture) as image:
        turned = image.getexif().get(ORIENTATION, 1) >= 5
        return image.size[::-1] if turned else image.size
