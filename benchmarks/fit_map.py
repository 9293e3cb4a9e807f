"""Fits the map of the Inside tab to a network: `python -m benchmarks.fit_map [--model MODEL]`.

Writes `digits/page/lesson/map.bin` and `map.png`. The points are validation digits, three in four
of them MNIST's and the others the validation writers'; the directions are found on training digits,
which no point is among. Run it again when the network has changed.
"""

import argparse
import io
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from PIL import Image

from digits.architectures import scores_layer
from digits.classifier import DigitClassifier
from digits.console import print_error
from digits.data.corpus import drawn_digits
from digits.data.mnist import load_mnist
from digits.data.pen_digits import load_pendigits
from digits.data.splits import Split, combine, sample
from digits.errors import DigitsError, ModelError
from digits.files import replace_file
from digits.images.preprocessing import SIZE
from digits.page.browser.scripts import digest
from digits.page.lesson import landscape
from digits.saving import weights_sha256

TO_FIT = 6000  # digits of each kind, to find the directions
MNIST_SHOWN, PEN_SHOWN = 150, 50  # points of each digit
SHADES = 16  # of grey in the pictures: 4 bits a pixel


def features_of(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """What the last layer weighs: (N, 28, 28) to (N, features), both float32.

    Raises:
        ModelError: the network has no dense layer at its end.
    """
    decision = scores_layer(model)
    if decision is None:
        raise ModelError("a map needs a network whose last layer is dense: choose another model")
    return keras.Model(model.inputs, decision.input).predict(images[..., None], 256, verbose=0)


def first(split: Split, count: int) -> Split:
    """The first `count` images of each digit."""
    chosen = np.concatenate([np.flatnonzero(split.y == digit)[:count] for digit in range(10)])
    return Split(split.x[chosen], split.y[chosen])


def pictures(images: np.ndarray) -> bytes:
    """All images on one sheet, as a PNG of 16 shades of grey: (N, 28, 28) float32 in [0, 1]."""
    rows = -(-len(images) // landscape.COLUMNS)
    sheet = np.zeros((rows * landscape.COLUMNS, SIZE, SIZE), np.uint8)
    sheet[: len(images)] = np.rint(images * (SHADES - 1))
    tiles = sheet.reshape(rows, landscape.COLUMNS, SIZE, SIZE).swapaxes(1, 2)
    picture = Image.fromarray(tiles.reshape(rows * SIZE, landscape.COLUMNS * SIZE), "P")
    picture.putpalette(
        [round(255 * shade / (SHADES - 1)) for shade in range(SHADES) for _ in range(3)]
    )
    content = io.BytesIO()
    picture.save(content, "PNG", bits=4, optimize=True)
    return content.getvalue()


def main(argv: list[str] | None = None) -> int:
    """Fit, print what the plane keeps, and write both files; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fit_map", description=__doc__)
    parser.add_argument("--model", help="a .keras file (default: the bundled model)")
    arguments = parser.parse_args(argv)
    try:
        model = DigitClassifier.load(arguments.model).model
        mnist, drawings = load_mnist(), load_pendigits().drawings()
        to_fit = combine(
            sample(mnist.train, TO_FIT), sample(drawn_digits(drawings.train, varied=False), TO_FIT)
        )
        drawn = drawn_digits(drawings.validation, varied=False)
        points = combine(first(mnist.validation, MNIST_SHOWN), first(drawn, PEN_SHOWN))
        points = sample(points, len(points.y))  # in a mixed order, so that no digit lies on top
        features = features_of(model, to_fit.x)
        matrix, offset = landscape.fit(features, to_fit.y)
        plane, kept = landscape.plane(features @ matrix + offset, to_fit.y)
        sheet = pictures(points.x)
        made = landscape.Landscape(
            weights=weights_sha256(model),
            pictures=digest(sheet),
            matrix=matrix,
            offset=offset,
            plane=plane,
            points=features_of(model, points.x) @ matrix + offset,
            labels=points.y,
            kept=kept,
        )
        content = landscape.written(made)
        replace_file(landscape.FILE, content)
        replace_file(landscape.PICTURES, sheet)
        print(f"{len(points.y):,} digits, {len(content) + len(sheet):,} bytes")
        print(f"the plane keeps {kept:.0%} of the spread between digits")
    except DigitsError as error:
        print_error(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
