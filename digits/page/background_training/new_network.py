"""Trains a new network by the recipe that a visitor chose, and saves it."""

import base64
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import keras
import numpy as np

from digits.classifier import DigitClassifier
from digits.data.corpus import training_data
from digits.images.preprocessing import SIZE
from digits.learning.dropout import dropout_kept
from digits.learning.recipe import Recipe
from digits.learning.training import TrainingInterrupted
from digits.page.background_training.callback import ProgressCallback
from digits.page.background_training.controls import Controls
from digits.saving import check_writable


def train(
    job: dict[str, Any],
    folder: Path,
    report: Callable[..., None],
    controls: Controls,
    saving: AbstractContextManager,
) -> None:
    """Train, report how it goes, and save the network under a name of its own.

    Args:
        job: a `jobs.Job` with a recipe.
        folder: where to save.
        report: receives what has changed, by the names in `jobs.Progress`.
        controls: what the visitor asks for meanwhile; once they say stop, the best network so far
            is saved.
        saving: held while files are written.

    Raises:
        TrainingInterrupted: it was stopped before an epoch was done.
    """
    recipe = Recipe.from_dict(job["recipe"])
    keras.utils.set_random_seed(recipe.seed)
    classifier = DigitClassifier.build(recipe.architecture)
    stem = f"my_{recipe.architecture}"
    check_writable(folder / f"{stem}.keras", classifier.model)
    report(step="Loading the digits" if recipe.data == "mnist" else "Drawing digits to train on")
    data = training_data(recipe.data, images=recipe.images, seed=recipe.seed)
    recipe = recipe.changed({"parts": data.counts, "validation_parts": data.validation_counts})
    callback = ProgressCallback(
        report,
        controls,
        recipe.total_epochs,
        validation=data.validation,
        drawing=drawn(job["drawing"]) if job["drawing"] else None,
    )
    with suppress(TrainingInterrupted), dropout_kept(classifier.model):
        classifier.train(
            data.train,
            data.validation,
            recipe=recipe,
            callbacks=[callback],
            verbose=0,
            pace=controls.pace,
            augmented=controls.augmented,
        )
    if controls.changes:
        classifier.card["training"]["changes"] = controls.changes
    report(step="Saving", share=None)
    with saving:
        classifier.save_under_new_name(folder, stem)
    accuracy = classifier.card["figures"]["validation"]["accuracy"]
    report(saved=classifier.file.stem, accuracy=accuracy)


def drawn(content: str) -> np.ndarray:
    """The visitor's digit image, (28, 28) float32, in what the page sent: 784 bytes in base64."""
    pixels = np.frombuffer(base64.b64decode(content), np.uint8)
    return pixels.reshape(SIZE, SIZE).astype(np.float32) / 255
