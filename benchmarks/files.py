"""Measures how many picture files a second `predict FOLDER` reads: `python -m benchmarks.files`.

The plain loop, one `classifier.predict` after another, is measured beside it. The two take turns,
a share of the pictures each time, so that other load on the machine affects both alike.
"""

import argparse
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from PIL import Image

from benchmarks.simulated_photos import Scene, take_photo
from digits.commands.predict import print_line
from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.strokes import draw
from digits.images.preprocessing import to_digit_image
from digits.reading import read_many

if TYPE_CHECKING:
    from digits.classifier import DigitClassifier

COUNT = 10_000  # drawings of each size
PER_PHOTO = 200  # as many drawings as photos take about as long
DIFFERENT = 20  # pictures of a kind; more are copies of them
SHARES = 2  # turns of each way


def main(argv: list[str] | None = None) -> int:
    """Measure, and print a Markdown table; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="drawings (default: %(default)s)")
    count = parser.parse_args(argv).count
    photos = max(1, count // PER_PHOTO)
    # Here, because the processes that decode pictures import this module, and need no TensorFlow.
    from digits.classifier import DigitClassifier

    classifier = DigitClassifier.load()
    print("| files | plain loop, a second | predict, a second | ratio |\n| --- | --- | --- | --- |")
    for name, make, number in (
        ("28×28 pixels, PNG", small_drawing, count),
        ("280×280 pixels, PNG", drawing, count),
        ("12-megapixel photos, JPEG", photo, photos),
    ):
        with tempfile.TemporaryDirectory() as folder:
            files = write_files(Path(folder), make, number)
            plain, ours = measure(classifier, files)
        print(
            f"| {number} of {name} | {plain:.1f} | {ours:.1f} | {ours / plain:.1f}× |", flush=True
        )
    return 0


def measure(classifier: "DigitClassifier", files: Sequence[str]) -> tuple[float, float]:
    """Pictures a second in the plain loop, and as `predict` reads them."""
    ways = (plain_loop, as_predict_does)
    taken = [0.0, 0.0]
    share = -(-len(files) // SHARES)
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        for way in ways:  # warm up
            way(classifier, files[:2])
        for start in range(0, len(files), share):
            for number, way in enumerate(ways):
                before = time.perf_counter()
                way(classifier, files[start : start + share])
                taken[number] += time.perf_counter() - before
    return len(files) / taken[0], len(files) / taken[1]


def plain_loop(classifier: "DigitClassifier", files: Sequence[str]) -> None:
    """Read one file after another, and print each answer at once."""
    for file in files:
        print_line(file, classifier.predict(file))
        sys.stdout.flush()


def as_predict_does(classifier: "DigitClassifier", files: Sequence[str]) -> None:
    """Read files in groups, and print the answers of a group at once."""
    for answers in read_many(classifier, [(file, None) for file in files], number=len(files)):
        for file, answer in answers:
            print_line(file, answer)
        sys.stdout.flush()


def write_files(folder: Path, make: Callable[[int], bytes], number: int) -> list[str]:
    """Write picture files; returns their paths."""
    contents = [make(seed) for seed in range(min(DIFFERENT, number))]
    files = [folder / f"{index:06}" for index in range(number)]
    for index, file in enumerate(files):
        file.write_bytes(contents[index % DIFFERENT])
    return [str(file) for file in files]


def strokes(seed: int) -> list[np.ndarray]:
    """The strokes of a form of a digit."""
    return parse_form(DIGIT_FORMS[seed % 10][0])


def small_drawing(seed: int) -> bytes:
    """A digit as in MNIST: a grey PNG of 28×28 pixels."""
    ink = to_digit_image(draw(strokes(seed)))
    return encoded(Image.fromarray(np.uint8(255 * ink)), "PNG")


def drawing(seed: int) -> bytes:
    """A digit as the page's sketchpad sends it: an RGBA PNG of 280×280 pixels."""
    paper = Image.fromarray(np.uint8(255 * (1 - draw(strokes(seed)))))
    return encoded(paper.convert("RGBA"), "PNG")


def photo(seed: int) -> bytes:
    """A digit on paper, photographed with some noise: a JPEG of 4032×3024 pixels."""
    rng = np.random.default_rng(seed)
    taken = take_photo(strokes(seed), Scene(pixels=(600, 800), falloff=0.3), rng).picture
    large = np.asarray(Image.fromarray(taken).resize((4032, 3024), Image.Resampling.BICUBIC))
    noisy = large + rng.normal(0, 4, (*large.shape[:2], 1))
    return encoded(Image.fromarray(np.uint8(noisy.clip(0, 255))), "JPEG", quality=90)


def encoded(picture: Image.Image, kind: str, **settings: int) -> bytes:
    """A picture as the bytes of a file."""
    file = io.BytesIO()
    picture.save(file, kind, **settings)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
