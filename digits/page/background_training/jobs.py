"""Trains beside the page: one network at a time, in a process of its own, and a queue for it.

So the page keeps answering while a network trains, and a training that crashes cannot stop it.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Condition, Lock, Thread, Timer
from typing import Any, NamedTuple

from digits.errors import DigitsError
from digits.learning.recipe import Recipe
from digits.page.background_training.process import PATIENCE, Process

BATCH_SIZE = 32  # small: a few thousand images still make many steps
LOST = "The training stopped unexpectedly: the terminal in which the page runs says why."
BUSY = "Many people wait to train on this page: try again in a few minutes."
TWICE = "You are training a network already, or waiting to: stop it first."
# What may be chosen while a network learns, by the name of the control.
CHOICES: dict[str, tuple[float, ...]] = {
    "pace": (0.1, 0.3, 1.0, 3.0, 10.0),  # factors of the learning rate
    "augmented": (0.0, 1.0),  # whether the images are augmented
    "dropout": (0.0, 0.2, 0.4, 0.5, 0.8),  # the share of the values that are set to 0
}
MOST_WAITING = 20  # visitors
EVERY = 0.1  # seconds between two looks at a training, or at the queue
READY_FOR = 300  # seconds that a process waits for somebody to train in it


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
    # Of the batches: epochs done, loss, and accuracy from 0 to 1, each since the point before.
    batches: list[list[float]] = []
    # To the visitor's drawing: epochs done, and ten probabilities.
    answers: list[tuple[float, list[float]]] = []
    # While it learned: epochs done, a name of `CHOICES`, and the value from then on.
    changes: list[tuple[float, str, float]] = []
    lesson: dict[str, Any] | None = None  # what a hand taught, see `teaching.teach`
    place: int = 0  # in the queue, while it waits: 1 is next
    error: str | None = None  # what went wrong, in one line
    over: bool = False


def recipe(architecture: str, data: str, images: int, epochs: int, augmented: bool) -> Recipe:
    """The recipe of what a visitor chose.

    Raises:
        DigitsError: a value is out of range.
    """
    chosen = Recipe(architecture, data, images, epochs=epochs, batch_size=BATCH_SIZE)
    return chosen.augmented(augmented)


class Job(NamedTuple):
    """What a process is to do: train by a recipe, or teach a model a hand.

    Whoever makes one has checked what comes from a visitor.
    """

    recipe: Recipe | None = None
    drawing: str | None = None  # the visitor's, to read meanwhile: 784 bytes in base64
    choices: dict[str, float] = {}  # of `CHOICES`, to begin with; the recipe holds the others
    hand: dict[str, Any] | None = None  # drawings to learn from, see `teaching.teach`
    model: Path | None = None  # the file of the model that learns them

    def changed(self, name: str, value: float) -> "Job":
        """The same with another value of a control, one of `CHOICES`, before it has started."""
        if name != "augmented":
            return self._replace(choices=self.choices | {name: value})
        return self._replace(recipe=self.recipe and self.recipe.augmented(bool(value)))

    def as_json(self) -> str:
        """Write it on one line, for the process."""
        recipe, model = self.recipe and self.recipe.to_dict(), self.model and str(self.model)
        return json.dumps(self._asdict() | {"recipe": recipe, "model": model})


class Training:
    """A training in its process."""

    def __init__(self, job: Job, process: Process) -> None:
        """Have a process do it; the model becomes `my_<name>.keras`, or `my_<name>-2.keras`."""
        self.progress = Progress()
        self._changed = Condition()
        self._unwanted = False
        self._process = process
        self._process.tell(job.as_json())
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        for line in self._process.reports():
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
        self._process.tell("stop")

    def change(self, name: str, value: float) -> None:
        """Go on with another value of a control; one of `CHOICES`, or nothing happens."""
        self._process.tell(f"{name} {float(value)}")

    def close(self) -> None:
        """End it at once, and keep nothing that is not yet saved; returns when it has ended."""
        self._unwanted = True
        self._process.end()
        self._listener.join(PATIENCE)
        if self._listener.is_alive():
            self._process.kill()
            self._listener.join()


class Trainer:
    """Lets one visitor at a time train, and the others wait in a queue; thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Save what is trained in `folder`."""
        self.folder = folder
        self._visitor: str | None = None  # a session of Gradio's
        self._training: Training | None = None
        self._waiting: list[str | None] = []  # visitors, the next one first
        self._changes: dict[str | None, dict[str, float]] = {}  # what these chose meanwhile
        self._ready: Process | None = None  # started ahead
        self._timer = Timer(0, lambda: None)  # ends it
        self._lock = Lock()

    def join(self, visitor: str | None) -> None:
        """Put a visitor at the end of the queue, which may be empty.

        Raises:
            DigitsError: the queue is full, or the visitor waits or trains already.
        """
        with self._lock:
            if visitor in self._waiting or (self._is_busy() and visitor == self._visitor):
                raise DigitsError(TWICE)
            if len(self._waiting) >= MOST_WAITING:
                raise DigitsError(BUSY)
            self._waiting.append(visitor)

    def place(self, visitor: str | None) -> int | None:
        """A visitor's place in the queue: 0 may start, 1 is next; None is not in it."""
        with self._lock:
            if visitor not in self._waiting:
                return None
            return self._waiting.index(visitor) + self._is_busy()

    def leave(self, visitor: str | None) -> None:
        """Take a visitor out of the queue, if they are in it."""
        with self._lock, suppress(ValueError):
            self._waiting.remove(visitor)
            self._changes.pop(visitor, None)

    def start(self, job: Job, visitor: str | None) -> Training:
        """Start a training for a visitor, who leaves the queue.

        Raises:
            DigitsError: another one is not over, or others come first.
        """
        with self._lock:
            if self._is_busy() or self._waiting[:1] not in ([], [visitor]):
                raise DigitsError(BUSY)
            self._waiting = self._waiting[1:]
            for name, value in self._changes.pop(visitor, {}).items():
                job = job.changed(name, value)
            process = self._ready_process()
            self._ready = None
            self._visitor, self._training = visitor, Training(job, process)
            return self._training

    def get_ready(self) -> None:
        """Start a process that somebody may soon want to train in; it takes seconds to get ready.

        There is one at most, and none while a network trains. It ends after `READY_FOR` without
        another call.
        """
        with self._lock:
            if self._is_busy():
                return
            self._ready = self._ready_process()
            self._timer = Timer(READY_FOR, self.let_go)
            self._timer.daemon = True
            self._timer.start()

    def let_go(self) -> None:
        """End the process that is ready, if there is one."""
        with self._lock:
            self._timer.cancel()
            process, self._ready = self._ready, None
        if process:
            process.close()

    def _ready_process(self) -> Process:
        """The process that is ready, or a new one where there is none; its time is stopped."""
        self._timer.cancel()
        if self._ready and not self._ready.runs:  # it has crashed, or somebody has ended it
            self._ready.close()
            self._ready = None
        return self._ready or Process(self.folder)

    def change(self, visitor: str | None, name: str, value: float) -> None:
        """Let a visitor's training go on, or start, with another value of a control.

        Args:
            visitor: who neither waits nor trains changes nothing.
            name, value: of `CHOICES`.
        """
        with self._lock:
            if visitor in self._waiting:
                self._changes.setdefault(visitor, {})[name] = value
            elif self._training and visitor == self._visitor:
                self._training.change(name, value)

    def of(self, visitor: str | None) -> Training | None:
        """The visitor's own training, if it is the latest one."""
        with self._lock:
            return self._training if visitor == self._visitor else None

    def _is_busy(self) -> bool:
        return self._training is not None and not self._training.progress.over

    async def progress_of(self, job: Job, visitor: str | None) -> AsyncIterator[Progress]:
        """Wait in the queue, start, and give the progress of it all.

        Nobody who waits holds a thread, of which the server has few.

        Raises:
            DigitsError: see `join`.
        """
        self.join(visitor)
        seen: Progress | None = None
        try:
            while place := self.place(visitor):
                if seen is None or place != seen.place:
                    seen = Progress("Waiting", place=place)
                    yield seen
                await asyncio.sleep(EVERY)
            if place is None:  # somebody who no longer wants it
                yield Progress(over=True)
                return
            training = self.start(job, visitor)
        finally:
            self.leave(visitor)
        while seen is None or not seen.over:
            if seen is not training.progress:
                seen = training.progress
                yield seen
            await asyncio.sleep(EVERY)
