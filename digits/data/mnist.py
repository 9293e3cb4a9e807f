"""Finds, downloads, verifies and splits MNIST, so that every figure is about the same images.

MNIST holds 70,000 handwritten digits as 8-bit images of 28×28 pixels: 60,000 training digits by
about 250 writers and 10,000 test digits by others. Half were written by employees of the US Census
Bureau, half by high-school students. Y. LeCun and C. Cortes hold the copyright; the license is
CC BY-SA 3.0. The download is 11 MB.
"""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from digits.data.splits import Split
from digits.errors import DataError

# SHA-256 of the raw bytes of each array, which do not depend on the compression of the file.
MNIST_SHA256 = {
    "x_train": "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    "y_train": "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    "x_test": "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    "y_test": "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
}
VALIDATION_SIZE = 5_000


class Mnist(NamedTuple):
    """MNIST in three parts: to train on, to choose by, and to report on once all is chosen."""

    train: Split
    validation: Split
    test: Split


def load_mnist(path: str | os.PathLike | None = None, *, seed: int = 0) -> Mnist:
    """Load MNIST as 55,000 training, 5,000 validation and 10,000 test digits.

    The file is taken from `path`, else from `$MNIST_PATH`, else from the Keras cache, into which
    `keras.datasets.mnist` downloads it when it is missing. If a path is given and wrong, that is
    an error: no other place is tried.

    Args:
        path: an `mnist.npz` with the arrays `x_train`, `y_train`, `x_test`, `y_test`.
        seed: decides which 5,000 of the 60,000 training digits are held out for validation,
            stratified by class. A seed always gives the same ones.

    Returns:
        `Mnist(train, validation, test)`, each a `Split` of x: (N, 28, 28) float32 in [0, 1],
        1 is ink, and y: (N,) uint8 from 0 to 9.

    Raises:
        DataError: there is neither a file nor a network, or the file is not exactly MNIST.

    Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", 1998.
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
    """Choose `size` of the labels, each class in proportion to its frequency: (N,) bool."""
    rng = np.random.default_rng(seed)
    shares = np.bincount(labels, minlength=10) * size / len(labels)
    counts = shares.astype(int)
    # What rounding down lost goes to the classes that lost most.
    counts[np.argsort(counts - shares)[: size - counts.sum()]] += 1
    chosen = np.zeros(len(labels), bool)
    for digit, count in enumerate(counts):
        chosen[rng.choice(np.flatnonzero(labels == digit), count, replace=False)] = True
    return chosen


def _cached_mnist() -> dict[str, np.ndarray]:
    """MNIST from the Keras cache; downloaded when it is missing or damaged."""
    home = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
    try:
        return _read_mnist(home / "datasets" / "mnist.npz")
    except DataError:
        pass
    import keras

    try:
        # Keras verifies the checksum of the cached file and downloads a damaged one again.
        (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    except Exception as error:  # urllib, zip and OS errors all mean that no data arrived
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
    except Exception as error:  # NumPy, zipfile and zlib each raise their own for a damaged file
        raise DataError(
            f"{path} is damaged or not an .npz file: delete it and download MNIST again"
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
