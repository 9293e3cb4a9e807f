"""`export`: writes a model in a format that other programs read."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from digits.console import load_classifier, start_up_notes_hidden
from digits.errors import DataError

if TYPE_CHECKING:  # TensorFlow takes seconds to import
    import numpy as np

SUMMARY = "write a model in a format that other programs read"
USES_MODEL = True
IMAGES = 1000  # to compare the export with the original on


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this command takes."""
    parser.add_argument(
        "--format", required=True, choices=["onnx", "tf_saved_model", "litert"], help="the format"
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="PATH",
        help="what to write (default: the model's name with the format's ending)",
    )


def run(args: argparse.Namespace) -> int:
    """Export, compare with the original, and print what came out."""
    classifier = load_classifier(args.model)
    from digits.export import FORMATS, export

    output = args.output or Path(classifier.file.stem + FORMATS[args.format].ending)
    images = images_to_compare()
    with start_up_notes_hidden():  # the converters have notes too
        check = export(classifier, output, args.format, images)
    files = [output] if output.is_file() else [file for file in output.rglob("*") if file.is_file()]
    print(
        f"Wrote {output}, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB.\n"
        "Input: (N, 28, 28, 1) float32 in [0, 1], 1 is ink. Output: (N, 10) probabilities.\n"
        f"Compared with {classifier.file.name} on {check.images:,} images: "
        f"{100 * check.agreement:.1f} % of the answers are the same, "
        f"and probabilities differ by {check.difference:.1g} at most."
    )
    return 0


def images_to_compare() -> "np.ndarray":
    """Validation digits of MNIST; where it is not at hand, invented ones: (1000, 28, 28)."""
    from digits.data.corpus import synthetic_digits
    from digits.data.mnist import load_mnist
    from digits.data.splits import sample

    try:
        return sample(load_mnist().validation, IMAGES).x
    except DataError:
        return synthetic_digits(IMAGES).x
