"""Images with their labels, as every data set here hands them out, and what can be done to any."""

import hashlib
from typing import NamedTuple

import numpy as np

from digits.errors import DataError, DigitsError
from digits.images.preprocessing import SIZE

LABELS = 11  # the ten digits, and one more for non-digits


class Split(NamedTuple):
    """Images and their labels, in the same order."""

    x: np.ndarray  # (N, 28, 28) float32 in [0, 1], 1 is ink
    y: np.ndarray  # (N,) uint8, 0 to 9, or 10 for a non-digit


def combine(*parts: Split) -> Split:
    """One split of all the parts, in their order."""
    return Split(
        np.concatenate([part.x for part in parts]), np.concatenate([part.y for part in parts])
    )


def sample(split: Split, count: int, *, seed: int = 0) -> Split:
    """Up to `count` images of a split, drawn at random without replacement."""
    count = min(count, len(split.y))
    chosen = np.random.default_rng(seed).choice(len(split.y), count, replace=False)
    return Split(split.x[chosen], split.y[chosen])


def check_digit_images(x: np.ndarray) -> np.ndarray:
    """Return digit images as (N, 28, 28) float32.

    Raises:
        DigitsError: they have another shape, hold no numbers, or values outside [0, 1].
    """
    x = np.asarray(x)
    if x.ndim != 3 or x.shape[1:] != (SIZE, SIZE):
        raise DigitsError(f"digit images have the shape (N, 28, 28); these have {x.shape}")
    if x.dtype.kind not in "buif":
        raise DigitsError(f"digit images hold numbers; these hold {x.dtype}")
    if len(x) and not (x.min() >= 0 and x.max() <= 1):  # NaN fails this too
        raise DigitsError(
            f"digit images hold values from 0 to 1; these run from {x.min():g} to {x.max():g}: "
            "divide them by their full range, or use predict"
        )
    return x.astype(np.float32, copy=False)


def check_split(split: Split) -> Split:
    """Return a split that is fit to train or measure on.

    Raises:
        DigitsError: its images are refused by `check_digit_images`.
        DataError: its labels are not one whole number from 0 to 10 for each image.
    """
    x, y = check_digit_images(split.x), np.asarray(split.y)
    if y.shape != (len(x),):
        raise DataError(f"labels have the shape ({len(x)},), one for each image; not {y.shape}")
    if y.dtype.kind not in "bui" or (len(y) and not (y.min() >= 0 and y.max() < LABELS)):
        raise DataError("labels are whole numbers: 0 to 9, or 10 for a non-digit")
    return Split(x, y)


def as_bytes(x: np.ndarray) -> np.ndarray:
    """Digit images as uint8, 0 to 255: a quarter of the memory, and exact for images of bytes."""
    pixels = np.empty(x.shape, np.uint8)
    # Slice by slice, or the floats on the way would take as much memory again.
    for start in range(0, len(x), 10_000):
        part = slice(start, start + 10_000)
        pixels[part] = np.rint(x[part] * 255)
    return pixels


def fingerprint(*splits: Split) -> str:
    """The sha256 of all images (as bytes) and labels, in their order, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for split in splits:
        digest.update(as_bytes(split.x).tobytes())
        digest.update(np.asarray(split.y, np.uint8).tobytes())
    return digest.hexdigest()
