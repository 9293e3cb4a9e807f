"""One table of how well a model file reads: `python -m benchmarks.accuracy [MODEL]`.

MNIST's test images, the pen digits of the 14 test writers drawn at random places, sizes and
brushes, and pictures that are no digits: of kinds that no training has seen, and for comparison
letters that it has. `--validation` measures on the parts that are there to choose by instead; the
test parts are for the end.
`--update docs/figures.md models/mnist_model.json` writes the table into these files as well.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np

from benchmarks.plain_ways import bounding_box_with_margin, reshape_canvas
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

ACCEPT = 0.97  # the share of digits accepted where rejection is measured
START, END = "<!-- accuracy table: start -->", "<!-- accuracy table: end -->"


class Drawn(NamedTuple):
    """Drawn digits, how they were drawn, and what three ways make of them."""

    y: np.ndarray  # (N,)
    size: np.ndarray  # (N,) part of the canvas
    brush: np.ndarray  # (N,) pixels
    x: np.ndarray  # (N, 28, 28) by the project's preprocessing
    reshaped: np.ndarray  # (N, 28, 28) the canvas reshaped
    boxed: np.ndarray  # (N, 28, 28) the bounding box with a margin


def drawn_test(validation: bool) -> Drawn:
    """The test writers' digits (or the validation writers'), drawn on 280×280 canvases."""
    rng = np.random.default_rng(MEASURING_SEED)
    rows = []
    for drawing in measuring_drawings(validation=validation) * MEASURING_COPIES:
        manner = random_placement(rng)
        ink = draw(drawing.strokes, **manner)
        # Rounded to bytes, as `digits.data.corpus.drawn_to_measure` makes them for everyone else.
        seen = np.rint(to_digit_image(ink) * 255) / np.float32(255)
        ways = (seen, reshape_canvas(ink), bounding_box_with_margin(ink))
        rows.append((drawing.digit, manner["size"], manner["brush"], *ways))
    return Drawn(*(np.array(column) for column in zip(*rows, strict=True)))


def other_pictures(validation: bool) -> dict[str, np.ndarray]:
    """Digit images of pictures that are no digits, by what they are; the names say what is new."""
    if validation:
        return {
            "kinds held out to choose by": non_digits(
                2000, kinds=VALIDATION_KINDS, seed=MEASURING_SEED
            ).x
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
        f"letters never trained on, drawn ({' '.join(unseen)})": non_digits(
            2000, kinds=letters, seed=MEASURING_SEED
        ).x,
        f"the same, printed in two fonts never trained on ({', '.join(TEST_FONTS)})": np.stack(
            printed
        ),
        "signs never trained on (heart, spiral, house, cat)": non_digits(
            2000, kinds=signs, seed=MEASURING_SEED
        ).x,
        "other letters, most of them trained on, drawn anew": non_digits(
            2000, kinds=trained, seed=MEASURING_SEED
        ).x,
    }


def measure(classifier: DigitClassifier, validation: bool) -> dict[str, str]:
    """All figures of the classifier: what was measured, and the figure as text."""
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
        ("the same, canvas reshaped to 28×28", _accuracy(classifier, drawn.reshaped, drawn.y)),
        ("the same, bounding box with margin", _accuracy(classifier, drawn.boxed, drawn.y)),
    ]
    right = on_pen.argmax(1) == drawn.y
    for low, high in ((0.35, 0.5), (0.5, 0.7), (0.7, 0.9)):
        inside = (drawn.size >= low) & (drawn.size < high)
        rows.append((f"pen digits filling {low:.0%} to {high:.0%}", _percent(right[inside].mean())))
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
    sure = np.concatenate([on_mnist.max(1), on_pen.max(1)])
    accepted = float((sure >= classifier.threshold).mean())
    rows.append(
        (f"digits answered at the page's threshold ({classifier.threshold:g})", _percent(accepted))
    )
    for name, images in other_pictures(validation).items():
        unsure = classifier.probabilities(images).max(1)
        fair = rejection(sure, unsure, ACCEPT)
        rows.append(
            (
                f"{name}: declined where {ACCEPT:.0%} of the digits are accepted; AUROC; "
                "declined at the page's threshold",
                f"{_percent(fair['declined'])}; {fair['auroc']:.4f}; "
                f"{_percent((unsure < classifier.threshold).mean())}",
            )
        )
    return dict(rows)


def markdown(rows: dict[str, str]) -> str:
    """The figures as a Markdown table."""
    lines = [f"| {what} | {value} |" for what, value in rows.items()]
    return "\n".join(["| what | measured |", "| --- | --- |", *lines])


def _accuracy(classifier: DigitClassifier, x: np.ndarray, y: np.ndarray) -> str:
    return _percent(classifier.evaluate(x, y)["accuracy"])


def _percent(share: float) -> str:
    return f"{share:.2%}"


def update(file: Path, rows: dict[str, str]) -> None:
    """Put the figures into a model's card (.json) or between a text's two markers."""
    content = file.read_text(encoding="utf-8")
    if file.suffix == ".json":
        card = json.loads(content) | {"benchmark": rows}
        file.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return
    if START not in content or END not in content:
        raise DigitsError(f"{file} has no place for the table: add the lines {START} and {END}")
    before, after = content.split(START)[0], content.split(END)[1]
    file.write_text(f"{before}{START}\n{markdown(rows)}\n{END}{after}", encoding="utf-8")


def main(argv: list[str] | None = None) -> int:
    """Measure, print and, when asked to, write down; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("model", nargs="?", help="a .keras file (the shipped model by default)")
    parser.add_argument("--validation", action="store_true", help="measure on validation data")
    parser.add_argument(
        "--update", metavar="FILE", type=Path, nargs="+", default=[], help="write the table there"
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
