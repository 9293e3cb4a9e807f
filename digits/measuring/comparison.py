"""Trains several networks by the same recipe, and measures how they compare."""

import csv
import io
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from digits.classifier import DigitClassifier
from digits.data.splits import Split
from digits.learning.recipe import Recipe
from digits.learning.training import described


class Result(NamedTuple):
    """How one network does after its training."""

    name: str  # its name in `digits.architectures`
    parameters: int
    seconds: float  # from its first look at the images until it is trained and calibrated
    accuracy: dict[str, float]  # 0 to 1, by the name of what it read
    latency: float  # ms from one digit image to its probabilities, see `latency`
    size: int  # of the model file, in bytes


def compare(
    names: Iterable[str],
    train: Split,
    validation: Split,
    tests: dict[str, Split],
    *,
    recipe: Recipe,
    folder: Path | None = None,
    verbose: int | str = "auto",
) -> Iterator[Result]:
    """Train each network by the same recipe, and measure it; yields each result when it is ready.

    Args:
        names: of the networks, from `digits.architectures`.
        train, validation: digit images and labels, as `DigitClassifier.train` takes them.
        tests: what the trained networks are to read, by name. To choose a network by the results,
            give validation data here.
        recipe: how to train, whatever its network; its seed becomes that of Keras, NumPy and
            Python's `random` as a whole before each training.
        folder: where to keep the trained networks, as `<name>.keras`; by default nowhere.
        verbose: how Keras shows its progress.

    Raises:
        ModelError: there is no network of such a name, or it cannot be saved in the folder.
        DigitsError, TrainingInterrupted: see `DigitClassifier.train`.
    """
    recipe = described(recipe, train, validation)
    for name in names:
        keras.utils.set_random_seed(recipe.seed)
        classifier = DigitClassifier.build(name)
        started = time.perf_counter()
        classifier.train(train, validation, recipe=recipe, verbose=verbose)
        seconds = time.perf_counter() - started
        yield Result(
            name,
            classifier.model.count_params(),
            seconds,
            {part: classifier.evaluate(*digits)["accuracy"] for part, digits in tests.items()},
            latency(classifier, validation.x[0]),
            _save(classifier, folder),
        )


def latency(classifier: DigitClassifier, image: np.ndarray, rounds: int = 200) -> float:
    """Measure how long the network takes from one digit image to its probabilities.

    Args:
        image: (28, 28) float32 in [0, 1].
        rounds: how many times to measure.

    Returns:
        Milliseconds, the median of all rounds.
    """
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        classifier.probabilities(image[None])
        times.append(time.perf_counter() - started)
    return 1000 * statistics.median(times)


def _save(classifier: DigitClassifier, folder: Path | None) -> int:
    """Save the classifier, if only to learn the size of its file; returns the bytes."""
    if folder is None:
        with tempfile.TemporaryDirectory() as nowhere:
            return _save(classifier, Path(nowhere))
    classifier.save(folder / f"{classifier.model.name}.keras")
    return classifier.file.stat().st_size


def markdown(results: Sequence[Result]) -> str:
    """A table for people, in Markdown: one row per network, with units in the header."""
    head = ["network", "parameters", "training, s", *results[0].accuracy, "one image, ms"]
    lines = [[*head, "file, kB"], ["---"] + ["---:"] * len(head)]
    for result in results:
        lines.append(
            [
                result.name,
                f"{result.parameters:,}",
                f"{result.seconds:.1f}",
                *(f"{accuracy:.2%}" for accuracy in result.accuracy.values()),
                f"{result.latency:.2f}",
                f"{result.size / 1000:.0f}",
            ]
        )
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def comma_separated(results: Sequence[Result]) -> str:
    """The same table for programs, in CSV (RFC 4180), not rounded: seconds, shares, ms, bytes."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    parts = results[0].accuracy
    table.writerow(["network", "parameters", "seconds", *parts, "latency_ms", "file_bytes"])
    for name, parameters, seconds, accuracy, milliseconds, size in results:
        table.writerow([name, parameters, seconds, *accuracy.values(), milliseconds, size])
    return text.getvalue()
