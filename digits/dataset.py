"""Finds, downloads, verifies and splits the data, so that every figure is about the same images."""

import gzip
import hashlib
import os
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import unlzw3

from digits.errors import DataError

# sha256 of the raw array bytes: the same whatever compression the file was written with.
MNIST_SHA256 = {
    "x_train": "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    "y_train": "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    "x_test": "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    "y_test": "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
}
VALIDATION_SIZE = 5_000


class Split(NamedTuple):
    """Images and their labels, in the same order."""

    x: np.ndarray  # (N, 28, 28) float32 in [0, 1], 1 is ink
    y: np.ndarray  # (N,) uint8, 0 to 9


class Mnist(NamedTuple):
    """MNIST in three parts: learn on the first, choose on the second, report on the third."""

    train: Split
    validation: Split
    test: Split


def load_mnist(path: str | os.PathLike | None = None, *, seed: int = 0) -> Mnist:
    """Load MNIST as 55,000 training, 5,000 validation and 10,000 test digits.

    Looks at `path`, then at `$MNIST_PATH`, then in Keras' cache, and at last downloads the file
    into that cache through `keras.datasets.mnist`. The first of the places that is named is the
    one that counts: a wrong path is an error, not a reason to look on.

    Args:
        path: an `mnist.npz` with the arrays `x_train`, `y_train`, `x_test`, `y_test`.
        seed: chooses which 5,000 of the 60,000 training digits are for validation; each class
            gives its share. The validation part of one seed never changes.

    Returns:
        `Mnist(train, validation, test)`, each a `Split` of x: (N, 28, 28) float32 in [0, 1],
        1 is ink, and y: (N,) uint8 from 0 to 9.

    Raises:
        DataError: no file and no network, or the file is not MNIST to the last byte.

    Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
    """
    named = path or os.environ.get("MNIST_PATH")
    arrays = _read_mnist(Path(named).expanduser()) if named else _cached_mnist()
    chosen = _stratified(arrays["y_train"], VALIDATION_SIZE, seed)
    x, y = _scale(arrays["x_train"]), arrays["y_train"]
    return Mnist(
        train=Split(x[~chosen], y[~chosen]),
        validation=Split(x[chosen], y[chosen]),
        test=Split(_scale(arrays["x_test"]), arrays["y_test"]),
    )


def _scale(images: np.ndarray) -> np.ndarray:
    return images.astype("float32") / 255


def _stratified(labels: np.ndarray, size: int, seed: int) -> np.ndarray:
    """(N,) bool that marks `size` of the labels, each class by its share of them all."""
    rng = np.random.default_rng(seed)
    shares = np.bincount(labels, minlength=10) * size / len(labels)
    counts = shares.astype(int)
    # The places lost to rounding down go to the classes that lost most.
    counts[np.argsort(counts - shares)[: size - counts.sum()]] += 1
    chosen = np.zeros(len(labels), bool)
    for digit, count in enumerate(counts):
        chosen[rng.choice(np.flatnonzero(labels == digit), count, replace=False)] = True
    return chosen


def _cached_mnist() -> dict[str, np.ndarray]:
    """MNIST from Keras' cache; downloaded when it is not there or was damaged on the way."""
    home = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
    try:
        return _read_mnist(home / "datasets" / "mnist.npz")
    except DataError:
        pass
    import keras

    try:
        # Keras compares the file's checksum first, so a damaged one is fetched again.
        (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    except Exception as error:  # urllib, zip and OS errors alike mean: no data came
        raise DataError(
            "MNIST is not on this machine and could not be downloaded: connect to the internet "
            "once, or set MNIST_PATH to an mnist.npz file"
        ) from error
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
    return _verified(arrays, "the downloaded MNIST")


def _read_mnist(path: Path) -> dict[str, np.ndarray]:
    if not path.is_file():
        raise DataError(
            f"there is no MNIST file at {path}: correct the path, or leave it out (and unset "
            "MNIST_PATH) to have MNIST downloaded"
        )
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in MNIST_SHA256}
    except KeyError as error:
        raise DataError(
            f"{path} is not MNIST: it has no array {error.args[0].split()[0]!r}; give an mnist.npz "
            "with x_train, y_train, x_test and y_test"
        ) from error
    except Exception as error:  # numpy, zipfile and zlib each have their own for a broken file
        raise DataError(
            f"{path} is damaged or is no .npz file: delete it and download MNIST again"
        ) from error
    return _verified(arrays, str(path))


