"""Decodes any picture, a file, a PIL image or an array, into pixels of one kind.

What counts as white is decided here, and nowhere else: the full scale of the picture's type.
"""

import io
import os
import stat
import warnings
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps

from digits.errors import ImageError
from digits.images.limits import FORMATS, MAX_BYTES, TOO_LARGE, check_parts, check_pixels
from digits.images.shrinking import draft, largest, shrink, shrinks_by

DRAWING = 640  # pixels: a picture of this side or less may be a drawing from the page
ORIENTATION = ExifTags.Base.Orientation

# Pillow warns of damage that does not keep it from reading a picture, such as in EXIF data. The
# filter is set once, because filters set for a while belong to all threads.
warnings.filterwarnings("ignore", module="PIL")

Picture = str | os.PathLike | Image.Image | np.ndarray


def to_colours(picture: Picture) -> np.ndarray:
    """Read any picture as floats, without transparency.

    Values are divided by the full scale of their type:

    - bool, and any integer type in an array of one channel that holds only 0 and 1: a mask, whose
      full scale is 1. An array of colours with such values, and a file or PIL image with them,
      is an almost black picture and stays one.
    - uint8: 255.
    - uint16: 65,535 in either byte order, whatever the largest value is.
    - other integer types: 255 where no value exceeds it, else 65,535 or the largest value.
    - floats of any width: 1, or -1 to 1 where values are negative; where values exceed 1, as for
      other integer types.

    Args:
        picture: a file path, a PIL image of any mode, or an array (H, W), (H, W, 1) grey,
            (H, W, 2) grey and alpha, (H, W, 3) RGB or (H, W, 4) RGBA. Files are turned by their
            EXIF orientation; PIL images are taken as they are.

    Returns:
        (H, W, 1 or 3) float32 in [0, 1]; one channel may stand for three equal ones. Files, PIL
            images and uint8 arrays with a side of more than 2,560 pixels, or 1,600 with
            transparency, are shrunk to at most that (see `digits.images.shrinking`).

    Raises:
        ImageError: the picture cannot be read as one.
    """
    if isinstance(picture, str | os.PathLike):
        picture = open_image(picture)
    array = _pixels(picture) if isinstance(picture, Image.Image) else _unmasked(np.asarray(picture))
    if array.dtype.kind not in "buif":
        raise ImageError(f"a picture must hold numbers, this array holds {array.dtype.name}")
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 2, 3, 4) or 0 in array.shape:
        raise ImageError(
            f"a picture has the shape (H, W), or (H, W, channels) with 1 to 4 channels; this one "
            f"has {array.shape if isinstance(picture, Image.Image) else np.shape(picture)}"
        )
    if array.dtype == np.uint8 and max(array.shape[:2]) > largest(array.shape[2] in (2, 4)):
        array = _pixels(Image.fromarray(array[:, :, 0] if array.shape[2] == 1 else array))
        array = array.reshape(*array.shape[:2], -1)
    values = _unit_range(array)
    if values.shape[2] in (1, 3):
        return values
    return _without_alpha(values[:, :, :-1], values[:, :, -1])


def open_image(path: str | os.PathLike) -> Image.Image:
    """Open a picture file, fully decoded and turned by its EXIF orientation.

    A file with a side of more than 2,560 pixels, or of more than 1,600 with transparency, comes out
    shrunk to at most that, in a mode with plain channels; any other keeps its size and mode.

    Raises:
        ImageError: the file is missing, is no picture or a damaged one, or is too large (see
            `digits.images.limits`).
    """
    path = Path(path)
    try:
        data = _contents(path)
        check_parts(data)
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            check_pixels(image, len(data))
            large = shrinks_by(image) > 1
            draft(image)
            image.load()
            if not large:
                return ImageOps.exif_transpose(image)
            # Turned once it is small: turning makes a copy.
            small = shrink(image)
            small.getexif()[ORIENTATION] = image.getexif().get(ORIENTATION, 1)
            return ImageOps.exif_transpose(small)
    except ImageError as error:
        raise ImageError(f"{path} {error}") from None
    except Image.DecompressionBombError:  # so large that Pillow itself does not open it
        raise ImageError(f"{path} {TOO_LARGE}") from None
    except FileNotFoundError as error:
        raise ImageError(f"there is no file {path}: check the name") from error
    except Exception as error:  # PIL's decoders raise many kinds for a broken file
        raise ImageError(
            f"{path} is not a readable picture, or is damaged: use a PNG or JPEG file"
        ) from error


