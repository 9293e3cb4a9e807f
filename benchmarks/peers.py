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
import json
import os
import platform
import signal
import subprocess
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
from benchmarks.plain_ways import bounding_box_with_margin, reshape_canvas, separate
from benchmarks.tables import write_table
from digits.classifier import DigitClassifier
from digits.console import print_error
from digits.data.corpus import MEASURING_COPIES, MEASURING_SEED, measuring_drawings
from digits.data.mnist import load_mnist
from digits.data.non_digits import TEST_KINDS, VALIDATION_KINDS, draw_non_digit
from digits.data.numbers import Number, numbers
from digits.data.strokes import bounds, draw, draw_randomly
from digits.errors import DigitsError
from digits.images.canvas import CANVAS
from digits.images.preprocessing import to_digit_image
from digits.learning.recipe import PRESETS
from digits.metrics import rejection

DARK_ON_LIGHT, LIGHT_ON_DARK = "dark on light", "light on dark"


class Peer(NamedTuple):
    """A package that reads digits, and how to install it."""

    package: str
    version: str
    environment: str  # packages that need the same large library share one
    requirements: tuple[str, ...]  # what it is measured with
    paper: str  # that its documentation asks for
    made_for: str = ""  # where that is something else than handwriting


TORCH = ("torch==2.14.1", "torchvision==0.29.1")
PEERS = (
    Peer("digit-recognizer-py", "0.1.0", "torch", TORCH, DARK_ON_LIGHT),
    Peer("ccexam", "1.0.0", "torch", (*TORCH, "scikit-learn>=1.5,<2"), LIGHT_ON_DARK),
    Peer(
        "digitsclassifier",
        "2.1.0",
        "tensorflow",
        ("tensorflow==2.21.0", "keras==3.12.4"),
        DARK_ON_LIGHT,
        "printed digits",
    ),
)
HOME = Path(__file__).resolve().parents[1] / ".peers"
TABLE = "peers table"
MOST = 10_000  # drawings
NUMBERS, LENGTH = 500, 4
NON_DIGITS = 2_000
ACCEPT = 0.97  # the share of digits accepted at the threshold that measures rejection
INSTALLING, READING = 60 * 60, 30 * 60  # seconds: how long a package may take
ONE_DIGIT = "reads one digit"


class Skipped(Exception):
    """Why a package is not measured, in one line."""


class Pictures(NamedTuple):
    """PNG files, as folder/paper/group/number.png, and what they show."""

    folder: Path
    digits: list[int]  # of the groups "drawings" and "digit images"
    texts: list[str]  # of the group "numbers"

    def group(self, name: str, paper: str = DARK_ON_LIGHT) -> list[Path]:
        """The files of one group, in order."""
        return sorted((self.folder / paper / name).iterdir())


class Answers(NamedTuple):
    """What one reader says: of each picture its digit and, if it tells one, its confidence."""

    drawings: peer_readers.Answers
    digit_images: peer_readers.Answers
    non_digits: peer_readers.Answers
    numbers: list[str] | None = None  # None: it reads one digit
    threshold: float | None = None  # the confidence below which it declines; None: it never does


def make_pictures(folder: Path, *, validation: bool, most: int = MOST) -> Pictures:
    """Draw what is read: at most so many pictures of each group.

    The drawings are those of all benchmarks: each digit of the test or validation writers twice,
    at random places, sizes and brush widths, on canvases of 280×280 pixels. "digit images" are the
    same digits as this project prepares them for a network: 28×28 pixels, like MNIST.
    """

    def write(group: str, index: int, ink: np.ndarray) -> None:
        light = np.rint(ink * 255).astype(np.uint8)
        for paper, pixels in ((LIGHT_ON_DARK, light), (DARK_ON_LIGHT, 255 - light)):
            file = folder / paper / group / f"{index:05}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(file, compress_level=1)

    drawings = measuring_drawings(validation=validation)
    chosen = (drawings * MEASURING_COPIES)[:most]
    rng = np.random.default_rng(MEASURING_SEED)
    for index, drawing in enumerate(chosen):
        ink = draw_randomly(drawing.strokes, rng)
        write("drawings", index, ink)
        write("digit images", index, to_digit_image(ink))
    composed = numbers(drawings, min(NUMBERS, most), (LENGTH,), seed=MEASURING_SEED)
    for index, number in enumerate(composed):
        write("numbers", index, draw_number(number, rng))
    kinds = VALIDATION_KINDS if validation else TEST_KINDS
    for index in range(min(NON_DIGITS, most)):
        write("non-digits", index, draw_non_digit(kinds[index % len(kinds)], rng))
    return Pictures(
        folder, [drawing.digit for drawing in chosen], [number.text for number in composed]
    )


def draw_number(number: Number, rng: np.random.Generator) -> np.ndarray:
    """Draw a number at a random place and size on a canvas: (280, 280) float32 in [0, 1]."""
    size = rng.uniform(0.7, 0.95)
    low, high = bounds(number.all_strokes)
    pixels = size * CANVAS / (float((high - low).max()) + number.pen)  # per height of a digit
    return draw(
        number.all_strokes,
        size=size,
        brush=number.pen * pixels,
        centre=(rng.uniform(), rng.uniform()),
    )


# ---- the readers


