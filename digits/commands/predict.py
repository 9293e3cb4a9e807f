"""`predict`: prints the digit in each image file."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digits.console import load_classifier, print_error, with_progress
from digits.errors import ImageError

if TYPE_CHECKING:  # TensorFlow takes seconds to import
    from digits.prediction import Prediction

SUMMARY = "print the digit in each image file"
USES_MODEL = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="a picture of one digit, or a folder of pictures"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")


def run(args: argparse.Namespace) -> int:
    """Print one line per picture in `args.files`; returns 1 if any of them could not be read."""
    classifier = load_classifier(args.model)
    from digits.reading import read_many

    print_answer = print_json if args.json else print_line
    pictures = list(find_pictures(args.files))
    exit_code = 0
    groups = read_many(classifier, pictures, number=len(pictures))
    for answers in with_progress(groups, len(pictures)):
        for file, answer in answers:
            print_answer(file, answer)
            if isinstance(answer, ImageError):
                exit_code = 1
        sys.stdout.flush()  # once for all of them: a flush takes as long as reading a picture
    return exit_code


def find_pictures(files: Sequence[str]) -> Iterator[tuple[str, ImageError | None]]:
    """Yield the files, with the pictures in a folder in its place, or the folder and an error."""
    for file in files:
        try:
            pictures = pictures_in(Path(file)) if Path(file).is_dir() else [file]
        except ImageError as error:
            yield file, error
        else:
            for picture in pictures:
                yield picture, None


def pictures_in(folder: Path) -> list[str]:
    """List a folder's pictures by their suffixes, sorted, without those in subfolders.

    Raises:
        ImageError: there are none, or the folder cannot be read.
    """
    from PIL import Image

    from digits.images.limits import FORMATS

    formats = Image.registered_extensions()
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise ImageError(f"the folder {folder} cannot be read: {error.strerror}") from error
    suffixes = {suffix for suffix, name in formats.items() if name in FORMATS}
    names = [name for name in names if os.path.splitext(name)[1].lower() in suffixes]
    if not names:
        raise ImageError(
            f"there are no pictures in the folder {folder}: put some in it ({', '.join(FORMATS)})"
        )
    return [str(folder / name) for name in names]


def print_problem(file: str, problem: ImageError) -> None:
    """Print to stderr, as one line, why a file cannot be read."""
    print_error(problem if file in str(problem) else f"{file}: {problem}")


def print_line(file: str, answer: "Prediction | ImageError") -> None:
    """Print an answer to stdout, or an error to stderr, as one line of text."""
    from digits.prediction import percent

    if isinstance(answer, ImageError):
        print_problem(file, answer)
    elif answer.digit is None:
        print(f"{file}: no digit ({answer.reason})")
    else:
        print(f"{file}: {answer.digit} ({percent(answer.confidence)})")


def print_json(file: str, answer: "Prediction | ImageError") -> None:
    """Print an answer, or the error instead, to stdout as a JSON object."""
    facts: dict[str, Any] = {"file": file}
    if isinstance(answer, ImageError):
        facts["error"] = str(answer)
    else:
        facts |= {
            "digit": answer.digit,
            "confidence": round(answer.confidence, 6),
            "probabilities": [round(float(p), 6) for p in answer.probabilities],
            "reason": answer.reason,
        }
    print(json.dumps(facts))
