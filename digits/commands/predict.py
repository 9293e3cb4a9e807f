"""`predict`: prints the digit in each image file."""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digits.console import load_classifier, print_error
from digits.errors import ImageError

if TYPE_CHECKING:  # TensorFlow takes seconds to import
    from digits.classifier import DigitClassifier
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
    print_answer = print_json if args.json else print_line
    exit_code = 0
    for file, answer in read_all(classifier, args.files):
        print_answer(file, answer)
        if isinstance(answer, ImageError):
            exit_code = 1
    return exit_code


def read_all(
    classifier: "DigitClassifier", files: Sequence[str]
) -> "Iterator[tuple[str, Prediction | ImageError]]":
    """Read pictures, and pictures in folders, one after another: yields paths and answers."""
    for file in files:
        try:
            pictures = pictures_in(Path(file)) if Path(file).is_dir() else [file]
        except ImageError as error:
            yield file, error
            continue
        for picture in pictures:
            answer: Prediction | ImageError
            try:
                answer = classifier.predict(picture)
            except ImageError as error:
                answer = error
            yield picture, answer


def pictures_in(folder: Path) -> list[str]:
    """List a folder's pictures by their suffixes, sorted, without those in subfolders.

    Raises:
        ImageError: there are none, or the folder cannot be read.
    """
    from PIL import Image

    from digits.images.decoding import FORMATS

    formats = Image.registered_extensions()
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        raise ImageError(f"the folder {folder} cannot be read: {error.strerror}") from error
    pictures = [str(path) for path in inside if formats.get(path.suffix.lower()) in FORMATS]
    if not pictures:
        raise ImageError(
            f"there are no pictures in the folder {folder}: put some in it ({', '.join(FORMATS)})"
        )
    return pictures


def print_line(file: str, answer: "Prediction | ImageError") -> None:
    """Print an answer to stdout, or an error to stderr, as one line of text."""
    if isinstance(answer, ImageError):
        print_error(answer if file in str(answer) else f"{file}: {answer}")
    elif answer.digit is None:
        print(f"{file}: no digit ({answer.reason})", flush=True)
    else:
        print(f"{file}: {answer.digit} ({answer.confidence:.1%})", flush=True)


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
    print(json.dumps(facts), flush=True)
