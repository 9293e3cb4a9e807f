"""Reports to the page how a training goes, while it goes."""

import base64
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from digits.data.splits import Split
from digits.learning.batches import batches_in_order
from digits.metrics import most_confident_mistakes
from digits.page.background_training.controls import Controls

MISTAKES = 12  # shown of each epoch
EVERY = 0.25  # seconds between two reports within an epoch
MOST_POINTS = 240  # of the curve of the batches; with more, two neighbours become one
MOST_ANSWERS = 12  # to the visitor's drawing; with more, every second one goes
FIRST_PAUSE = 0.5  # seconds between two of them, and longer as some go


class ProgressCallback(keras.callbacks.Callback):
    """Reports each epoch and what happens within it, and does what it is asked to meanwhile."""

    def __init__(
        self,
        report: Callable[..., None],
        controls: Controls,
        epochs: int,
        *,
        what: str = "Epoch {} of {}",
        validation: Split | None = None,
        drawing: np.ndarray | None = None,
    ) -> None:
        """Prepare to follow a training.

        Args:
            report: receives what has changed, by the names in `jobs.Progress`.
            controls: what the visitor asks for; once it says so, training is interrupted as by
                Ctrl-C.
            epochs: how many there will be.
            what: says which epoch of how many it is.
            validation: digit images and labels, to find mistakes among; None looks for none, and
                reports no curves either, and changes nothing meanwhile.
            drawing: a digit image (28, 28) of the visitor's, to read now and then.
        """
        super().__init__()
        self._report = report
        self._controls = controls
        self._validation = validation
        self._epochs = epochs
        self._what = what
        self._drawing = drawing
        self._history: dict[str, list[float]] = {}
        self._epoch = 0
        self._reported = 0.0
        self._before = (0, 0.0, 0.0)  # batches of the epoch at the last report, loss and accuracy
        self._points: list[list[float]] = []  # epochs done, loss and accuracy of the batches since
        self._answers: list[list[Any]] = []  # epochs done, and ten probabilities
        self._pause = FIRST_PAUSE
        self._read = 0.0  # when the drawing was read last

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Read the drawing before anything is learned; Keras calls this and the following methods.

        It is called for each phase of the training.
        """
        if not self._answers:
            self._read_drawing(0)
            self._report(answers=self._answers)

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Report which epoch it is."""
        self._epoch = epoch
        self._before = (0, 0.0, 0.0)
        self._make_changes(epoch)
        self._report(step=self._what.format(epoch + 1, self._epochs), share=0, epochs=self._epochs)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Report now and then how much of the epoch is done, and how it went since."""
        self._stop_if_asked()
        now, steps = time.monotonic(), self.params["steps"]
        if now - self._reported < EVERY and batch + 1 < steps:
            return
        self._reported = now
        news: dict[str, Any] = {"share": (batch + 1) / steps}
        at = self._epoch + (batch + 1) / steps
        if self._validation and logs:
            self._add_point(at, batch + 1, logs)
            news["batches"] = self._points
        if now - self._read >= self._pause and self._drawing is not None:
            self._read_drawing(at)
            news["answers"] = self._answers
        self._report(**news)
        self._make_changes(at)

    def on_test_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Validation can be interrupted too."""
        self._stop_if_asked()

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Report the figures of all epochs so far, and what the network gets wrong now."""
        if not self._validation:
            return self._report(share=1)
        for name, value in logs.items():
            self._history.setdefault(name, []).append(float(value))
        self._read_drawing(epoch + 1)
        self._report(
            share=1, history=self._history, mistakes=self._mistakes(), answers=self._answers
        )

    def _stop_if_asked(self) -> None:
        if self._controls.stop.is_set():
            self._report(step="Stopping", share=None)
            raise KeyboardInterrupt

    def _make_changes(self, at: float) -> None:
        if self._validation and self._controls.make_changes(at, self.model):
            self._report(changes=self._controls.changes)

    def _add_point(self, at: float, batches: int, logs: dict[str, float]) -> None:
        """Keep the means since the last report; Keras gives those since the epoch began."""
        before, *old = self._before
        loss, accuracy = float(logs["loss"]), float(logs["accuracy"])
        self._before = (batches, loss, accuracy)
        since = [
            (batches * now - before * then) / (batches - before)
            for now, then in zip((loss, accuracy), old, strict=True)
        ]
        self._points.append([round(value, 5) for value in (at, *since)])
        if len(self._points) > MOST_POINTS:
            pairs = zip(self._points[::2], self._points[1::2], strict=False)
            self._points = [np.mean(pair, axis=0).round(5).tolist() for pair in pairs]

    def _read_drawing(self, at: float) -> None:
        if self._drawing is None:
            return
        self._read = time.monotonic()
        read = self.model(self._drawing[None, :, :, None], training=False)
        answer = keras.ops.convert_to_numpy(read)[0].astype(float).round(4).tolist()
        if self._answers and self._answers[-1][0] == at:
            self._answers.pop()
        self._answers.append([round(at, 3), answer])
        if len(self._answers) > MOST_ANSWERS:
            self._answers = self._answers[::2]
            self._pause *= 2

    def _mistakes(self) -> list[dict[str, Any]]:
        """The most confident wrong answers."""
        assert self._validation is not None
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