def ours(classifier: DigitClassifier, pictures: Pictures) -> Answers:
    """This project, as anybody calls it: with files."""

    def read(group: str) -> peer_readers.Answers:
        found = map(classifier.predict, pictures.group(group))
        return [(int(answer.probabilities.argmax()), answer.confidence) for answer in found]

    texts = None
    if hasattr(classifier, "read"):
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


def plain_network(home: Path) -> DigitClassifier:
    """The network of most tutorials, trained on MNIST; trained once, then kept in `home`."""
    file = home / "mnist.keras"
    if file.exists():
        return DigitClassifier.load(file)
    recipe = PRESETS["tutorial"]
    mnist = load_mnist()
    network = DigitClassifier.build(recipe.architecture)
    network.train(mnist.train, mnist.validation, recipe=recipe, verbose=0)
    network.save(file)
    return network


def read_with(peer: Peer, pictures: Pictures, home: Path) -> Answers:
    """Install a package if it is not there, and let it read.

    Raises:
        Skipped: it cannot be installed, fails or takes too long.
    """
    python = install(peer, home)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers.json"
        groups = pictures.folder / peer.paper
        # Isolated: it sees neither this project nor the folder of the script.
        script = [str(python), "-I", peer_readers.__file__]
        run([*script, peer.package, str(groups), str(file)], READING)
        said = json.loads(file.read_text(encoding="utf-8"))
    return Answers(said["drawings"], said["digit images"], said["non-digits"])


def install(peer: Peer, home: Path) -> Path:
    """Install a package into its environment; returns the environment's Python.

    Raises:
        Skipped: it cannot be installed.
    """
    environment = home / peer.environment
    python = environment / "bin" / "python"
    if not python.exists():
        run([sys.executable, "-m", "venv", "--without-pip", str(environment)], INSTALLING)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    wanted = (f"{peer.package}=={peer.version}", *peer.requirements)
    run([*pip, "install", "--quiet", *wanted], INSTALLING)
    return python


def run(command: Sequence[str], seconds: float) -> None:
    """Run a command and all that it starts, for at most so long.

    Raises:
        Skipped: it fails, with the last line that it wrote, or takes too long.
    """
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        _, written = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise Skipped(f"took longer than {seconds / 60:g} minutes") from error
    finally:
        if process.returncode is None:  # too slow, or Ctrl-C
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode:
        lines = [line.strip() for line in written.splitlines() if line.strip()]
        raise Skipped(lines[-1] if lines else f"ended with code {process.returncode}")


# ---- the table

HEAD = (
    "reader",
    "drawings read correctly",
    "the same as digit images",
    f"numbers of {LENGTH} digits read correctly",
    "non-digits declined",
    f"non-digits declined when {ACCEPT:.0%} of digits are accepted",
)


def row(answers: Answers, pictures: Pictures) -> list[str]:
    """The cells of a reader, after its name."""

    def correct(said: Sequence, shown: Sequence) -> str:
        return f"{np.mean([a == b for a, b in zip(said, shown, strict=True)]):.1%}"

    on_digits, on_others = (
        np.array([confidence for _, confidence in said], float)
        for said in (answers.drawings, answers.non_digits)
    )
    tells = not np.isnan(on_digits).any()
    return [
        correct([digit for digit, _ in answers.drawings], pictures.digits),
        correct([digit for digit, _ in answers.digit_images], pictures.digits),
        ONE_DIGIT if answers.numbers is None else correct(answers.numbers, pictures.texts),
        "always names a digit"
        if answers.threshold is None
        else f"{(on_others < answers.threshold).mean():.1%}",
        f"{rejection(on_digits, on_others, ACCEPT)['declined']:.1%}"
        if tells
        else "tells no confidence",
    ]


def measure(
    classifier: DigitClassifier,
    pictures: Pictures,
    home: Path,
    peers: Sequence[Peer] = PEERS,
) -> list[list[str]]:
    """Let everybody read the pictures; returns the rows of the table."""
    rows = [[f"**this project** {digits.__version__}", *row(ours(classifier, pictures), pictures)]]
    for peer in peers:
        name = f"`{peer.package}` {peer.version}"
        if peer.made_for:
            name += f" (made for {peer.made_for})"
        try:
            rows.append([name, *row(read_with(peer, pictures, home), pictures)])
        except Skipped as skipped:
            reason = str(skipped).replace("|", "/")
            rows.append([name, f"skipped: {reason}", *["–"] * (len(HEAD) - 2)])
    network = plain_network(home)
    ways = {
        "canvas reshaped to 28×28": (reshape_canvas, False),
        "bounding box with margin; numbers cut by contours": (bounding_box_with_margin, True),
    }
    for way, (prepare, cut) in ways.items():
        answers = plain(network, prepare, pictures, cut=cut)
        name = f"network of MNIST alone, Keras {version('keras')}: {way}"
        rows.append([name, *row(answers, pictures)])
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
            pictures = make_pictures(
                Path(folder), validation=arguments.validation, most=arguments.most
            )
            rows = measure(classifier, pictures, HOME)
            table = markdown(rows, pictures, validation=arguments.validation)
        print(table)
        if arguments.update:
            write_table(arguments.update, TABLE, table)
    except DigitsError as error:
        print_error(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
