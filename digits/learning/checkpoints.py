"""Remembers a training as it goes: its curves, its best weights, and how to resume it.

Keras' `BackupAndRestore` restores the weights, the optimizer and the epoch, but neither the best
weights so far, nor for how long they have been the best, nor the curves: a training resumed with
it would not end where it would have ended without the stop.
"""

import io
import json
import math
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import keras
import numpy as np

from digits.errors import DigitsError
from digits.files import replace_file
from digits.learning.recipe import Recipe


@dataclass
class _State:
    """Where a training is."""

    phase: int = 0
    start: int = 0  # the first epoch of the phase
    finished: bool = False  # whether the phase is over
    best: float = math.inf  # the lowest validation loss of the phase
    best_epoch: int = -1

    def __post_init__(self) -> None:
        for each in fields(self):
            if type(getattr(self, each.name)) is not each.type:
                raise ValueError(f"{each.name} is no {each.type}")


class Checkpoint(keras.callbacks.Callback):
    """Keeps the best weights, stops when they stay the best for long, and writes it all down.

    A training has phases, one `model.fit` each; what was best in an earlier one does not count
    in a later one. Call `begin` before each, with the model compiled for it.
    """

    def __init__(
        self, file: str | os.PathLike[str] | None, recipe: Recipe, *, resume: bool
    ) -> None:
        """Start from the beginning, or from what `file` holds.

        Args:
            file: where to write after each epoch; None writes nothing.
            recipe: what the result depends on, data included; only a training by the very same
                recipe is resumed.
            resume: continue from the file, if it exists.

        Raises:
            DigitsError: the file holds a training by another recipe, or is damaged.
        """
        super().__init__()
        self.file = Path(file) if file is not None else None
        self.recipe = recipe
        self.history: dict[str, list[float]] = {}  # of all phases, epoch by epoch
        self.best_weights: list[np.ndarray] | None = None
        self._state = _State()
        self._kept: dict[str, np.ndarray] = {}  # read from the file, not yet given to the model
        if resume and self.file is not None and self.file.exists():
            self._read(self.file)

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return len(self.history.get("val_loss", []))

    @property
    def phase_start(self) -> int:
        """The epoch with which the present phase began."""
        return self._state.start

    def begin(self, phase: int, model: keras.Model) -> bool:
        """Prepare a compiled model for a phase; False where the phase was over before the stop.

        Raises:
            DigitsError: what the file holds does not fit the model.
        """
        shapes = [weights.shape for weights in model.get_weights()]
        if self.best_weights and [weights.shape for weights in self.best_weights] != shapes:
            raise self._damaged()
        begun = self._state.phase
        if phase < begun or (phase == begun and self._state.finished):
            return False
        if self._kept:
            try:
                _assign(_variables(model), self._kept, "model")
                if phase == begun:
                    model.optimizer.build(model.trainable_variables)
                    _assign(model.optimizer.variables, self._kept, "optimizer")
            except (KeyError, ValueError) as error:  # arrays that are missing or of another shape
                raise self._damaged() from error
            self._kept = {}
        if phase > begun:
            self._state = _State(phase, start=self.epoch, best_epoch=self.epoch - 1)
        return True

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        """Record the figures and weights of an epoch; Keras calls it."""
        for name, value in logs.items():
            self.history.setdefault(name, []).append(float(value))
        state = self._state
        if logs["val_loss"] < state.best:
            state.best, state.best_epoch = float(logs["val_loss"]), epoch
            self.best_weights = self.model.get_weights()
        elif epoch - state.best_epoch >= self.recipe.patience:
            self.model.stop_training = True
        # Written together with the epoch, so that a kill between two phases does not lose it.
        state.finished = self.model.stop_training or epoch + 1 == self.params["epochs"]
        self._write()

    def _write(self) -> None:
        """Replace the file at once, so that a kill leaves the old one or the new one."""
        if self.file is None:
            return
        facts = {
            "recipe": self.recipe.to_dict(),
            "history": self.history,
            "state": asdict(self._state),
        }
        arrays: dict[str, Any] = {
            f"best_{i}": weights for i, weights in enumerate(self.best_weights or [])
        }
        for name, variables in (
            ("model", _variables(self.model)),
            ("optimizer", self.model.optimizer.variables),
        ):
            arrays |= {f"{name}_{i}": np.asarray(v) for i, v in enumerate(variables)}
        content = io.BytesIO()
        np.savez(content, facts=json.dumps(facts), **arrays)
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self.file, content.getvalue())
        except OSError as error:
            raise DigitsError(
                f"the checkpoint {self.file} cannot be written ({error.strerror or error}): choose "
                "another place for the output, or free some space there"
            ) from error

    def _read(self, path: Path) -> None:
        try:
            with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                arrays = dict(file)
            facts = json.loads(str(arrays.pop("facts")))
            begun = Recipe.from_dict(facts["recipe"])
            self._state = _State(**facts["state"])
            self.history = {
                str(name): [float(value) for value in values]
                for name, values in facts["history"].items()
            }
        except Exception as error:  # zip, json, numpy, OS and our own errors: no file of ours
            raise self._damaged() from error
        if difference := begun.difference(self.recipe):
            raise DigitsError(
                f"the training in {path} was started with {difference}: give the same options, "
                "or start over without --resume"
            )
        best = [array for name, array in arrays.items() if name.startswith("best_")]
        self.best_weights = best or None
        self._kept = arrays

    def _damaged(self) -> DigitsError:
        return DigitsError(
            f"{self.file} is damaged or not a checkpoint of this training: start over without "
            "--resume"
        )


def _variables(model: keras.Model) -> list[keras.Variable]:
    """The weights, and the states of random layers, such as dropout's."""
    measured = {id(variable) for variable in model.metrics_variables}
    return [variable for variable in model.variables if id(variable) not in measured]


def _assign(variables: list[keras.Variable], arrays: dict[str, np.ndarray], name: str) -> None:
    for i, variable in enumerate(variables):
        variable.assign(arrays[f"{name}_{i}"])
