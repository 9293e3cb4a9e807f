"""Measures how well photos of digits are read: `python -m benchmarks.photos [--model MODEL]`.

The photos are simulated (`benchmarks.simulated_photos`) from the drawings of the validation
writers or, with `--test`, of the 14 test writers; keep the test writers for the final figures.
The table has one row for each kind of photo, and one for photos of empty paper, on which no digit
should be named.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np

from benchmarks.simulated_photos import KINDS, Photo, random_scene, take_photo
from digits.classifier import DigitClassifier
from digits.console import print_error
from digits.data.corpus import measuring_drawings
from digits.data.strokes import Drawing, draw
from digits.errors import DigitsError
from digits.prediction import Prediction

SEED = 2026
COUNT = 100  # photos of each kind


def photographed(
    drawings: Sequence[Drawing], kind: str, count: int, *, largest: int = 2000
) -> Iterator[tuple[Drawing, Photo]]:
    """Yield `count` random drawings, each with a photo of it; `kind` is one of KINDS."""
    rng = np.random.default_rng([SEED, KINDS.index(kind)])
    for _ in range(count):
        drawing = drawings[rng.integers(len(drawings))]
        yield drawing, take_photo(drawing.strokes, random_scene(kind, rng, largest=largest), rng)


def empty_papers(count: int, *, largest: int = 2000) -> Iterator[np.ndarray]:
    """Yield `count` photos of empty paper, taking turns between the kinds: (H, W, 3) uint8 RGB."""
    rng = np.random.default_rng([SEED, len(KINDS)])
    for index in range(count):
        scene = random_scene(KINDS[index % len(KINDS)], rng, largest=largest)
        yield take_photo(None, scene, rng).picture


def measure(classifier: DigitClassifier, drawings: Sequence[Drawing], count: int) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield "| photos | named correctly | declined | named wrongly | correctly on the sketchpad |"
    yield "| --- | --- | --- | --- | --- |"
    rows = []
    for kind in KINDS:
        on_paper, on_sketchpad, digits = [], [], []
        for drawing, photo in photographed(drawings, kind, count):
            on_paper.append(classifier.predict(photo.picture))
            on_sketchpad.append(classifier.predict(draw(drawing.strokes)))
            digits.append(drawing.digit)
        rows.append(_shares(on_paper, digits) + _shares(on_sketchpad, digits)[:1])
        yield _row(kind, rows[-1])
    yield _row(f"**all {count * len(KINDS):,}**", np.mean(rows, axis=0))
    blank = [classifier.predict(picture) for picture in empty_papers(count)]
    named = np.mean([prediction.digit is not None for prediction in blank])
    yield f"| {count} photos of empty paper | – | {1 - named:.1%} | {named:.1%} | – |"


def _shares(predictions: Sequence[Prediction], digits: Sequence[int]) -> tuple[float, ...]:
    """The shares named correctly, declined, and named as another digit; together they are 1.

    Named correctly is stricter than read correctly: the page has to name the digit.
    """
    named = np.array([-1 if p.digit is None else p.digit for p in predictions])
    right, declined = named == digits, named == -1
    return right.mean(), declined.mean(), (~right & ~declined).mean()


def _row(name: str, shares: Sequence[float]) -> str:
    return f"| {name} | " + " | ".join(f"{share:.1%}" for share in shares) + " |"


def main(argv: list[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.photos", description=__doc__)
    parser.add_argument("--model", help="a .keras file (default: the bundled model)")
    parser.add_argument("--test", action="store_true", help="measure on the test writers' drawings")
    parser.add_argument(
        "--count", type=int, default=COUNT, help="photos of each kind (default: %(default)s)"
    )
    arguments = parser.parse_args(argv)
    try:
        classifier = DigitClassifier.load(arguments.model)
        drawings = measuring_drawings(validation=not arguments.test)
        for line in measure(classifier, drawings, arguments.count):
            print(line, flush=True)
    except DigitsError as error:
        print_error(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
