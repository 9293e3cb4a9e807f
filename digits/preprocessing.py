"""Turns any picture of a digit into the 28×28 image MNIST would have made of it.

Networks that are 99 % right on MNIST fail on drawings because the drawing never becomes an MNIST
image. Here it does, in two steps: `to_ink` says where the pen touched, whatever the picture's
colours, and `to_digit_image` repeats the way MNIST was made. Everything that reads a digit, the
training too, goes through these two.
"""

import os
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from digits.errors import ImageError
from digits.photos import is_photo, photo_ink

SIZE = 28  # the side of a digit image
BOX = 20  # the digit itself is fitted into 20×20
MINIMUM_CONTRAST = 0.08  # a picture flatter than this (in full range) shows no ink
FAINT = 0.1  # ink below this is haze: it does not count for the bounding box
# The kinds of files that Pillow reads by itself: for some others it starts other programs.
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
MAX_PIXELS = 80_000_000  # of a file: unpacked, more would fill the memory of a small machine
LARGEST = 4096  # pixels a side: larger files are shrunk as they are read
Picture = str | os.PathLike | Image.Image | np.ndarray


def digit_image(picture: Picture) -> np.ndarray | None:
    """Turn a picture into a digit image.

    Args:
        picture: a file path, a PIL image of any mode, or an array (H, W), (H, W, 1) grey,
            (H, W, 2) grey and alpha, (H, W, 3) RGB or (H, W, 4) RGBA; any size from 1×1 up, dark
            on light or light on dark.

    Returns:
        (28, 28) float32 in [0, 1], 1 is ink; None when the picture shows no ink.

    Raises:
        ImageError: the picture cannot be read as one.
    """
    return to_digit_image(to_ink(picture))


def to_colours(picture: Picture) -> np.ndarray:
    """Read any picture as (H, W, 1 or 3) float32 in [0, 1], without transparency.

    Raises:
        ImageError: the picture cannot be read as one.
    """
    if isinstance(picture, str | os.PathLike):
        picture = open_image(picture)
    array = _array(picture) if isinstance(picture, Image.Image) else np.asarray(picture)
    if array.dtype == object or array.dtype.kind not in "buif":
        raise ImageError(f"a picture must hold numbers, this array holds {array.dtype}")
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 2, 3, 4) or 0 in array.shape:
        raise ImageError(
            f"a picture has the shape (H, W), or (H, W, channels) with 1 to 4 channels; this one "
            f"has {np.asarray(picture).shape}"
        )
    values = _unit_range(array)
    if values.shape[2] in (1, 3):
        return values
    return _without_alpha(values[:, :, :-1], values[:, :, -1:])


def to_ink(picture: Picture) -> np.ndarray:
    """Find where the pen touched, whatever the colours: float32 in [0, 1], 1 is ink.

    In a clean picture the paper's colour is the median along the border, because a digit covers a
    small part of the border even when it fills the picture; ink is what differs from the paper,
    so that polarity and colour need no guess. A photo of paper, which has no one colour, goes
    through `digits.photos`.

    Returns:
        (H, W) as in the picture, or the same shrunk or enlarged to a longer side of 640 where it
        is a photo; zero everywhere when there is no ink.

    Raises:
        ImageError: the picture cannot be read as one.
    """
    colours = to_colours(picture)
    if is_photo(colours):
        return photo_ink(colours)
    border = np.concatenate([colours[0], colours[-1], colours[1:-1, 0], colours[1:-1, -1]])
    paper = np.median(border, axis=0)
    ink = np.abs(colours - paper).max(axis=2)
    # What most of the border shows besides its colour is noise of the paper, no ink.
    noise = np.median(np.abs(border - paper).max(axis=1))
    ink = np.maximum(ink - 5 * noise, 0)
    strongest = ink.max()
    if strongest < MINIMUM_CONTRAST:
        return np.zeros(ink.shape, np.float32)
    return (ink / strongest).astype(np.float32)