def _contents(path: Path) -> bytes:
    """The bytes of a picture file."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise ImageError("is a folder: name the picture files in it")
    if not stat.S_ISREG(status.st_mode):  # reading a pipe could wait for ever
        raise ImageError("is not a regular file: name a picture file")
    if status.st_size > MAX_BYTES:
        raise ImageError(
            f"has {status.st_size / 1e6:.0f} MB: at most {MAX_BYTES / 1e6:.0f} MB are read"
        )
    return path.read_bytes()


def _pixels(image: Image.Image) -> np.ndarray:
    """The pixels of a PIL image: (H, W) grey, or (H, W, 2 to 4) channels."""
    try:
        image = shrink(image)
        return np.asarray(image) if image.mode not in ("RGB", "RGBA") else _telling(image)
    except Exception as error:  # a mode Pillow cannot convert, or a damaged file opened lazily
        raise ImageError(
            f"this PIL image (mode {image.mode}) is damaged or cannot be converted: save it as a "
            "PNG file, or convert it to RGB"
        ) from error


def _telling(image: Image.Image) -> np.ndarray:
    """The channels of an RGB or RGBA image without those that tell nothing.

    Browsers send drawings in black and white as opaque RGBA, and one channel of four is enough.
    """
    red, green, blue, *alpha = image.split()
    # Pillow's own getextrema() takes four times as long.
    if alpha and alpha[0].tobytes() == bytes([255]) * (image.width * image.height):
        alpha = []
    # Large pictures keep their three channels: OpenCV rounds otherwise when it halves only one.
    if max(image.size) <= DRAWING and red.tobytes() == green.tobytes() == blue.tobytes():
        return np.asarray(Image.merge("LA", (red, *alpha)) if alpha else red)
    return np.asarray(image if alpha else image.convert("RGB"))


def _unmasked(array: np.ndarray) -> np.ndarray:
    """A mask of integers as bool; any other array as it is."""
    one_channel = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 1)
    if array.dtype.kind not in "iu" or not one_channel or not array.size:
        return array
    return array.astype(bool) if array.min() >= 0 and array.max() <= 1 else array


def _unit_range(array: np.ndarray) -> np.ndarray:
    """Scale pixel values to [0, 1] float32 by the full scale of their type (see `to_colours`)."""
    if array.dtype == np.uint8:
        return array / np.float32(255)
    with np.errstate(over="ignore"):  # what exceeds float32 becomes infinite, and is refused
        values = array.astype(np.float32, copy=False)
    if array.dtype.kind == "b":
        return values
    low, high = values.min(), values.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ImageError("the picture has pixels that are not finite numbers (NaN or infinity)")
    if array.dtype.kind == "f" and -1 <= low < 0 and high <= 1:
        return (values + 1) / 2
    if low < 0:
        raise ImageError(
            f"pixel values must not be negative (or be from -1 to 1); the smallest is {low:g}"
        )
    if array.dtype.kind == "f" and high <= 1:
        return values
    sixteen_bits = array.dtype.kind == "u" and array.dtype.itemsize == 2
    full = 255 if high <= 255 and not sixteen_bits else max(65535, high)
    return values / np.float32(full)


def _without_alpha(colour: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Lay a transparent picture on the paper, white or black, that its ink stands out from most.

    Args:
        colour: (H, W, 1 or 3) float32 in [0, 1].
        alpha: (H, W) float32 in [0, 1].
    """
    laid = np.empty(colour.shape, np.float32)
    # Channel by channel: NumPy is slow where the last axis is as short as this.
    for channel in range(colour.shape[2]):
        np.multiply(colour[..., channel], alpha, out=laid[..., channel])
    weight = alpha.sum(dtype=float) * colour.shape[2]
    if not weight or laid.sum(dtype=float) < 0.5 * weight:
        clear = 1 - alpha
        for channel in range(colour.shape[2]):
            laid[..., channel] += clear
    return laid
