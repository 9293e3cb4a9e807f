"""`evaluate`: prints the accuracy and calibration of a model, and writes a report with plots."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from digits.console import load_classifier
from digits.errors import DataError, DigitsError

if TYPE_CHECKING:  # TensorFlow takes seconds to import
    from digits.data.splits import Split

SUMMARY = "measure the accuracy and calibration of a model, and write a report"
USES_MODEL = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "--data",
        choices=["mnist", "pen", "mnist+pen"],
        default="mnist+pen",
        help="what to measure on: MNIST, the pen digits, or both (default: %(default)s)",
    )
    parser.add_argument(
        "--validation",
        action="store_true",
        help="measure on the validation digits instead; keep the test digits for final figures",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="PATH",
        help="the HTML report to write (default: <model>-report.html)",
    )


def run(args: argparse.Namespace) -> int:
    """Measure, print a line for each data set, and write the report."""
    classifier = load_classifier(args.model)
    from digits.files import replace_file
    from digits.measuring.report import html_report, percent, read

    readings = read(classifier, digits_to_read(args.data, validation=args.validation))
    for name, _, _, figures in readings:
        print(
            f"{name}: {percent(figures['accuracy'])} of {figures['count']:,} read correctly, "
            f"calibration error {percent(figures['calibration_error'])}",
            flush=True,
        )
    output = args.output or Path(f"{classifier.file.stem}-report.html")
    try:
        replace_file(output, html_report(classifier, readings).encode())
    except OSError as error:
        raise DigitsError(
            f"the report cannot be written as {output} ({error.strerror}): choose another path "
            "with --output"
        ) from error
    print(f"Report: {output}")
    return 0


def digits_to_read(data: str, *, validation: bool) -> "dict[str, Split]":
    """Load the test or validation digits, by name; if the pen digits are missing, print why.

    Args:
        data: "mnist", "pen" or "mnist+pen".
        validation: load the validation digits instead of the test digits.

    Raises:
        DataError: MNIST is missing; or the pen digits are missing and `data` is "pen".
    """
    from digits.data.corpus import drawn_to_measure
    from digits.data.mnist import load_mnist
    from digits.data.pen_digits import load_pendigits

    parts = {}
    if "mnist" in data:
        mnist = load_mnist()
        name = f"{mnist.name} validation" if validation else mnist.test_name
        parts[name] = mnist.validation if validation else mnist.test
    if "pen" in data:
        try:
            pen = load_pendigits()
        except DataError as error:
            if not parts:
                raise
            print(f"Continuing without the pen digits: {error}", flush=True)
            return parts
        drawings = pen.drawings()
        chosen = drawings.validation if validation else drawings.test
        name = "Pen digits of the validation writers" if validation else pen.test_name
        parts[name] = drawn_to_measure(chosen)
    return parts