def _verified(arrays: dict[str, np.ndarray], origin: str) -> dict[str, np.ndarray]:
    for name, expected in MNIST_SHA256.items():
        if hashlib.sha256(np.ascontiguousarray(arrays[name]).tobytes()).hexdigest() != expected:
            raise DataError(
                f"{origin} is not the original MNIST: its {name} differs; delete it and download "
                "MNIST again"
            )
    return arrays


PENDIGITS_URL = (
    "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
)
PENDIGITS_SHA256 = {  # of the uncompressed texts
    "pendigits-orig.tra": "a66225d68d7d68591e62944df1ad33b3f5aa608e2df2505844b41f5568a80da4",
    "pendigits-orig.tes": "ddb1c19e277a56c7ffe682cc024d6ab73696f9adcc1643ef9ed5aa753007e081",
}


class PenDigits(NamedTuple):
    """The pen strokes as UNIPEN text; `digits.pen.parse_unipen` makes drawings of it."""

    train: str  # 7,494 digits by 30 writers
    test: str  # 3,498 digits by 14 other writers


def load_pendigits(path: str | os.PathLike | None = None) -> PenDigits:
    """Load the pen strokes of 44 people writing digits, as UNIPEN text.

    Looks at `path`, then at `$PENDIGITS_PATH`, then in Keras' cache, and at last downloads the
    data set into that cache.

    Args:
        path: the zip of UCI data set 81, or a folder with `pendigits-orig.tra` and
            `pendigits-orig.tes`, plain or ending in `.gz` or `.Z`.

    Raises:
        DataError: no file and no network, or the files are not the original ones.

    Source: E. Alpaydin, F. Alimoglu, "Pen-Based Recognition of Handwritten Digits", UCI Machine
    Learning Repository, 1998, CC BY 4.0.
    """
    named = path or os.environ.get("PENDIGITS_PATH")
    if named:
        return _read_pendigits(Path(named).expanduser())
    found = _downloaded_pendigits()
    try:
        return _read_pendigits(found)
    except DataError:  # a download broken off earlier: fetch it once more
        return _read_pendigits(_downloaded_pendigits(again=True))


def _downloaded_pendigits(*, again: bool = False) -> Path:
    """The zip of the pen digits in Keras' cache; downloaded when it is not there, or `again`."""
    import keras

    try:
        return Path(keras.utils.get_file("pendigits.zip", PENDIGITS_URL, force_download=again))
    except Exception as error:  # urllib and OS errors alike mean: no data came
        raise DataError(
            "the pen digits are not on this machine and could not be downloaded: connect to the "
            "internet once, or set PENDIGITS_PATH to the zip of UCI data set 81"
        ) from error


def _read_pendigits(place: Path) -> PenDigits:
    texts = []
    for name, expected in PENDIGITS_SHA256.items():
        try:
            text = _read_compressed(place, name)
        except FileNotFoundError as error:
            raise DataError(
                f"there is no {name} (plain, .gz or .Z) in {place}: name the zip of UCI data set "
                "81 or the folder it was unpacked to"
            ) from error
        except Exception as error:  # zipfile, gzip, zlib and unlzw3 each have their own
            raise DataError(f"{place} is damaged: delete it and download it again") from error
        if hashlib.sha256(text).hexdigest() != expected:
            raise DataError(
                f"{name} in {place} is not the original: delete it and download it again"
            )
        texts.append(text.decode("ascii"))
    return PenDigits(*texts)


def _read_compressed(place: Path, name: str) -> bytes:
    """The bytes of `name` in a folder or zip, where it may end in .gz or .Z."""
    decoders = {"": bytes, ".gz": gzip.decompress, ".Z": unlzw3.unlzw}
    if place.is_dir():
        for ending, decode in decoders.items():
            if (file := place / (name + ending)).is_file():
                return decode(file.read_bytes())
    elif place.exists():
        with zipfile.ZipFile(place) as archive:
            for ending, decode in decoders.items():
                if name + ending in archive.namelist():
                    return decode(archive.read(name + ending))
    raise FileNotFoundError(name)
