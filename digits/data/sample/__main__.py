"""Makes the bundled sample from the full data: `python -m digits.data.sample [FOLDER]`."""

import argparse
import gzip
import hashlib
import io
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

from digits.data import sample
from digits.data.mnist import MnistSample, load_mnist
from digits.data.pen_digits import PenDigitsSample, load_pendigits
from digits.errors import DataError, DigitsError
from digits.files import replace_file

SEED = 0
TRAINING, HELD_OUT = 2_500, 500  # MNIST images
# How often each writer's every digit is taken, by file. Writers 29 and 30 and the 14 test writers
# are left out: what is published about them is measured on the full data alone.
DRAWINGS = {
    "pendigits-sample.training": {writer: 4 for writer in range(1, 25)} | {25: 14, 26: 14},
    "pendigits-sample.held-out": {27: 14, 28: 14},
}


def mnist_sample() -> dict[str, np.ndarray]:
    """Draw 3,000 of MNIST's training digits.

    They come from the 5,000 that `load_mnist(seed=0)` sets aside for validation: the bundled
    model was not trained on them.

    Returns:
        `x_train` (2500, 28, 28) and `x_held_out` (500, 28, 28), uint8 from 0 to 255, 255 is ink;
        `y_train` and `y_held_out`, uint8 from 0 to 9.
    """
    mnist = load_mnist()
    if isinstance(mnist, MnistSample):
        raise DataError("MNIST_PATH names the sample, which is made from the full data: unset it")
    x, y = mnist.validation
    drawn = np.random.default_rng(SEED).permutation(len(y))[: TRAINING + HELD_OUT]
    arrays = {}
    for name, chosen in (("train", drawn[:TRAINING]), ("held_out", drawn[TRAINING:])):
        arrays[f"x_{name}"] = np.rint(x[chosen] * 255).astype(np.uint8)
        arrays[f"y_{name}"] = y[chosen]
    return arrays


def pen_sample() -> dict[str, str]:
    """Draw digits of writers 1 to 28: UNIPEN texts by the name of their file."""
    texts = load_pendigits()
    if isinstance(texts, PenDigitsSample):
        raise DataError(
            "PENDIGITS_PATH names the sample, which is made from the full data: unset it"
        )
    head, *segments = re.split(r"^(?=\.SEGMENT)", texts.train, flags=re.MULTILINE)
    shuffled = np.random.default_rng(SEED).permutation(len(segments))
    sample_texts = {}
    for name, quotas in DRAWINGS.items():
        left = {(digit, writer): quotas[writer] for writer in quotas for digit in range(10)}
        chosen = []
        for index in shuffled:
            comments = re.findall(r"^\.COMMENT +(\d+) +(\d+)", segments[index], re.MULTILINE)
            digit, writer = comments[0]
            key = (int(digit), int(writer))
            if left.get(key, 0):
                left[key] -= 1
                chosen.append(index)
        sample_texts[name] = head + "".join(segments[index] for index in sorted(chosen))
    return sample_texts


def main(argv: list[str] | None = None) -> int:
    """Write the sample and print its checksums, which the loaders compare; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m digits.data.sample", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=sample.FOLDER)
    folder = parser.parse_args(argv).folder
    arrays: dict[str, Any] = mnist_sample()
    texts = pen_sample()
    folder.mkdir(parents=True, exist_ok=True)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    replace_file(folder / sample.MNIST.name, file.getvalue())
    for name, array in arrays.items():
        print(name, hashlib.sha256(array.tobytes()).hexdigest())
    for name, text in texts.items():
        replace_file(folder / f"{name}.gz", gzip.compress(text.encode("ascii"), mtime=0))
        print(name, hashlib.sha256(text.encode("ascii")).hexdigest())
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DigitsError as error:
        sys.exit(f"error: {error}")
