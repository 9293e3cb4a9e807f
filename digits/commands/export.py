"""`export`: converts a model to a format that other programs can run."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from digits.console import load_classifier, start_up_notes_hidden
from digits.errors import DataError

if TYPE_CHECKING:  # TensorFlow takes seconds to import
    import numpy as np

SUMMARY = "export a model to ONNX, TensorFlow SavedModel or LiteRT, or as a web page of its own"
USES_MODEL = True
USE = "Input: (N, 28, 28, 1) float32 in [0, 1], 1 is ink. Output: (N, 10) probabilities."
USE_OF_A_PAGE = "Open it in a browser, and draw: one file needs no server, a folder any web server."
IMAGES = 1000  # for comparing the export with the original


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "--format",
        required=True,
        choices=["onnx", "tf_saved_model", "litert", "web"],
        help="the format to write; web: a page to draw on, which needs no server",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="PATH",
        help="the file or folder to write (default: the model's name with the format's suffix); for"
        " web, one file if it ends in .html, otherwise a folder for a web server",
    )


def run(args: argparse.Namespace) -> int:
    """Export the model, compare it with the original, and print a summary."""
    classifier = load_classifier(args.model)
    from digits.export import FORMATS, export
    from digits.page.standalone import WEB

    form = WEB if args.format == WEB.name else FORMATS[args.format]
    output = args.output or Path(classifier.file.stem + form.ending)
    images = images_to_compare()
    with start_up_notes_hidden():  # the converters print notes, too
        check = export(classifier, output, form, images)
    files = [output] if output.is_file() else [file for file in output.rglob("*") if file.is_file()]
    print(
        f"Wrote {output}, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB.\n"
        f"{USE_OF_A_PAGE if form is WEB else USE}\n"
        f"Compared with {classifier.file.name} on {check.images:,} images: "
        f"{100 * check.agreement:.1f} % of answers agree, "
        f"and probabilities differ by at most {check.difference:.1g}."
    )
    return 0


def images_to_compare() -> "np.ndarray":
    """MNIST validation digits, or synthetic ones without MNIST: (1000, 28, 28) float32."""
    from digits.data.corpus import synthetic_digits
    from digits.data.mnist import load_mnist
    from digits.data.splits import sample

    try:
        return sample(load_mnist().validation, IMAGES).x
    except DataError:
        return synthetic_digits(IMAGES).x
