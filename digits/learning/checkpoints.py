"""Remembers a training as it goes: its curves, its best weights, and how to resume it.

Keras' `BackupAndRestore` restores the weights, the optimizer and the epoch, but neither the best
weights so far, nor for how long they have been the best, nor the curves: a training resumed with
it would not end where it would have ended without the stop.
"""

import io
import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import keras
import numpy as np

from digits.errors import DigitsError
from digits.files import make_writable, replace_file
from digits.learning.recipe import Recipe
from digits.saving import checkpoint_bytes

CURVES = {"loss", "accuracy", "val_loss", "val_accuracy"}


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

    def check(self, epochs: int, most: int) -> None:
        """Raise ValueError if no training could be there after `epochs` epochs of at most `most`.

        Without this, a damaged `start` would train for ever.
        """
        possible = 1 <= epochs <= most and self.phase in (0, 1)
        possible &= 0 <= self.start <= epochs and self.start <= self.best_epoch + 1 <= epochs
        if not possible or (self.phase == 0 and self.start) or math.isnan(self.best):
            raise ValueError("no training can be in this state")


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
        """Prepare a compiled model, whose optimizer is built, for a phase.

        Returns:
            False where the phase was over before the stop.

        Raises:
            DigitsError: what the file holds does not fit the model, or, before the first epoch,
                there is no room for the file.
        """
        if self.best_weights and _kinds(self.best_weights) != _kinds(model.get_weights()):
            raise self._damaged()
        begun = self._state.phase
        if phase < begun or (phase == begun and self._state.finished):
            return False
        if self._kept:
            try:
                _assign(_variables(model), self._kept, "model")
                if phase == begun:
                    _assign(model.optimizer.variables, self._kept, "optimizer")
            except ValueError as error:
                raise self._damaged() from error
            self._kept = {}
        if self.epoch == 0:
            self._check_room(model)
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
            raise self._unwritable(error) from error

    def _check_room(self, model: keras.Model) -> None:
        """Raise DigitsError before the first epoch, not after it, if the file has no room."""
        if self.file is None:
            return
        try:
            make_writable(self.file.parent, 2 * checkpoint_bytes(model))
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> DigitsError:
        return DigitsError(
            f"the checkpoint {self.file} cannot be written ({error.strerror or error}): choose "
            "another place for the output, or free some space there"
        )

    def _read(self, path: Path) -> None:
        try:
            with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                arrays = dict(file)
            facts = json.loads(str(arrays.pop("facts")))
            begun = Recipe.from_dict(facts["recipe"])
            self._state = _State(**facts["state"])
            self.history = _history(facts["history"])
            self._state.check(self.epoch, begun.total_epochs)
            best = _numbered(arrays, "best")
            finite = all(np.isfinite(weights).all() for weights in best)
            if bool(best) != (self._state.best < math.inf) or not finite:
                raise ValueError("the best weights and their loss do not belong together")
        except Exception as error:  # zip, json, numpy, OS and our own errors: no file of ours
            raise self._damaged() from error
        if difference := begun.difference(self.recipe):
            raise DigitsError(
                f"the training in {path} was started with {difference}: give the same options, "
                "or start over without --resume"
            )
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


def _kinds(arrays: Sequence[np.ndarray]) -> list[tuple[tuple[int, ...], str]]:
    return [(array.shape, str(array.dtype)) for array in arrays]


def _numbered(arrays: Mapping[str, np.ndarray], name: str) -> list[np.ndarray]:
    """The arrays `<name>_0`, `<name>_1` and so on; raises ValueError if one of them is missing."""
    count = sum(each.startswith(f"{name}_") for each in arrays)
    names = [f"{name}_{i}" for i in range(count)]
    if missing := [each for each in names if each not in arrays]:
        raise ValueError(f"{missing[0]} is missing")
    return [arrays[each] for each in names]


def _assign(
    variables: Sequence[keras.Variable], arrays: Mapping[str, np.ndarray], name: str
) -> None:
    """Give variables their values; raises ValueError if those are of another shape or dtype."""
    values = _numbered(arrays, name)
    # Keras would convert another dtype, and some of them, such as text, with a traceback.
    if _kinds(values) != [(tuple(each.shape), str(each.dtype)) for each in variables]:
        raise ValueError(f"the arrays {name}_* are not those of this network")
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _history(content: Any) -> dict[str, list[float]]:
    """The curves in a checkpoint; raises an error of some kind if that is not what it holds."""
    curves = {name: [float(value) for value in values] for name, values in content.items()}
    if set(curves) != CURVES or len({len(values) for values in curves.values()}) != 1:
        raise ValueError("these are not the curves of one training")
    return curves
