"""Teaches a trained network what people corrected, without making it forget the rest.

Corrections are few, so each is repeated, augmented every time, among many more images like those
that the network was trained on: on their own they would soon be all that it knows.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import keras
import numpy as np

from digits.data.corrections import load_corrections
from digits.data.splits import Split, combine, fingerprint
from digits.errors import DataError
from digits.images.preprocessing import SIZE, digit_image
from digits.learning.recipe import SETTLING_EPOCHS, Augmentation, Recipe
from digits.learning.training import fit

MINIMUM = 4  # corrections: two to learn from and two to measure on
REPLAY = 10_000  # images of the training data that are shown again
SHARE = 0.03  # of all images shown: the corrections, repeated as often as that takes
EPOCHS = 3  # before settling
LEARNING_RATE = 3e-4  # a seventh of the rate at which the network was first trained
STEP = 0.9  # how far the weights move from the old ones (0) to the fine-tuned ones (1)


def corrected_digits(folder: str | os.PathLike[str]) -> tuple[Split, int]:
    """Read a folder of corrections as digit images.

    Drawings that result in the same digit image count once, with their latest label.

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
            digits[image.tobytes()] = int(label)
    if len(digits) < MINIMUM:
        raise DataError(
            f"{folder} holds {len(digits)} different corrections, and learning takes at least "
            f"{MINIMUM}: correct more answers on the page first"
        )
    x = np.frombuffer(b"".join(digits), np.float32).reshape(-1, SIZE, SIZE)
    return Split(x, np.array(list(digits.values()), np.uint8)), kept.skipped


def halves(split: Split, *, seed: int = 0) -> tuple[Split, Split]:
    """Divide a split at random into two halves, each digit as evenly as possible."""
    shuffled = np.random.default_rng(seed).permutation(len(split.y))
    by_digit = shuffled[np.argsort(split.y[shuffled], kind="stable")]
    first, second = by_digit[::2], by_digit[1::2]
    return Split(split.x[first], split.y[first]), Split(split.x[second], split.y[second])


def finetune(
    model: keras.Model,
    corrections: Split,
    replay: Split,
    validation: Split,
    *,
    seed: int = 0,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int | str = "auto",
) -> tuple[Recipe, dict[str, list[float]]]:
    """Continue the training of a network, in place, on corrections and a replay of its data.

    All weights are trained, at a low rate, but batch normalization keeps its means: they describe
    all the training data, and the corrections would pull them towards one person's hand. At the
    end the weights move only `STEP` of the way to the fine-tuned ones: the last part of it hardly
    helps with the new hand, and costs the others most.

    Args:
        model: trained.
        corrections: digit images and what they show, 0 to 9; a few are enough.
        replay: digit images and labels 0 to 10, as `digits.data.corpus.training_data` gives them.
        validation: others, to choose the best epoch by.
        callbacks: more Keras callbacks.

    Returns:
        What was done, as a recipe, and the figures of each epoch.

    Raises:
        TrainingInterrupted: somebody pressed Ctrl-C; the network is no longer what it was.

    Source: A. Robins, "Catastrophic forgetting, rehearsal and pseudorehearsal", 1995;
    M. Wortsman et al., "Robust fine-tuning of zero-shot models", 2022, for the step between.
    """
    times = max(1, round(SHARE / (1 - SHARE) * len(replay.y) / len(corrections.y)))
    shown = Split(np.repeat(corrections.x, times, axis=0), np.repeat(corrections.y, times))
    train = combine(replay, shown)
    recipe = Recipe(
        model.name,
        seed=seed,
        epochs=EPOCHS,
        settling_epochs=SETTLING_EPOCHS,
        learning_rate=LEARNING_RATE,
        augmentation=Augmentation(),
    ).of_custom_data()
    recipe = recipe.describe(
        {
            f"corrections, each {times} times": len(shown.y),
            "training images, shown again": len(replay.y),
        },
        {"validation images": len(validation.y)},
        fingerprint(train, validation),
    )
    old = model.get_weights()
    with _frozen_normalization(model):
        history = fit(model, train, validation, recipe, callbacks=callbacks, verbose=verbose)
    learned = model.get_weights()
    model.set_weights([a + STEP * (b - a) for a, b in zip(old, learned, strict=True)])
    return recipe, history


@contextmanager
def _frozen_normalization(model: keras.Model) -> Iterator[None]:
    """Within it, batch normalization works as at inference while the model trains."""
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for layer in layers:
        layer.trainable = False
    try:
        yield
    finally:
        for layer in layers:
            layer.trainable = True
