"""Trains several networks on the same budget, and measures what each is worth."""

import csv
import io
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from digits.classifier import DigitClassifier
from digits.data.splits import Split


class Result(NamedTuple):
    """What one network is worth after its training."""

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
    epochs: int,
    seed: int = 0,
    folder: Path | None = None,
    **settings: Any,
) -> Iterator[Result]:
    """Train each network alike, and measure it; yields its result as soon as it is there.

    Args:
        names: of the networks, from `digits.architectures`.
        train, validation: digit images and labels, as `DigitClassifier.train` takes them.
        tests: what the trained networks are to read, by name. Whoever chooses a network by the
            results gives validation data here.
        epochs: how often each network sees the images.
        seed: of the first weights and of the training, the same for each network; it becomes the
            seed of Keras, NumPy and Python's `random` as a whole.
        folder: where to keep the trained networks, as `<name>.keras`; by default nowhere.
        settings: more of `digits.learning.training.fit`, such as `augmented` or `verbose`.

    Raises:
        ModelError: there is no network of such a name, or it cannot be saved in the folder.
        DigitsError, TrainingInterrupted: see `DigitClassifier.train`.
    """
    for name in names:
        keras.utils.set_random_seed(seed)
        classifier = DigitClassifier.build(name)
        started = time.perf_counter()
        classifier.train(train, validation, epochs=epochs, seed=seed, **settings)
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
    """How long it takes from one digit image to its probabilities.

    Args:
        image: (28, 28) float32 in [0, 1].
        rounds: how often that is measured.

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
    """Save the classifier, if only to see how large its file is; returns the bytes."""
    if folder is None:
        with tempfile.TemporaryDirectory() as nowhere:
            return _save(classifier, Path(nowhere))
    classifier.save(folder / f"{classifier.model.name}.keras")
    return classifier.path.stat().st_size


def markdown(results: Sequence[Result]) -> str:
    """A table for people, in Markdown: a row a network, at least one; units in the head."""
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
    """The same table for programs, in CSV (RFC 4180), unrounded: seconds, shares, ms, bytes."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    parts = results[0].accuracy
    table.writerow(["network", "parameters", "seconds", *parts, "latency_ms", "file_bytes"])
    for name, parameters, seconds, accuracy, milliseconds, size in results:
        table.writerow([name, parameters, seconds, *accuracy.values(), milliseconds, size])
    return text.getvalue()
