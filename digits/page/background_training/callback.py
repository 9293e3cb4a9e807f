"""Tells the page how a training goes, while it goes."""

import base64
import time
from collections.abc import Callable
from threading import Event
from typing import Any

import keras
import numpy as np

from digits.data.splits import Split
from digits.learning.batches import batches_in_order
from digits.learning.training import SETTLING_EPOCHS
from digits.metrics import most_confident_mistakes

MISTAKES = 12  # shown of each epoch
EVERY = 0.25  # seconds between two words on the share of an epoch that is done


class Watcher(keras.callbacks.Callback):
    """Tells of each epoch, and breaks the training off when asked to."""

    def __init__(
        self, say: Callable[..., None], stop: Event, validation: Split, epochs: int
    ) -> None:
        """Prepare to watch a training.

        Args:
            say: gets what has changed, by the names in `jobs.Progress`.
            stop: when set, training is interrupted as by Ctrl-C.
            validation: digit images and labels, to find mistakes among.
            epochs: how many there will be.
        """
        super().__init__()
        self._say = say
        self._stop = stop
        self._validation = validation
        self._epochs = epochs
        self._history: dict[str, list[float]] = {}
        self._told = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Say which epoch it is; Keras calls it, as the others."""
        self._say(step=f"Epoch {epoch + 1} of {self._epochs}", share=0, epochs=self._epochs)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Say now and then how much of the epoch is done."""
        self._obey()
        now = time.monotonic()
        if now - self._told >= EVERY:
            self._told = now
            self._say(share=(batch + 1) / self.params["steps"])

    def on_test_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Validation, too, can be broken off."""
        self._obey()

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Give the figures of all epochs so far, and what the network gets wrong now."""
        for name, value in logs.items():
            self._history.setdefault(name, []).append(float(value))
        self._say(share=1, history=self._history, mistakes=self._mistakes())

    def _obey(self) -> None:
        if self._stop.is_set():
            self._say(step="Stopping", share=None)
            raise KeyboardInterrupt

    def _mistakes(self) -> list[dict[str, Any]]:
        """The answers that are wrong and yet most sure."""
        x, y = self._validation
        probabilities = self.model.predict(batches_in_order(self._validation), verbose=0)
        return [
            {
                "digit": int(y[index]),
                "answer": int(probabilities[index].argmax()),
                "image": base64.b64encode(np.rint(x[index] * 255).astype(np.uint8)).decode(),
            }
            for index in most_confident_mistakes(probabilities, y, MISTAKES)
        ]


def total_epochs(epochs: int, augmented: bool) -> int:
    """How many epochs `digits.learning.training.fit` trains at most, when asked for `epochs`."""
    return epochs + SETTLING_EPOCHS * augmented
