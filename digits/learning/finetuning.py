"""Teaches a trained network what people corrected, without it forgetting the rest.

The corrections are few, so they are shown often, varied each time, and among many more pictures
of those the network had learned from: alone, they would soon be all that it knows.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import keras
import numpy as np

from digits.classifier import DigitClassifier
from digits.data.corrections import load_corrections
from digits.data.splits import Split, combine
from digits.errors import DataError
from digits.images.preprocessing import SIZE, digit_image
from digits.learning.calibration import calibrate
from digits.learning.training import fit

MINIMUM = 4  # corrections: two to learn from and two to measure on
REPLAY = 10_000  # pictures of the training data that are shown again
SHARE = 0.03  # of all pictures shown: the corrections, as often as that takes
EPOCHS = 3  # and those of settling
LEARNING_RATE = 3e-4  # a seventh of what the network was first trained with
WAY = 0.9  # how far to go from the old weights to those that were learned


def corrected_digits(folder: str | os.PathLike) -> tuple[Split, int]:
    """Read a folder of corrections as digit images.

    Drawings that come to the same digit image count once, with the last word on it.

    Returns:
        The images (N, 28, 28) float32 in [0, 1] and their digits (N,) uint8; and how many lines
        of the folder's table are damaged.

    Raises:
        DataError: there are fewer than `MINIMUM`.
    """
    kept = load_corrections(folder)
    digits: dict[bytes, int] = {}
    for drawing, label in zip(kept.drawings, kept.labels, strict=True):
        image = digit_image(drawing)
        if image is not None:
            digits[image.tobytes()] = label
    if len(digits) < MINIMUM:
        raise DataError(
            f"{folder} holds {len(digits)} different corrections, and it takes {MINIMUM} to learn "
            "from them: correct more answers on the page first"
        )
    x = np.frombuffer(b"".join(digits), np.float32).reshape(-1, SIZE, SIZE)
    return Split(x, np.array(list(digits.values()), np.uint8)), kept.skipped


def halves(split: Split, *, seed: int = 0) -> tuple[Split, Split]:
    """Deal the images of a split out into two halves, those of each digit as evenly as can be."""
    shuffled = np.random.default_rng(seed).permutation(len(split.y))
    by_digit = shuffled[np.argsort(split.y[shuffled], kind="stable")]
    first, second = by_digit[::2], by_digit[1::2]
    return Split(split.x[first], split.y[first]), Split(split.x[second], split.y[second])


class Outcome(NamedTuple):
    """How a classifier reads after learning from corrections, and how it read before: shares."""

    held_out: int  # how many corrections were held out
    held_out_before: float
    held_out_after: float  # of a classifier that learned from the other half alone
    test_before: float
    test_after: float


def learn_from_corrections(
    classifier: DigitClassifier,
    corrections: Split,
    replay: Split,
    validation: Split,
    test: Split,
    *,
    seed: int = 0,
    verbose: int | str = "auto",
) -> Outcome:
    """Fine-tune a classifier in place, and tell honestly what that brought.

    It learns twice: from one half of the corrections, to be measured on the other; then anew from
    all of them, as they are few and each one counts. So the figure for the corrections is that of
    a classifier that knew half as much as the one that remains.

    Args:
        corrections, replay, validation: as in `finetune`.
        test: digit images that nothing was learned from or chosen by, such as MNIST's test images.

    Raises:
        TrainingInterrupted: somebody pressed Ctrl-C; the classifier is no longer what it was.
    """
    known, held_out = halves(corrections, seed=seed)
    untouched = classifier.model.get_weights()
    before = _share_read(classifier, held_out), classifier.evaluate(*test)["accuracy"]
    finetune(classifier, known, replay, validation, seed=seed, verbose=verbose)
    held_out_after = _share_read(classifier, held_out)
    classifier.model.set_weights(untouched)
    finetune(classifier, corrections, replay, validation, seed=seed, verbose=verbose)
    figures = classifier.evaluate(*test)
    outcome = Outcome(len(held_out.y), before[0], held_out_after, before[1], figures["accuracy"])
    classifier.card["figures"] = {"mnist_test": figures, "corrections": outcome._asdict()}
    return outcome


def _share_read(classifier: DigitClassifier, digits: Split) -> float:
    """The share of digits that are named right; where none is named, that is wrong."""
    named = [answer.digit for answer in classifier.answers(digits.x)]
    return float(np.mean([digit == label for digit, label in zip(named, digits.y, strict=True)]))


def finetune(
    classifier: DigitClassifier,
    corrections: Split,
    replay: Split,
    validation: Split,
    *,
    seed: int = 0,
    verbose: int | str = "auto",
) -> None:
    """Go on training a classifier, in place, with corrections and a replay of its training data.

    All weights learn, at a small rate, but the normalisation keeps the means it has: they are
    those of all the training data, and the corrections would pull them to one hand. In the end
    the weights go `WAY` of the way to the learned ones: the last part of it teaches the new hand
    hardly more, and costs the others most.

    Args:
        corrections: digit images and what they show, 0 to 9; a few are enough.
        replay: digit images and their labels, 0 to 10, as `digits.data.corpus.training_data` gives.
        validation: others, to choose the best epoch and the temperature by.

    Raises:
        TrainingInterrupted: somebody pressed Ctrl-C; the classifier is no longer what it was.

    Source: A. Robins, "Catastrophic forgetting, rehearsal and pseudorehearsal", 1995;
    M. Wortsman et al., "Robust fine-tuning of zero-shot models", 2022, for the way between.
    """
    model = classifier.model
    times = max(1, round(SHARE / (1 - SHARE) * len(replay.y) / len(corrections.y)))
    shown = Split(np.repeat(corrections.x, times, axis=0), np.repeat(corrections.y, times))
    settings = {"epochs": EPOCHS, "learning_rate": LEARNING_RATE, "seed": seed}
    old = model.get_weights()
    with _normalisation_kept(model):
        history = fit(model, combine(replay, shown), validation, **settings, verbose=verbose)
    learned = model.get_weights()
    model.set_weights([a + WAY * (b - a) for a, b in zip(old, learned, strict=True)])
    classifier.card = {
        "trained_on": {
            "corrections": len(corrections.y),
            "training data, seen again": len(replay.y),
        },
        "settings": settings | {"temperature": round(calibrate(model, validation), 3)},
        "history": history,
    }


@contextmanager
def _normalisation_kept(model: keras.Model) -> Iterator[None]:
    """Within it, batch normalisation works as at inference while the model trains."""
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for layer in layers:
        layer.trainable = False
    try:
        yield
    finally:
        for layer in layers:
            layer.trainable = True
