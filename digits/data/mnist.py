"""Finds, downloads, verifies and splits MNIST, so that every figure is about the same images.

MNIST holds 70,000 handwritten digits as 8-bit images of 28×28 pixels: 60,000 training digits by
about 250 writers and 10,000 test digits by others. Half were written by employees of the US Census
Bureau, half by high-school students. Y. LeCun and C. Cortes hold the copyright; the license is
CC BY-SA 3.0. The download is 11 MB.
"""

import hashlib
import os
from collections.abc import Container
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
# Of the bundled sample. It contains no test digits, so none of its arrays is called that.
SAMPLE_SHA256 = {
    "x_train": "01375637ee33a7dfac1a8185c8ac89c75c37d73d312ff3ab358eb49cac5d8e62",
    "y_train": "93b2ccf370391a255179dbf1f1f3423ada8d403e999e1da0bee609c7c433a14d",
    "x_held_out": "2e1037fb83ce193b81c0fcc8685c355c3135cba3533c1bd2d52a74c79c907a54",
    "y_held_out": "ce0abefc80c9e98b1028be234323c26b7fddc2721c1a9352019ce405f6e75522",
}
VALIDATION_SIZE = 5_000
SAMPLE_VALIDATION_SIZE = 500


class Mnist(NamedTuple):
    """MNIST in three parts: to train on, to choose by, and to report on once all is chosen."""

    train: Split
    validation: Split
    test: Split

    @property
    def name(self) -> str:
        """What to call these data beside a figure."""
        return "MNIST"

    @property
    def test_name(self) -> str:
        """What to call the third part beside a figure."""
        return "MNIST test"


class MnistSample(Mnist):
    """The bundled sample; its third part is held out of MNIST's *training* digits.

    It stands in for the test digits where code is tried out. No figure about it is one about
    MNIST's test digits, so it has names of its own.
    """

    __slots__ = ()

    @property
    def name(self) -> str:
        """What to call these data beside a figure."""
        return "MNIST sample"

    @property
    def test_name(self) -> str:
        """What to call the third part beside a figure."""
        return "MNIST sample, held out"


def load_mnist(path: str | os.PathLike | None = None, *, seed: int = 0) -> Mnist:
    """Load MNIST as 55,000 training, 5,000 validation and 10,000 test digits.

    The file is taken from `path`, else from `$MNIST_PATH`, else from the Keras cache, into which
    `keras.datasets.mnist` downloads it when it is missing. If a path is given and wrong, that is
    an error: no other place is tried.

    Args:
        path: an `mnist.npz` with the arrays `x_train`, `y_train`, `x_test`, `y_test`; or
            `digits.data.sample.MNIST`, the bundled sample.
        seed: decides which 5,000 of the 60,000 training digits are held out for validation,
            stratified by class. A seed always gives the same ones.

    Returns:
        `Mnist(train, validation, test)`, each a `Split` of x: (N, 28, 28) float32 in [0, 1],
        1 is ink, and y: (N,) uint8 from 0 to 9. The bundled sample gives a `MnistSample` with
        2,000, 500 and 500 digits, all of them from MNIST's training digits.

    Raises:
        DataError: there is neither a file nor a network, or the file is not exactly MNIST.

    Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", 1998.
    """
    named = path or os.environ.get("MNIST_PATH")
    arrays = _read_mnist(Path(named).expanduser()) if named else _cached_mnist()
    is_sample = "x_held_out" in arrays
    size = SAMPLE_VALIDATION_SIZE if is_sample else VALIDATION_SIZE
    chosen = _stratified(arrays["y_train"], size, seed)
    x, y = _scale(arrays["x_train"]), arrays["y_train"]
    third = "held_out" if is_sample else "test"
    return (MnistSample if is_sample else Mnist)(
        train=Split(x[~chosen], y[~chosen]),
        validation=Split(x[chosen], y[chosen]),
        test=Split(_scale(arrays[f"x_{third}"]), arrays[f"y_{third}"]),
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
            arrays = {name: file[name] for name in _expected(file)}
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


def _expected(names: Container[str]) -> dict[str, str]:
    """The sha256 of each array that a file must hold; only the sample has `x_held_out`."""
    return SAMPLE_SHA256 if "x_held_out" in names else MNIST_SHA256


def _verified(arrays: dict[str, np.ndarray], origin: str) -> dict[str, np.ndarray]:
    expected = _expected(arrays)
    for name, checksum in expected.items():
        if hashlib.sha256(np.ascontiguousarray(arrays[name]).tobytes()).hexdigest() != checksum:
            if expected is SAMPLE_SHA256:
                raise DataError(
                    f"{origin} is not the bundled sample of MNIST: its {name} differs; restore it "
                    "with git, or unset MNIST_PATH"
                )
            raise DataError(
                f"{origin} is not the original MNIST: its {name} differs; delete it and download "
                "MNIST again"
            )
    return arrays
