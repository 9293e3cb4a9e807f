"""Trains beside the page: one network at a time, in a process of its own.

So the page answers on while a network learns, and a training that fails cannot take it along.
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

PATIENCE = 10  # seconds in which the process ends by itself, once nobody wants it any more


class Settings(NamedTuple):
    """What a person chooses to train."""

    architecture: str  # a name in `digits.architectures`
    data: str  # a name of `digits.data.corpus.training_data`
    images: int  # about how many to train on
    epochs: int
    augmented: bool


class Progress(NamedTuple):
    """How far a training is; the process tells of each change as JSON."""

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


class Training:
    """A training in its process."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        """Start it; the model is saved as `folder / "my_<architecture>.keras"`."""
        self.progress = Progress()
        self._changed = Condition()
        self._unwanted = False
        packages = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "digits.page.background_training.worker"),
                *(json.dumps(settings._asdict()), folder.absolute()),
            ],
            env=os.environ | {"PYTHONPATH": packages},
            # It ends when its stdin does: that happens even when this process is killed.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a Ctrl-C in the terminal is for the page
        )
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        with self._process as process:
            for line in process.stdout:
                self._change(json.loads(line))
        finished = self.progress.saved or self.progress.error or self._unwanted
        lost = None if finished else "The training broke off: the terminal of the page says why."
        self._change({"error": self.progress.error or lost, "over": True})

    def _change(self, changes: dict[str, Any]) -> None:
        with self._changed:
            self.progress = self.progress._replace(**changes)
            self._changed.notify_all()

    def updates(self) -> Iterator[Progress]:
        """Give the progress now and after each change, until it is over."""
        seen = None
        while seen is None or not seen.over:
            with self._changed:
                self._changed.wait_for(lambda known=seen: self.progress is not known)
                seen = self.progress
            yield seen

    def stop(self) -> None:
        """End it soon, and keep the best network so far if an epoch is done."""
        if not self.progress.history:
            return self.close()
        with suppress(OSError, ValueError):  # it has ended just now
            self._process.stdin.write("stop\n")
            self._process.stdin.flush()

    def close(self) -> None:
        """End it at once, and keep nothing that is not yet saved; returns when it has ended."""
        self._unwanted = True
        with suppress(OSError):
            self._process.stdin.close()
        self._listener.join(PATIENCE)
        if self._listener.is_alive():
            self._process.kill()
            self._listener.join()


class Trainer:
    """Lets one visitor at a time train; thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Save what is trained in `folder`."""
        self.folder = folder
        self._visitor: str | None = None
        self._training: Training | None = None
        self._lock = Lock()

    def start(self, settings: Settings, visitor: str) -> Training:
        """Start a training for a visitor.

        Raises:
            DigitsError: another one is not over.
        """
        with self._lock:
            if self._training and not self._training.progress.over:
                raise DigitsError("A network is learning on this page already: wait for its end.")
            self._visitor, self._training = visitor, Training(settings, self.folder)
            return self._training

    def of(self, visitor: str) -> Training | None:
        """The visitor's own training, if it is the last one."""
        with self._lock:
            return self._training if visitor == self._visitor else None
