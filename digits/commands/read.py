"""`read`: prints the numbers in each image file."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from digits.commands.predict import find_pictures, print_problem
from digits.console import load_classifier, with_progress
from digits.errors import ImageError

if TYPE_CHECKING:  # TensorFlow takes seconds to import
    from digits.prediction import Reading

SUMMARY = "print the numbers in each image file"
USES_MODEL = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="a picture of numbers, or a folder of pictures"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object per line, with the box of each digit in pixels",
    )


def run(args: argparse.Namespace) -> int:
    """Print the numbers of each picture in `args.files`; returns 1 if any could not be read."""
    classifier = load_classifier(args.model)
    print_answer = print_json if args.json else print_text
    pictures = list(find_pictures(args.files))
    exit_code = 0
    for ((file, problem),) in with_progress(([picture] for picture in pictures), len(pictures)):
        try:
            if problem is not None:
                raise problem
            print_answer(file, classifier.read(file))
        except ImageError as error:
            print_answer(file, error)
            exit_code = 1
    return exit_code


def print_text(file: str, answer: "Reading | ImageError") -> None:
    """Print the numbers to stdout, each line after the file's name, or an error to stderr."""
    if isinstance(answer, ImageError):
        print_problem(file, answer)
    elif not answer.digits:
        print(f"{file}: no digits", flush=True)
    else:
        for line in answer.text.splitlines():
            print(f"{file}: {line}", flush=True)


def print_json(file: str, answer: "Reading | ImageError") -> None:
    """Print the numbers, or the error instead, to stdout as a JSON object."""
    facts: dict[str, Any] = {"file": file}
    if isinstance(answer, ImageError):
        facts["error"] = str(answer)
    else:
        facts |= answer.facts()
    print(json.dumps(facts), flush=True)
