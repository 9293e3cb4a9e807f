"""Trains beside the page: one network at a time, in a process of its own.

So the page keeps answering while a network trains, and a training that crashes cannot stop it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Condition, Lock, Thread
from typing import Any, NamedTuple

from digits.errors import DigitsError
from digits.files import PROJECT
from digits.learning.recipe import Recipe

BATCH_SIZE = 32  # small: a few thousand images still make many steps
LOST = "The training stopped unexpectedly: the terminal in which the page runs says why."
BUSY = "A network is training on this page already: wait until it is done."
PATIENCE = 10  # seconds for the process to end by itself, once nobody wants it any more


class Progress(NamedTuple):
    """How far a training is; the process reports each change as JSON."""

    step: str = "Getting ready"  # what it is doing, in words
    share: float | None = None  # how much of that is done, 0 to 1
    epochs: int = 0  # how many there will be
    history: dict[str, list[float]] = {}  # as of `digits.learning.training.fit`
    # Of the validation digits: {"digit": 4, "answer": 9, "image": 784 bytes as base64}.
    mistakes: list[dict[str, Any]] = []
    saved: str | None = None  # the name of the trained model
    accuracy: float = 0.0  # of that model on the validation digits, 0 to 1
    error: str | None = None  # what went wrong, in one line
    over: bool = False


def recipe(architecture: str, data: str, images: int, epochs: int, augmented: bool) -> Recipe:
    """The recipe of what a visitor chose.

    Raises:
        DigitsError: a value is out of range.
    """
    chosen = Recipe(architecture, data, images, epochs=epochs, batch_size=BATCH_SIZE)
    return chosen.augmented(augmented)


class Training:
    """A training in its process."""

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        """Start it; the model becomes `my_<architecture>.keras`, or `my_<architecture>-2.keras`."""
        self.progress = Progress()
        self._changed = Condition()
        self._unwanted = False
        packages = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", f"{__package__}.worker"),
                *(json.dumps(recipe.to_dict()), folder.absolute()),
            ],
            env=os.environ | {"PYTHONPATH": packages},
            # It ends when its stdin does: that happens even when this process is killed.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a Ctrl-C in the terminal is for the page
        )
        assert process.stdin is not None and process.stdout is not None  # both are pipes
        self._process, self._input, self._reports = process, process.stdin, process.stdout
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        with self._process:
            for line in self._reports:
                self._change(json.loads(line))
        finished = self.progress.saved or self.progress.error or self._unwanted
        lost = None if finished else LOST
        self._change({"error": self.progress.error or lost, "over": True})

    def _change(self, changes: dict[str, Any]) -> None:
        with self._changed:
            self.progress = self.progress._replace(**changes)
            self._changed.notify_all()

    def updates(self) -> Iterator[Progress]:
        """Yield the progress now and after each change, until it is over."""
        seen = None
        while seen is None or not seen.over:
            with self._changed:
                while self.progress is seen:
                    self._changed.wait()
                seen = self.progress
            yield seen

    def stop(self) -> None:
        """End it soon, and keep the best network so far if an epoch is done."""
        if not self.progress.history:
            return self.close()
        with suppress(OSError, ValueError):  # it has ended just now
            self._input.write("stop\n")
            self._input.flush()

    def close(self) -> None:
        """End it at once, and keep nothing that is not yet saved; returns when it has ended."""
        self._unwanted = True
        with suppress(OSError):
            self._input.close()
        self._listener.join(PATIENCE)
        if self._listener.is_alive():
            self._process.kill()
            self._listener.join()


class Trainer:
    """Lets one visitor at a time train; thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Save what is trained in `folder`."""
        self.folder = folder
        self._visitor: str | None = None  # a session of Gradio's
        self._training: Training | None = None
        self._lock = Lock()

    def start(self, recipe: Recipe, visitor: str | None) -> Training:
        """Start a training for a visitor.

        Raises:
            DigitsError: another one is not over.
        """
        with self._lock:
            if self._training and not self._training.progress.over:
                raise DigitsError(BUSY)
            self._visitor, self._training = visitor, Training(recipe, self.folder)
            return self._training

    def of(self, visitor: str | None) -> Training | None:
        """The visitor's own training, if it is the latest one."""
        with self._lock:
            return self._training if visitor == self._visitor else None
