"""Measures how well whole numbers are read: `python -m benchmarks.numbers [--model MODEL]`.

The numbers are composed of the digits of the 14 test writers and of MNIST's test digits, each
number of one writer's; with `--validation`, of those to choose by. Beside each figure stands that
of the usual way on the same pictures: the contours' boxes, merged where they overlap, and the most
likely digit in each, by the same network. The simulated photos are those of
`benchmarks.simulated_photos`.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2
import numpy as np

from benchmarks.simulated_photos import KINDS, random_scene, take_photo
from digits.classifier import DigitClassifier
from digits.console import print_error
from digits.data.corpus import measuring_drawings
from digits.data.mnist import load_mnist
from digits.data.numbers import Number, draw_digits, numbers, paste
from digits.data.strokes import Drawing, draw_randomly
from digits.errors import DigitsError
from digits.images.preprocessing import to_digit_image, to_ink

SEED = 2026
COUNT = 500  # numbers in each row; of photos a fifth
HEIGHTS = (60, 120)  # pixels: of the digits on a canvas
MARGIN = 20  # pixels of paper around a number
SHARES = (0.35, 0.8)  # of a photo's shorter side that a number takes
ON_SHEET = 0.85  # of the width of a sheet that lies on a table: no number is wider


class Sample(NamedTuple):
    """A picture of a number."""

    picture: np.ndarray
    text: str


def usual_way(classifier: DigitClassifier, picture: np.ndarray) -> str:
    """Read a picture by its contours: the boxes, merged where they overlap, from the left."""
    ink = to_ink(picture)
    contours, _ = cv2.findContours(
        (ink > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    boxes = sorted(cv2.boundingRect(contour) for contour in contours)
    tallest = max((height for _, _, _, height in boxes), default=0)
    merged: list[list[int]] = []
    for left, _, width, height in boxes:
        if height < 0.3 * tallest:
            continue
        if merged and left < merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], left + width)
        else:
            merged.append([left, left + width])
    images = [to_digit_image(np.ascontiguousarray(ink[:, a:b])) for a, b in merged]
    seen = [image for image in images if image is not None]
    if not seen:
        return ""
    return "".join(map(str, classifier.probabilities(np.stack(seen)).argmax(1)))


def on_canvas(number: Number, rng: np.random.Generator) -> Sample:
    """A number, black on a white canvas."""
    ink = np.maximum.reduce(draw_digits(number, float(rng.uniform(*HEIGHTS))))
    grey = 255 - np.round(255 * np.pad(ink, MARGIN)).astype(np.uint8)
    return Sample(grey, number.text)


def pasted(count: int, gap: tuple[float, float], validation: bool) -> Iterator[Sample]:
    """MNIST digits side by side, four to a picture."""
    mnist = load_mnist()
    split = mnist.validation if validation else mnist.test
    rng = np.random.default_rng(SEED)
    for _ in range(count):
        chosen = rng.integers(len(split.y), size=4)
        ink = np.maximum.reduce(paste(split.x[chosen], rng, gap=gap))
        yield Sample(np.round(255 * ink).astype(np.uint8), "".join(str(d) for d in split.y[chosen]))


def photographed(drawings: Sequence[Drawing], count: int, largest: int = 2000) -> Iterator[Sample]:
    """Photos of numbers of four digits, taking turns between the kinds of photos."""
    rng = np.random.default_rng(SEED)
    for index, number in enumerate(numbers(drawings, count, (4,), seed=SEED + 1)):
        scene = random_scene(KINDS[index % len(KINDS)], rng, largest=largest)
        share = float(rng.uniform(*SHARES))
        if scene.table:
            widest = ON_SHEET * scene.paper_size[0] * scene.pixels[0]
            share = min(share, widest / min(scene.pixels))
        # The pen of the scene is that of one digit: a number is as much longer as it is wide.
        points = np.concatenate(number.all_strokes)
        wide = float(np.ptp(points[:, 0]) / np.ptp(points[:, 1]))
        scene = replace(
            scene, digit_share=share, digit_size=scene.digit_size * max(1.0, wide), place=(0.5, 0.5)
        )
        yield Sample(take_photo(number.all_strokes, scene, rng).picture, number.text)


def without_digits(count: int, largest: int = 2000) -> Iterator[np.ndarray]:
    """Photos of empty paper of every kind."""
    rng = np.random.default_rng(SEED)
    for index in range(count):
        scene = random_scene(KINDS[index % len(KINDS)], rng, largest=largest)
        yield take_photo(None, scene, rng).picture


def page_of_digits(drawings: Sequence[Drawing], lines: int, length: int) -> Number:
    """Lines of digits below each other, as one number whose lines are rows."""
    rows = numbers(drawings, lines, (length,), seed=SEED + 2, touching=0)
    strokes = [
        [stroke + (0, 1.8 * row) for stroke in digit]
        for row, number in enumerate(rows)
        for digit in number.strokes
    ]
    return Number(tuple(digit for number in rows for digit in number.digits), strokes, 0.1)


def column(drawings: Sequence[Drawing], seed: int) -> Number:
    """A sum as it is written down: three numbers below each other, a line, and the result."""
    rng = np.random.default_rng(seed)
    rows = [numbers(drawings, 1, (length,), seed=int(rng.integers(2**31)))[0]
            for length in (*rng.integers(2, 5, size=3), 4)]  # fmt: skip
    strokes: list[list[np.ndarray]] = []
    pen = rows[0].pen
    for place, number in enumerate(rows):
        right = max(stroke[:, 0].max() for stroke in number.all_strokes)
        shift = (-right, 1.7 * place + (0.35 if place == 3 else 0))
        strokes += [[stroke + shift for stroke in digit] for digit in number.strokes]
    left = min(stroke[:, 0].min() for digit in strokes for stroke in digit)
    rule = np.array([[left - 0.3, 4.35], [0.3, 4.35 + rng.normal(0, 0.05)]], np.float32)
    strokes[-1].append(rule)  # drawn along with the last digit
    return Number(tuple(digit for number in rows for digit in number.digits), strokes, pen)


def shares(samples: Sequence[Sample], read: Callable[[np.ndarray], str]) -> tuple[float, float]:
    """The share of numbers read entirely right, and of those with the right count of digits."""
    texts = [read(sample.picture) for sample in samples]
    right = [text == sample.text for text, sample in zip(texts, samples, strict=True)]
    counted = [len(t) == len(sample.text) for t, sample in zip(texts, samples, strict=True)]
    return float(np.mean(right)), float(np.mean(counted))


def measure(classifier: DigitClassifier, validation: bool, count: int) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    drawings = measuring_drawings(validation=validation)
    rng = np.random.default_rng(SEED)

    def ours(picture: np.ndarray) -> str:
        return "".join(classifier.read(picture).text.split())

    yield "| numbers | entirely right | digits counted right | the usual way: right | counted |"
    yield "| --- | ---: | ---: | ---: | ---: |"

    def row(name: str, samples: Sequence[Sample]) -> str:
        figures = (*shares(samples, ours), *shares(samples, lambda p: usual_way(classifier, p)))
        return f"| {name} | " + " | ".join(f"{figure:.1%}" for figure in figures) + " |"

    four = numbers(drawings, count, (4,), seed=SEED)
    yield row("4 digits on a canvas", [on_canvas(number, rng) for number in four])
    ten = numbers(drawings, count // 2, (10,), seed=SEED)
    yield row("10 digits on a canvas", [on_canvas(number, rng) for number in ten])
    touching = numbers(drawings, count // 2, (4,), seed=SEED, touching=1)
    yield row("4 digits, all touching", [on_canvas(number, rng) for number in touching])
    drawn = [
        "".join(classifier.read([90 * s for s in n.all_strokes], pen=90 * n.pen).text.split())
        for n in four
    ]
    right = np.mean([text == number.text for text, number in zip(drawn, four, strict=True)])
    counted = np.mean([len(text) == 4 for text in drawn])
    yield f"| the first row, given as strokes | {right:.1%} | {counted:.1%} | – | – |"
    sums = [column(drawings, SEED + number) for number in range(count // 5)]
    yield row("columns of a sum, 8 to 16 digits", [on_canvas(number, rng) for number in sums])
    part = "validation" if validation else "test"
    for name, gap in (("apart", (2, 16)), ("close", (-4, 4))):
        samples = list(pasted(count // 2, gap, validation))
        yield row(f"4 of MNIST's {part} digits, {name}", samples)
    yield row("4 digits in a photo", list(photographed(drawings, count // 5)))
    yield from _others(classifier, drawings, max(100, count // 5), rng)


def _others(
    classifier: DigitClassifier, drawings: Sequence[Drawing], count: int, rng: np.random.Generator
) -> Iterator[str]:
    """The rows that are not about numbers of digits."""
    empty = [not classifier.read(picture).digits for picture in without_digits(count)]
    yield f"| nothing read on {count} photos of empty paper | {np.mean(empty):.1%} | – | – | – |"
    single = [(draw_randomly(drawing.strokes, rng), drawing.digit) for drawing in drawings]
    read = np.mean([classifier.read(ink).text == str(digit) for ink, digit in single])
    predicted = np.mean([classifier.predict(ink).digit == digit for ink, digit in single])
    yield f"| single digits through `read` | {read:.2%} | – | – | – |"
    yield f"| the same through `predict` | {predicted:.2%} | – | – | – |"
    number = numbers(drawings, 1, (4,), seed=SEED)[0]
    canvas = on_canvas(number, rng).picture
    page = page_of_digits(drawings, 6, 10)
    scene = replace(
        random_scene("ruled", rng), pixels=(1600, 1200), digit_share=0.85, digit_size=150
    )
    photo = take_photo(page.all_strokes, scene, rng).picture
    for name, picture in (("a number of 4 digits", canvas), ("a photo of 60 digits", photo)):
        seconds = []
        for _ in range(9):
            started = time.perf_counter()
            classifier.read(picture)
            seconds.append(time.perf_counter() - started)
        yield f"| time to read {name} | {1000 * statistics.median(seconds):.0f} ms | – | – | – |"


def main(argv: list[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.numbers", description=__doc__)
    parser.add_argument("--model", help="a .keras file (default: the bundled model)")
    parser.add_argument("--validation", action="store_true", help="measure on validation data")
    parser.add_argument(
        "--count", type=int, default=COUNT, help="numbers in a row (default: %(default)s)"
    )
    arguments = parser.parse_args(argv)
    try:
        classifier = DigitClassifier.load(arguments.model)
        for line in measure(classifier, arguments.validation, arguments.count):
            print(line, flush=True)
    except DigitsError as error:
        print_error(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
