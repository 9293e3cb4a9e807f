"""Reports to the page how a training goes, while it goes."""

import base64
import time
from collections.abc import Callable
from threading import Event
from typing import Any

import keras
import numpy as np

from digits.data.splits import Split
from digits.learning.batches import batches_in_order
from digits.metrics import most_confident_mistakes

MISTAKES = 12  # shown of each epoch
EVERY = 0.25  # seconds between two reports within an epoch


class ProgressCallback(keras.callbacks.Callback):
    """Reports each epoch, and interrupts the training when asked to."""

    def __init__(
        self, report: Callable[..., None], stop: Event, validation: Split, epochs: int
    ) -> None:
        """Prepare to follow a training.

        Args:
            report: receives what has changed, by the names in `jobs.Progress`.
            stop: once set, training is interrupted as by Ctrl-C.
            validation: digit images and labels, to find mistakes among.
            epochs: how many there will be.
        """
        super().__init__()
        self._report = report
        self._stop = stop
        self._validation = validation
        self._epochs = epochs
        self._history: dict[str, list[float]] = {}
        self._reported = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Report which epoch it is; Keras calls this and the following methods."""
        self._report(step=f"Epoch {epoch + 1} of {self._epochs}", share=0, epochs=self._epochs)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Report now and then how much of the epoch is done."""
        self._stop_if_asked()
        now = time.monotonic()
        if now - self._reported >= EVERY:
            self._reported = now
            self._report(share=(batch + 1) / self.params["steps"])

    def on_test_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Validation can be interrupted too."""
        self._stop_if_asked()

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Report the figures of all epochs so far, and what the network gets wrong now."""
        for name, value in logs.items():
            self._history.setdefault(name, []).append(float(value))
        self._report(share=1, history=self._history, mistakes=self._mistakes())

    def _stop_if_asked(self) -> None:
        if self._stop.is_set():
            self._report(step="Stopping", share=None)
            raise KeyboardInterrupt

    def _mistakes(self) -> list[dict[str, Any]]:
        """The most confident wrong answers."""
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
