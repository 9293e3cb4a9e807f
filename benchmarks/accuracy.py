"""Measures the accuracy of a model file: `python -m benchmarks.accuracy [MODEL]`.

The test data are MNIST's test images; the pen digits of the 14 test writers, drawn at random
places, sizes and brush widths; the same digits damaged in ways that are never trained on; and
non-digit images, of kinds that are never trained on and, for comparison, of letters that are.
`--validation` measures on the validation data instead: use it to make choices, and keep the test
data for the final figures.
`--update docs/figures.md models/mnist_model.json` also writes the table into these files.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np

from benchmarks import damage
from benchmarks.plain_ways import bounding_box_with_margin, reshape_canvas
from benchmarks.tables import markers, write_table
from digits.classifier import DigitClassifier
from digits.console import print_error
from digits.data.corpus import MEASURING_COPIES, MEASURING_SEED, measuring_drawings, non_digits
from digits.data.mnist import load_mnist
from digits.data.non_digits import TEST_KINDS, UNAMBIGUOUS_LETTERS, VALIDATION_KINDS
from digits.data.printed_text import TEST_FONTS, print_text
from digits.data.strokes import draw, random_placement
from digits.errors import DigitsError
from digits.images.preprocessing import to_digit_image
from digits.metrics import figures, rejection

ACCEPT = 0.97  # the share of digits accepted at the threshold that measures rejection
TABLE = "accuracy table"
START, END = markers(TABLE)


class Drawn(NamedTuple):
    """Drawn digits, how they were drawn, and three ways to preprocess them."""

    y: np.ndarray  # (N,)
    size: np.ndarray  # (N,) the drawing's longer side, as a fraction of the canvas
    brush: np.ndarray  # (N,) width, pixels
    x: np.ndarray  # (N, 28, 28) with this project's preprocessing
    reshaped: np.ndarray  # (N, 28, 28) the whole canvas, shrunk
    boxed: np.ndarray  # (N, 28, 28) the bounding box, with a margin


def drawn_test(validation: bool) -> Drawn:
    """Draw the test writers' digits, or the validation writers', on 280×280 canvases."""
    rng = np.random.default_rng(MEASURING_SEED)
    rows = []
    for drawing in measuring_drawings(validation=validation) * MEASURING_COPIES:
        placement = random_placement(rng)
        ink = draw(drawing.strokes, **placement)
        # Rounded to bytes, as `digits.data.corpus.drawn_to_measure` does for all others.
        seen = np.rint(to_digit_image(ink) * 255) / np.float32(255)
        images = (seen, reshape_canvas(ink), bounding_box_with_margin(ink))
        rows.append((drawing.digit, placement["size"], placement["brush"], *images))
    return Drawn(*(np.array(column) for column in zip(*rows, strict=True)))


def non_digit_groups(validation: bool) -> dict[str, np.ndarray]:
    """Non-digit images, (N, 28, 28), by group; a group's name says what is new to the network."""
    if validation:
        kinds = {
            group: [kind for kind in VALIDATION_KINDS if kind.startswith(group)]
            for group in ("letter", "sign")
        }
        return {
            f"{group}s held out for validation": non_digits(
                2000, kinds=chosen, seed=MEASURING_SEED
            ).x
            for group, chosen in kinds.items()
        }
    letters = [kind for kind in TEST_KINDS if kind.startswith("letter")]
    signs = [kind for kind in TEST_KINDS if kind.startswith("sign")]
    rng = np.random.default_rng(MEASURING_SEED)
    unseen = [kind[-1] for kind in letters]
    printed = [
        to_digit_image(print_text(letter, font, rng))
        for letter in unseen
        for font in TEST_FONTS
        for _ in range(30)
    ]
    trained = [kind for kind in UNAMBIGUOUS_LETTERS if kind not in letters]
    return {
        f"drawn letters never trained on ({' '.join(unseen)})": non_digits(
            2000, kinds=letters, seed=MEASURING_SEED
        ).x,
        f"these letters, printed in fonts never trained on ({', '.join(TEST_FONTS)})": np.stack(
            printed
        ),
        f"signs never trained on ({', '.join(kind[5:] for kind in signs)})": non_digits(
            2000, kinds=signs, seed=MEASURING_SEED
        ).x,
        "new drawings of other letters, most of them trained on": non_digits(
            2000, kinds=trained, seed=MEASURING_SEED
        ).x,
    }


