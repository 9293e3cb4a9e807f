"""Measures digit readers side by side: `python -m benchmarks.peers`.

This project, packages that read digits from the package index, and the plain ways of most
draw-a-digit pages read the same PNG files: drawings, numbers and non-digits. Each package is
installed into an environment in `.peers/`, takes pictures on the paper that its documentation asks
for, and reads them in a process of its own (`benchmarks.peer_readers`). What cannot be installed,
fails or takes too long is skipped, with the reason in its row. Installing all of them takes about
8 GB, which `make clean` removes.
`--validation` measures on the validation writers and the non-digits held out for validation: use
it to make choices. `--update docs/figures.md` also writes the table into that file.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from PIL import Image

import digits
from benchmarks import peer_readers
from benchmarks.peer_packages import PEERS, Peer, Skipped, answers
from benchmarks.peer_pictures import LENGTH, LIGHT_ON_DARK, MOST, Pictures, make_pictures
from benchmarks.plain_ways import bounding_box_with_margin, reshape_canvas, separate
from benchmarks.tables import write_table
from digits.classifier import DigitClassifier
from digits.console import print_error
from digits.data.mnist import load_mnist
from digits.errors import DigitsError
from digits.learning.recipe import PRESETS
from digits.metrics import rejection

HOME = Path(__file__).resolve().parents[1] / ".peers"
TABLE = "peers table"
ACCEPT = 0.97  # the share of digits accepted at the threshold that measures rejection


class Answers(NamedTuple):
    """What one reader says: of each picture its digit and, if it tells one, its confidence."""

    drawings: peer_readers.Answers
    digit_images: peer_readers.Answers
    non_digits: peer_readers.Answers
    numbers: list[str] | None = None  # None: it reads one digit
    threshold: float | None = None  # the confidence below which it declines; None: it never does


def ours(classifier: DigitClassifier, pictures: Pictures) -> Answers:
    """This project, as anybody calls it: with files."""

    def read(group: str) -> peer_readers.Answers:
        found = map(classifier.predict, pictures.group(group))
        return [(int(answer.probabilities.argmax()), answer.confidence) for answer in found]

    texts = [classifier.read(path).text for path in pictures.group("numbers")]
    groups = map(read, ("drawings", "digit images", "non-digits"))
    return Answers(*groups, numbers=texts, threshold=classifier.threshold)


def plain(
    network: DigitClassifier,
    prepare: Callable[[np.ndarray], np.ndarray],
    pictures: Pictures,
    *,
    cut: bool,
) -> Answers:
    """A network trained on MNIST alone, and a plain way to prepare pictures for it.

    Args:
        prepare: ink, (H, W) float32 in [0, 1], to (28, 28).
        cut: whether it also cuts numbers into digits, by contours.
    """

    def likeliest(inks: Sequence[np.ndarray]) -> peer_readers.Answers:
        rows = network.probabilities(np.stack([prepare(ink) for ink in inks]))
        return [(int(row.argmax()), float(row.max())) for row in rows]

    def inks(group: str) -> list[np.ndarray]:
        paths = pictures.group(group, LIGHT_ON_DARK)
        return [np.asarray(Image.open(path), np.float32) / 255 for path in paths]

    texts = None
    if cut:
        texts = [
            "".join(str(digit) for digit, _ in likeliest(separate(ink))) for ink in inks("numbers")
        ]
    groups = (likeliest(inks(group)) for group in ("drawings", "digit images", "non-digits"))
    return Answers(*groups, numbers=texts)


def plain_network() -> DigitClassifier:
    """Train a network on MNIST as it is, in seconds: the preset `fast`."""
    recipe = PRESETS["fast"]
    mnist = load_mnist()
    network = DigitClassifier.build(recipe.architecture)
    return network.train(mnist.train, mnist.validation, recipe=recipe, verbose=0)


HEAD = (
    "reader",
    "drawings read correctly",
    "the same as digit images",
    f"numbers of {LENGTH} digits read correctly",
    "non-digits declined",
    f"non-digits declined when {ACCEPT:.0%} of digits are accepted",
)


def row(read: Answers, pictures: Pictures) -> list[str]:
    """The cells of a reader, after its name."""

    def correct(said: Sequence, shown: Sequence) -> str:
        return f"{np.mean([a == b for a, b in zip(said, shown, strict=True)]):.1%}"

    on_digits, on_others = (
        np.array([confidence for _, confidence in said], float)
        for said in (read.drawings, read.non_digits)
    )
    tells = not np.isnan(on_digits).any()
    return [
        correct([digit for digit, _ in read.drawings], pictures.digits),
        correct([digit for digit, _ in read.digit_images], pictures.digits),
        "reads one digit" if read.numbers is None else correct(read.numbers, pictures.texts),
        "always names a digit"
        if read.threshold is None
        else f"{(on_others < read.threshold).mean():.1%}",
        f"{rejection(on_digits, on_others, ACCEPT)['declined']:.1%}"
        if tells
        else "tells no confidence",
    ]


def measure(
    classifier: DigitClassifier,
    network: DigitClassifier,
    pictures: Pictures,
    home: Path,
    peers: Sequence[Peer] = PEERS,
) -> list[list[str]]:
    """Let everybody read the pictures; returns the rows of the table.

    Args:
        network: one that was trained on MNIST alone, for the plain ways.
        home: the folder of the packages' environments.
    """
    rows = [[f"**this project** {digits.__version__}", *row(ours(classifier, pictures), pictures)]]
    for peer in peers:
        name = f"`{peer.package}` {peer.version}"
        if peer.made_for:
            name += f" (made for {peer.made_for})"
        try:
            said = answers(peer, pictures.folder, home)
            read = Answers(said["drawings"], said["digit images"], said["non-digits"])
            rows.append([name, *row(read, pictures)])
        except Skipped as skipped:
            reason = str(skipped).replace("|", "/")
            rows.append([name, f"skipped: {reason}", *["–"] * (len(HEAD) - 2)])
    ways = {
        "canvas reshaped to 28×28": (reshape_canvas, False),
        "bounding box with margin; numbers cut by contours": (bounding_box_with_margin, True),
    }
    for way, (prepare, cut) in ways.items():
        read = plain(network, prepare, pictures, cut=cut)
        name = f"network of MNIST alone, Keras {version('keras')}: {way}"
        rows.append([name, *row(read, pictures)])
    return rows


def markdown(rows: Sequence[Sequence[str]], pictures: Pictures, *, validation: bool) -> str:
    """The table, and below it what was measured when."""
    lines = [HEAD, ["---"] * len(HEAD), *rows]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    split = "validation" if validation else "test"
    others = len(pictures.group("non-digits"))
    return (
        f"{table}\n\nMeasured on {date.today():%Y-%m-%d} with Python {platform.python_version()}: "
        f"{len(pictures.digits):,} drawings of the {split} writers, {len(pictures.texts):,} "
        f"numbers composed of their digits, and {others:,} non-digits of kinds held out for "
        f"{split}."
    )


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and write it to the file of `--update`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--model", help="a .keras file (default: the bundled model)")
    parser.add_argument("--validation", action="store_true", help="measure on validation data")
    parser.add_argument(
        "--most", type=int, default=MOST, help="pictures of each group (default: %(default)s)"
    )
    parser.add_argument("--update", metavar="FILE", type=Path, help="also write the table there")
    arguments = parser.parse_args(argv)
    HOME.mkdir(exist_ok=True)
    try:
        classifier = DigitClassifier.load(arguments.model)
        with tempfile.TemporaryDirectory() as folder:
            validation, most = arguments.validation, arguments.most
            pictures = make_pictures(Path(folder), validation=validation, most=most)
            rows = measure(classifier, plain_network(), pictures, HOME)
            table = markdown(rows, pictures, validation=validation)
        print(table)
        if arguments.update:
            write_table(arguments.update, TABLE, table)
    except DigitsError as error:
        print_error(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
