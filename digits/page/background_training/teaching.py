"""Teaches the page's own model one visitor's hand, and measures honestly what that brings."""

import base64
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np

from digits.classifier import DigitClassifier
from digits.data.corpus import training_data
from digits.data.splits import Split, sample
from digits.errors import DataError
from digits.images.preprocessing import SIZE
from digits.learning.finetuning import EPOCHS, halves
from digits.learning.recipe import SETTLING_EPOCHS
from digits.page.background_training.callback import ProgressCallback
from digits.page.background_training.controls import Controls
from digits.saving import check_writable

REPLAY = 4_000  # images of the training data that are shown again: visitors wait
MEASURED = 2_000  # images that are not learned from, to see whether it forgets others
STEM = "my_hand"


def teach(
    hand: dict[str, Any],
    model: Path,
    folder: Path,
    report: Callable[..., None],
    controls: Controls,
    saving: AbstractContextManager,
) -> None:
    """Fine-tune a copy of a model on a visitor's drawings, and save it under a name of its own.

    It learns twice, as `digits.measuring.learning_from_corrections` does: from one half of the
    drawings, to be measured on the other half; then again, from all of them.

    Args:
        hand: {"digits": what was drawn, "images": their digit images, 784 bytes each, in base64}.
        model: the file of the model.
        folder: where to save.
        report: receives what has changed, by the names in `jobs.Progress`.
        controls: once they say stop, it ends and nothing is saved.
        saving: held while files are written.

    Raises:
        TrainingInterrupted: it was stopped.
    """
    drawn = drawings(hand)
    classifier = DigitClassifier.load(model)
    check_writable(folder / f"{STEM}.keras", classifier.model)
    report(step="Drawing other people's digits, so that it forgets none")
    try:
        data = training_data("mnist+pen", images=REPLAY, seed=0)
    except DataError:  # without the pen digits
        data = training_data("mnist+synthetic", images=REPLAY, seed=0)
    validation = sample(data.validation, MEASURED)
    known, held_out = halves(drawn)
    untouched = classifier.model.get_weights()
    others_before = classifier.evaluate(*validation)["accuracy"]
    before = classifier.probabilities(held_out.x).argmax(axis=1)

    def learn(split: Split, what: str) -> None:
        epochs = EPOCHS + SETTLING_EPOCHS
        callback = ProgressCallback(report, controls, epochs, what=what)
        classifier.learn(split, data.train, validation, callbacks=[callback], verbose=0)

    learn(known, f"Learning from {len(known.y)} of them, to measure on the others: {{}} of {{}}")
    after = classifier.probabilities(held_out.x).argmax(axis=1)
    pixels = np.rint(held_out.x * 255).astype(np.uint8)
    lesson = {
        "held_out": [
            {
                "digit": int(digit),
                "before": int(old),
                "after": int(new),
                "image": base64.b64encode(image).decode(),
            }
            for digit, old, new, image in zip(held_out.y, before, after, pixels, strict=True)
        ],
        "others": len(validation.y),
        "others_before": others_before,
    }
    report(lesson=lesson)
    classifier.model.set_weights(untouched)
    learn(drawn, f"Learning from all {len(drawn.y)}: {{}} of {{}}")
    report(step="Saving", share=None)
    others_after = classifier.card["figures"]["validation"]["accuracy"]
    classifier.card["figures"]["hand"] = {
        "held_out": len(held_out.y),
        "held_out_before": float((before == held_out.y).mean()),
        "held_out_after": float((after == held_out.y).mean()),
    }
    classifier.card["started_from"] = model.name
    with saving:
        classifier.save_under_new_name(folder, STEM)
    report(
        saved=classifier.file.stem,
        accuracy=others_after,
        lesson=lesson | {"others_after": others_after},
    )


def drawings(hand: dict[str, Any]) -> Split:
    """The digit images in what the page sent."""
    pixels = np.frombuffer(base64.b64decode(hand["images"]), np.uint8).reshape(-1, SIZE, SIZE)
    return Split(pixels.astype(np.float32) / 255, np.array(hand["digits"], np.uint8))