def to_digit_image(ink: np.ndarray) -> np.ndarray | None:
    """Make a digit image of ink the way MNIST was made.

    The ink's bounding box is fitted into 20×20, its aspect kept, with anti-aliasing; the result
    is placed in 28×28 so that its centre of mass is at the centre.

    Args:
        ink: (H, W) float32 in [0, 1], 1 is ink.

    Returns:
        (28, 28) float32 in [0, 1]; None when there is no ink.

    Source: Y. LeCun et al., "Gradient-based learning applied to document recognition", 1998, and
    the MNIST page: "size normalized to fit in a 20x20 pixel box while preserving their aspect
    ratio [...] centered in a 28x28 image by computing the center of mass".
    """
    rows, columns = np.flatnonzero((ink > FAINT).any(1)), np.flatnonzero((ink > FAINT).any(0))
    if not rows.size:
        return None
    cropped = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = BOX / max(cropped.shape)
    height, width = (max(1, round(side * scale)) for side in cropped.shape)
    # A box filter averages exactly the pixels that fall together; enlarging wants no steps.
    method = Image.Resampling.BOX if scale <= 1 else Image.Resampling.BILINEAR
    fitted = np.asarray(Image.fromarray(cropped).resize((width, height), method))
    # Thin strokes come out pale; MNIST's digits reach full ink.
    fitted = fitted / fitted.max()
    top, left = (_placed(profile) for profile in (fitted.sum(1), fitted.sum(0)))
    image = np.zeros((SIZE, SIZE), np.float32)
    image[top : top + height, left : left + width] = fitted
    return image


def _placed(profile: np.ndarray) -> int:
    """Where a profile of up to 20 pixels starts in 28 so that its mass is centred."""
    centre = (profile * np.arange(len(profile))).sum() / profile.sum()
    # MNIST's digits have their centre of mass at pixel 14 (counted from 0), within rounding.
    start = int(np.floor(SIZE / 2 - centre + 0.5))
    return min(max(start, 0), SIZE - len(profile))


def _unit_range(array: np.ndarray) -> np.ndarray:
    """Scale pixel values to [0, 1] float32 by the full range of their kind."""
    if array.dtype.kind == "b":
        return array.astype(np.float32)
    values = array.astype(np.float32)
    if not np.isfinite(values).all():
        raise ImageError("the picture has pixels that are no finite numbers (NaN or infinity)")
    low, high = values.min(), values.max()
    if array.dtype.kind == "f" and -1 <= low < 0 and high <= 1:
        return (values + 1) / 2
    if low < 0:
        raise ImageError(f"pixel values run from 0 up (or from -1 to 1); the smallest is {low:g}")
    if array.dtype.kind == "f" and high <= 1:
        return values
    # Integers and large floats alike: the smallest usual full range that holds them.
    full = 255 if high <= 255 and array.dtype != np.uint16 else max(65535, high)
    return values / np.float32(full)


def _without_alpha(colour: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Lay a transparent picture on the paper that its opaque part stands out from most."""
    weight = alpha.sum()
    mean = (colour * alpha).sum() / (weight * colour.shape[2]) if weight else 0.0
    paper = 1.0 if mean < 0.5 else 0.0
    return colour * alpha + paper * (1 - alpha)


def open_image(path: str | os.PathLike) -> Image.Image:
    """Open a picture file, fully decoded and turned the way its camera was held.

    Raises:
        ImageError: no such file, no picture, a broken one, or one too large to open safely.
    """
    path = Path(path)
    try:
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            image.load()
            return ImageOps.exif_transpose(image)
    except FileNotFoundError as error:
        raise ImageError(f"there is no file {path}: check the name") from error
    except IsADirectoryError as error:
        raise ImageError(f"{path} is a folder: name the picture files in it") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(f"{path} is too large a picture: make it smaller first") from error
    except Exception as error:  # PIL's decoders raise many kinds for a broken file
        raise ImageError(
            f"{path} is no picture that can be read, or a damaged one: use a PNG or JPEG file"
        ) from error


def _array(image: Image.Image) -> np.ndarray:
    """The pixels of a PIL image: (H, W) grey or (H, W, 2 to 4) channels."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return np.asarray(image)
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        image = image.convert("RGBA")
    else:
        image = image.convert("L" if image.mode in ("1", "L") else "RGB")
    return np.asarray(image.reduce(-(-max(image.size) // LARGEST)))
