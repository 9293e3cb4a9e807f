"""Decodes any picture, a file, a PIL image or an array, into pixels of one kind."""

import os
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from digits.errors import ImageError

# The kinds of files that Pillow reads by itself: for some others it starts other programs.
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")


MAX_PIXELS = 80_000_000  # of a file: unpacked, more would fill the memory of a small machine


LARGEST = 4096  # pixels a side: larger files are shrunk as they are read


Picture = str | os.PathLike | Image.Image | np.ndarray


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
