"""Turns any picture of a digit into a 28×28 image like those of MNIST.

Networks with 99 % accuracy on MNIST fail on drawings when a drawing is merely resized to 28×28
pixels. Here it becomes an MNIST image in two steps: `to_ink` finds where the pen touched, whatever
the picture's colours, and `to_digit_image` repeats how MNIST was made. Every digit that is read or
trained on goes through these two functions.
"""

import cv2
import numpy as np
from PIL import Image

from digits.images.cleaning import as_framed, is_spoiled, without_specks
from digits.images.decoding import Picture, to_colours
from digits.images.medians import median
from digits.images.photos import border_and_paper, distance, is_photo, photo_ink

SIZE = 28  # the side of a digit image
BOX = 20  # the digit itself is fitted into 20×20
MINIMUM_CONTRAST = 0.08  # of full scale; a picture with less contrast shows no ink
FAINT = 0.1  # ink fainter than this does not count for the bounding box


def digit_image(picture: Picture) -> np.ndarray | None:
    """Turn a picture into a digit image.

    A thumbnail that is full of noise or lines, so that nobody can tell where the digit's ink ends,
    is taken for a digit image as it is.

    Args:
        picture: a file path, a PIL image of any mode, or an array (H, W), (H, W, 1) grey,
            (H, W, 2) grey and alpha, (H, W, 3) RGB or (H, W, 4) RGBA; any size from 1×1 up, dark
            on light or light on dark. An array (H, W) or (H, W, 1) of bool, or of any integer
            type with no values but 0 and 1, is a mask; `digits.images.decoding.to_colours` says
            what is white in every other type.

    Returns:
        (28, 28) float32 in [0, 1], 1 is ink; None when the picture shows no ink.

    Raises:
        ImageError: the picture cannot be read as one.
    """
    colours = to_colours(picture)
    if is_spoiled(colours):
        return as_framed(colours, SIZE)
    return to_digit_image(_ink_of(colours))


def to_ink(picture: Picture) -> np.ndarray:
    """Find where the pen touched, whatever the colours.

    In a clean picture the colour of the paper is the median along the border: a digit covers only
    a small part of the border even when it fills the picture. Ink is what differs from the paper,
    so neither polarity nor colour has to be guessed. Specks much smaller than the pen is wide are
    dropped. Photos, whose paper has no single colour, go through `digits.images.photos`.

    Args:
        picture: as for `digit_image`.

    Returns:
        Ink: (H, W) float32 in [0, 1], 1 is ink; all zeros when there is none. The size is that of
        the picture; a photo is scaled to a longer side of 640 pixels, and another picture of more
        than 2,560, or 1,600 with transparency, is shrunk.

    Raises:
        ImageError: the picture cannot be read as one.
    """
    return _ink_of(to_colours(picture))


def _ink_of(colours: np.ndarray) -> np.ndarray:
    border, paper = border_and_paper(colours)
    if is_photo(colours, border, paper):
        return photo_ink(colours)
    return clean_ink(colours, border, paper)


def clean_ink(colours: np.ndarray, border: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """Find the ink in a picture that is no photo: what differs from the paper.

    Args:
        colours: (H, W, 1 or 3) float32 in [0, 1].
        border, paper: what `digits.images.photos.border_and_paper` makes of it.

    Returns:
        Ink: (H, W) float32 in [0, 1], 1 is ink.
    """
    ink = distance(colours, paper)
    # The usual deviation from the paper along the border is noise, not ink.
    if noise := median(distance(border, paper)):
        np.maximum(np.subtract(ink, 5 * noise, out=ink), 0, out=ink)
    strongest = ink.max()
    if strongest < MINIMUM_CONTRAST:
        return np.zeros(ink.shape, np.float32)
    return without_specks(np.divide(ink, strongest, out=ink), FAINT)


def to_digit_image(ink: np.ndarray) -> np.ndarray | None:
    """Turn ink into a digit image the way MNIST was made.

    The ink is cropped to its bounding box and scaled, with anti-aliasing and its aspect ratio
    kept, to fit into 20×20 pixels. The result is placed in 28×28 pixels by its centre of mass.

    Args:
        ink: (H, W) float32 in [0, 1], 1 is ink.

    Returns:
        (28, 28) float32 in [0, 1]; None when there is no ink.

    Source: Y. LeCun et al., "Gradient-based learning applied to document recognition", 1998, and
    the MNIST page: "size normalized to fit in a 20x20 pixel box while preserving their aspect
    ratio [...] centered in a 28x28 image by computing the center of mass".
    """
    x, y, columns, rows = cv2.boundingRect((ink > FAINT).view(np.uint8))
    if not rows:
        return None
    cropped = ink[y : y + rows, x : x + columns]
    scale = BOX / max(cropped.shape)
    height, width = (max(1, round(side * scale)) for side in cropped.shape)
    # A box filter averages exactly the pixels that become one; bilinear enlarges without steps.
    method = Image.Resampling.BOX if scale <= 1 else Image.Resampling.BILINEAR
    fitted = np.asarray(Image.fromarray(cropped).resize((width, height), method))
    # Thin strokes turn pale when averaged; digits in MNIST reach full ink.
    fitted = fitted / fitted.max()
    top, left = (_placed(profile) for profile in (fitted.sum(1), fitted.sum(0)))
    image = np.zeros((SIZE, SIZE), np.float32)
    image[top : top + height, left : left + width] = fitted
    return image


def _placed(profile: np.ndarray) -> int:
    """The offset at which a profile of up to 20 pixels has its centre of mass amid 28 pixels."""
    centre = (profile * np.arange(len(profile))).sum() / profile.sum()
    # In MNIST the centre of mass is at pixel 14 (counted from 0), up to rounding.
    start = int(np.floor(SIZE / 2 - centre + 0.5))
    return min(max(start, 0), SIZE - len(profile))
