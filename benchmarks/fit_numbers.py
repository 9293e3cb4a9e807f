"""Fits how numbers are read to a network: `python -m benchmarks.fit_numbers [--model MODEL]`.

Writes the weights into `digits/images/numbers/fitted.py`. They are those of a conditional random
field over the paths through a line: of all paths, the right one becomes as likely as possible. The
numbers are composed of the validation writers' digits, of MNIST's validation digits and of
invented hands. Run it again when the network has changed.

Source: S. Sarawagi, W. Cohen, "Semi-Markov conditional random fields for information extraction",
2004.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np

from digits.classifier import DigitClassifier
from digits.console import print_error
from digits.data.corpus import measuring_drawings
from digits.data.mnist import load_mnist
from digits.data.numbers import Number, compose, draw_digits, invented, numbers, paste
from digits.errors import DigitsError
from digits.files import replace_file
from digits.images.numbers import fitted
from digits.images.numbers.cuts import WAYS
from digits.images.numbers.lattice import FEATURES, Lattice, features, lattices
from digits.images.numbers.lines import find_lines
from digits.images.numbers.paths import best_path, leaving_out
from digits.images.numbers.pieces import Piece, connected_pieces, stroke_pieces
from digits.images.numbers.reading import pieces_by_themselves

COUNT = 400  # numbers of each kind
LEAST, NEARLY = 0.6, 0.07  # of the ink of a digit and a candidate that is it: what they share
STEPS, BATCH, RATE, DECAY = 150, 100, 0.08, 1e-4
FILE = Path(fitted.__file__)


class Line(NamedTuple):
    """A line with all that the fit needs to know of it."""

    found: Lattice
    text: str
    features: np.ndarray  # (N, F)
    leaving: np.ndarray  # (parts, L) what leaving out each part adds
    first: np.ndarray  # (N,)
    last: np.ndarray  # (N,)
    digit: np.ndarray  # (N,) the place in `text` of the digit that a candidate is, or -1
    said: np.ndarray  # (N,) the digit that the network sees in it


def composed(count: int, seed: int) -> Iterator[tuple[str, list[np.ndarray], Number | None]]:
    """Yield numbers: their text, the ink of each digit, and the strokes where they are used."""
    rng = np.random.default_rng(seed)
    drawings = measuring_drawings(validation=True)
    mnist = load_mnist().validation
    for touching in (0.15, 0.6):
        for number in numbers(
            drawings, count // 2, range(1, 8), seed=int(rng.integers(2**31)), touching=touching
        ):
            inks = draw_digits(number, float(rng.uniform(24, 120)))
            yield number.text, inks, number if rng.random() < 0.3 else None
    for _ in range(count // 2):
        number = compose(invented(int(rng.integers(1, 8)), rng), rng, touching=0.3)
        yield number.text, draw_digits(number, float(rng.uniform(24, 120))), None
    for _ in range(count):
        chosen = rng.integers(len(mnist.y), size=rng.integers(1, 7))
        inks = paste(mnist.x[chosen], rng, gap=((-4, 4), (0, 16))[rng.integers(2)])
        yield "".join(str(digit) for digit in mnist.y[chosen]), inks, None


def prepare(
    classifier: DigitClassifier, text: str, inks: list[np.ndarray], number: Number | None
) -> Iterator[Line]:
    """Make the lattices of a number, and find out which candidates are its digits."""
    if number is None:
        lines = find_lines(connected_pieces(np.maximum.reduce(inks)))
    else:
        height = inks[0].shape[0] / 1.3
        low = np.concatenate(number.all_strokes).min(0) - number.pen
        strokes = [(stroke - low) * height for stroke in number.all_strokes]
        pieces = stroke_pieces(strokes, number.pen * height)
        lines = find_lines(pieces)
        moved = Number(
            number.digits,
            [[(stroke - low) * height for stroke in digit] for digit in number.strokes],
            number.pen,
        )
        inks = _drawn_apart(moved, number.pen * height)
    if len(lines) != 1:
        return
    ((to_cut, whole),) = pieces_by_themselves(lines, classifier.probabilities)
    ways = WAYS if to_cut else WAYS[:1]
    for found in lattices(lines[0], to_cut, ways, whole=whole, in_order=number is not None):
        if not found.candidates:
            continue
        probabilities = classifier.probabilities(np.stack([c.image for c in found.candidates]))
        said = probabilities.argmax(1)
        yield Line(
            found,
            text,
            features(found, probabilities),
            leaving_out(found),
            np.array([c.first for c in found.candidates]),
            np.array([c.last for c in found.candidates]),
            _read_right(_which(found, inks), said, text),
            said,
        )


def _drawn_apart(number: Number, pen: float) -> list[np.ndarray]:
    whole, shape = [], np.zeros(2, int)
    for digit in number.strokes:
        ink = np.zeros((2, 2), np.float32)
        pieces = stroke_pieces(digit, pen)
        ends = np.array([piece.box[2:] for piece in pieces]).max(0)
        ink = np.zeros((ends[1], ends[0]), np.float32)
        for piece in pieces:
            left, top, right, bottom = piece.box
            part = ink[top:bottom, left:right]
            np.maximum(part, piece.ink, out=part)
        whole.append(ink)
        shape = np.maximum(shape, ink.shape)
    return [np.pad(ink, [(0, shape[0] - ink.shape[0]), (0, shape[1] - ink.shape[1])])
            for ink in whole]  # fmt: skip


def _overlaps(piece: Piece, inks: list[np.ndarray]) -> np.ndarray:
    """For each digit the ink that it shares with a candidate, as a share of the ink of both."""
    left, top, right, bottom = piece.box
    shared = np.array([np.minimum(ink[top:bottom, left:right], piece.ink).sum() for ink in inks])
    return shared / (piece.ink.sum() + np.array([ink.sum() for ink in inks]) - shared)


def _which(found: Lattice, inks: list[np.ndarray]) -> np.ndarray:
    """The place of the digit that each candidate is, (N,) int; -1 if it is none.

    A digit is what shares most with it, or nearly as much.
    """
    overlaps = np.array([_overlaps(candidate.piece, inks) for candidate in found.candidates])
    enough = np.maximum(overlaps.max(0) - NEARLY, LEAST)
    place = (overlaps - enough).argmax(1)
    return np.where((overlaps >= enough)[np.arange(len(place)), place], place, -1)


def _read_right(place: np.ndarray, said: np.ndarray, text: str) -> np.ndarray:
    """Of the candidates of a digit only those in which the network sees it, if it does in any."""
    kept = place.copy()
    for number, digit in enumerate(text):
        own = place == number
        read = own & (said == int(digit))
        if read.any():
            kept[own & ~read] = -1
    return kept


def gradient(line: Line, weights: np.ndarray) -> tuple[float, np.ndarray] | None:
    """The log probability of the right path and its gradient; None if it is not in the lattice."""
    split = len(FEATURES)
    scores = line.features @ weights[:split]
    leaving = line.leaving @ weights[split:]
    parts, length = len(leaving), len(line.text)
    order = np.argsort(line.last, kind="stable")
    results = []
    for right in (True, False):
        edges = []
        rows = []
        by_end: dict[int, list[int]] = {}
        for number in order:
            by_end.setdefault(int(line.last[number]) + 1, []).append(int(number))
        for end in range(1, parts + 1):
            edges.append((end - 1, end, -1, leaving[end - 1]))
            rows.append((1, end - 1))
            for number in by_end.get(end, ()):
                if right and line.digit[number] < 0:
                    continue
                edges.append(
                    (int(line.first[number]), end, int(line.digit[number]), scores[number])
                )
                rows.append((0, number))
        states = length + 1 if right else 1
        ahead = np.full((parts + 1, states), -np.inf)
        ahead[0, 0] = 0
        for start, end, digit, score in edges:
            if digit < 0 or not right:
                ahead[end] = np.logaddexp(ahead[end], ahead[start] + score)
            else:
                ahead[end, digit + 1] = np.logaddexp(
                    ahead[end, digit + 1], ahead[start, digit] + score
                )
        total = ahead[parts, -1]
        if not np.isfinite(total):
            return None
        back = np.full((parts + 1, states), -np.inf)
        back[parts, -1] = 0
        expected = np.zeros(len(weights))
        for (start, end, digit, score), (kind, number) in zip(
            reversed(edges), reversed(rows), strict=True
        ):
            if digit < 0 or not right:
                through = ahead[start] + score + back[end]
                back[start] = np.logaddexp(back[start], back[end] + score)
                share = np.exp(through - total).sum()
            else:
                through = ahead[start, digit] + score + back[end, digit + 1]
                back[start, digit] = np.logaddexp(back[start, digit], back[end, digit + 1] + score)
                share = np.exp(through - total)
            if kind:
                expected[split:] += share * line.leaving[number]
            else:
                expected[:split] += share * line.features[number]
        results.append((total, expected))
    (right_total, right_expected), (all_total, all_expected) = results
    return right_total - all_total, right_expected - all_expected


def fit(lines: list[Line], weights: np.ndarray, seed: int = 0) -> np.ndarray:
    """Maximize the log probability of the right paths, by Adam."""
    rng = np.random.default_rng(seed)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    averaged = np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        chosen = rng.integers(len(lines), size=BATCH)
        answers = [a for a in (gradient(lines[i], weights) for i in chosen) if a]
        slope = np.mean([g for _, g in answers], 0) - DECAY * weights
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        rate = RATE * min(1, 2 * (1 - step / STEPS))
        weights = weights + rate * (mean / (1 - 0.9**step)) / (
            np.sqrt(square / (1 - 0.99**step)) + 1e-6
        )
        if step > STEPS * 3 // 4:
            averaged += weights / (STEPS - STEPS * 3 // 4)
        if step % 50 == 0:
            loss = -np.mean([value for value, _ in answers])
            print(f"step {step}: {loss:.4f} per number", file=sys.stderr, flush=True)
    return averaged


def right(lines: list[Line], weights: np.ndarray) -> tuple[float, float]:
    """The shares of numbers with the right count of digits, and read entirely right."""
    split = len(FEATURES)
    counted = read = 0
    for line in lines:
        path = best_path(
            line.found, line.features @ weights[:split], line.leaving @ weights[split:]
        )
        text = "".join(str(line.said[number]) for number in path)
        counted += len(text) == len(line.text)
        read += text == line.text
    return counted / len(lines), read / len(lines)


def main(argv: list[str] | None = None) -> int:
    """Fit, print what it brings, and write the weights; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fit_numbers", description=__doc__)
    parser.add_argument("--model", help="a .keras file (default: the bundled model)")
    parser.add_argument("--count", type=int, default=COUNT, help="numbers of each kind")
    arguments = parser.parse_args(argv)
    try:
        classifier = DigitClassifier.load(arguments.model)
        parts = []
        for seed in (0, 1):  # to fit on, and to check
            count = arguments.count if not seed else arguments.count // 3
            made = (prepare(classifier, *number) for number in composed(count, seed))
            parts.append([line for lines in made for line in lines])
        weights = np.array([*fitted.WEIGHTS.values(), *fitted.LEAVING_OUT.values()])
        possible = np.mean([gradient(line, weights) is not None for line in parts[1]])
        print(f"{possible:.2%} of {len(parts[1])} have the right path", flush=True)
        print("before: {:.2%} counted, {:.2%} read".format(*right(parts[1], weights)), flush=True)
        weights = fit(parts[0], weights)
        print("fitted: {:.2%} counted, {:.2%} read".format(*right(parts[1], weights)))
        replace_file(FILE, _module(weights).encode())
    except DigitsError as error:
        print_error(error)
        return 1
    return 0


def _module(weights: np.ndarray) -> str:
    """The text of `digits/images/numbers/fitted.py` with other weights."""
    before = FILE.read_text(encoding="utf-8").split("WEIGHTS = {")
    values = [f"{value:.3f}" for value in weights]
    split = len(FEATURES)
    first = "".join(f'    "{n}": {v},\n' for n, v in zip(FEATURES, values, strict=False))
    names = list(fitted.LEAVING_OUT)
    second = "".join(f'    "{n}": {v},\n' for n, v in zip(names, values[split:], strict=True))
    middle = before[1].split("}\n")[1].split("LEAVING_OUT = {")[0]
    return f"{before[0]}WEIGHTS = {{\n{first}}}\n{middle}LEAVING_OUT = {{\n{second}}}\n"


if __name__ == "__main__":
    sys.exit(main())