def measure(classifier: DigitClassifier, validation: bool) -> dict[str, str]:
    """Measure a classifier; returns the rows of the table: metric and value, both as text."""
    mnist = load_mnist()
    digits = mnist.validation if validation else mnist.test
    drawn = drawn_test(validation)
    split = "validation" if validation else "test"
    on_mnist = classifier.probabilities(digits.x)
    measured = figures(on_mnist, digits.y)
    on_pen = classifier.probabilities(drawn.x)
    pen = figures(on_pen, drawn.y)
    rows = [
        (f"**MNIST {split}**, {measured['count']:,} images", _percent(measured["accuracy"])),
        (
            f"**Pen digits of the {split} writers**, {pen['count']:,} drawings",
            _percent(pen["accuracy"]),
        ),
        ("pen digits, canvas reshaped to 28×28", _accuracy(classifier, drawn.reshaped, drawn.y)),
        ("pen digits, bounding box with margin", _accuracy(classifier, drawn.boxed, drawn.y)),
    ]
    right = on_pen.argmax(1) == drawn.y
    for low, high in ((0.35, 0.5), (0.5, 0.7), (0.7, 0.9)):
        inside = (drawn.size >= low) & (drawn.size < high)
        name = f"pen digits filling {low:.0%} to {high:.0%} of the canvas"
        rows.append((name, _percent(right[inside].mean())))
    for low, high in ((10, 15), (15, 20), (20, 26)):
        inside = (drawn.brush >= low) & (drawn.brush < high)
        rows.append((f"pen digits, brush {low} to {high} px", _percent(right[inside].mean())))
    for digit in range(10):
        mnist_part, pen_part = (part["accuracy_by_digit"][digit] for part in (measured, pen))
        rows.append((f"digit {digit}: MNIST, pen", f"{_percent(mnist_part)}, {_percent(pen_part)}"))
    rows += [
        ("calibration error (15 bins), MNIST", _percent(measured["calibration_error"])),
        ("calibration error (15 bins), pen", _percent(pen["calibration_error"])),
    ]
    network, picture = damage.measure(classifier, validation)["mean of all damage"]
    rows.append(
        (
            f"damage never trained on, mean of {len(damage.FAMILIES)} families: as digit images; "
            "as pictures, by `predict`",
            f"{_percent(network)}; {_percent(picture)}",
        )
    )
    on_digits = np.concatenate([on_mnist.max(1), on_pen.max(1)])
    accepted = float((on_digits >= classifier.threshold).mean())
    rows.append(
        (f"digits accepted at the page's threshold ({classifier.threshold:g})", _percent(accepted))
    )
    for name, images in non_digit_groups(validation).items():
        on_non_digits = classifier.probabilities(images).max(1)
        rejected = rejection(on_digits, on_non_digits, ACCEPT)
        rows.append(
            (
                f"{name}: declined when {ACCEPT:.0%} of digits are accepted; AUROC; "
                "declined at the page's threshold",
                f"{_percent(rejected['declined'])}; {rejected['auroc']:.4f}; "
                f"{_percent((on_non_digits < classifier.threshold).mean())}",
            )
        )
    return dict(rows)


def markdown(rows: dict[str, str]) -> str:
    """The figures as a Markdown table."""
    lines = [f"| {what} | {value} |" for what, value in rows.items()]
    return "\n".join(["| metric | value |", "| --- | --- |", *lines])


def _accuracy(classifier: DigitClassifier, x: np.ndarray, y: np.ndarray) -> str:
    return _percent(classifier.evaluate(x, y)["accuracy"])


def _percent(share: float) -> str:
    return f"{share:.2%}"


def update(file: Path, rows: dict[str, str]) -> None:
    """Write the figures into a model card (.json), or between the two markers in a text file."""
    if file.suffix == ".json":
        card = json.loads(file.read_text(encoding="utf-8")) | {"benchmark": rows}
        file.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    else:
        write_table(file, TABLE, markdown(rows))


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and write it to the files of `--update`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("model", nargs="?", help="a .keras file (default: the bundled model)")
    parser.add_argument("--validation", action="store_true", help="measure on validation data")
    parser.add_argument(
        "--update",
        metavar="FILE",
        type=Path,
        nargs="+",
        default=[],
        help="also write the table into these files",
    )
    arguments = parser.parse_args(argv)
    try:
        rows = measure(DigitClassifier.load(arguments.model), arguments.validation)
        print(markdown(rows))
        for file in arguments.update:
            update(file, rows)
    except DigitsError as error:
        print_error(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
