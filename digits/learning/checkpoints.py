"""Remembers a training as it goes: its curves, its best weights, and how to go on after a stop.

Keras' `BackupAndRestore` brings back the weights, the optimizer and the epoch, but not the best
weights so far, nor how long they have been the best, nor the curves: a training that went on with
it would not end where it would have ended.
"""

import io
import json
import math
import os
from pathlib import Path

import keras
import numpy as np

from digits.errors import DigitsError
from digits.files import replace_file


class Checkpoint(keras.callbacks.Callback):
    """Keeps the best weights, stops when they stay the best for long, and writes it all down.

    A training has phases, one `model.fit` each; what was best in an earlier one does not count
    in a later one. Call `begin` before each, with the model compiled for it.
    """

    def __init__(
        self, file: str | os.PathLike | None, settings: dict, *, patience: int, resume: bool
    ) -> None:
        """Start anew, or take up what `file` holds.

        Args:
            file: where to write after each epoch; None writes nothing.
            settings: what the result depends on; a training is only resumed with the same.
            patience: epochs without a lower validation loss before a phase is stopped.
            resume: go on with what the file holds, if it is there.

        Raises:
            DigitsError: what the file holds was begun with other settings, or is damaged.
        """
        super().__init__()
        self.file = Path(file) if file is not None else None
        self.settings = settings
        self.patience = patience
        self.history: dict[str, list[float]] = {}  # of all phases, epoch by epoch
        self.best_weights: list[np.ndarray] | None = None
        self._state = _phase_state(0, 0)
        self._kept: dict[str, np.ndarray] = {}  # read from the file, not yet given to the model
        if resume and self.file is not None and self.file.exists():
            self._read()

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return len(self.history.get("val_loss", []))

    @property
    def phase_start(self) -> int:
        """The epoch with which the present phase began."""
        return self._state["start"]

    def begin(self, phase: int, model: keras.Model) -> bool:
        """Prepare a compiled model for a phase; False when that phase was over before the stop."""
        begun = self._state["phase"]
        if phase < begun or (phase == begun and self._state["finished"]):
            return False
        if self._kept:
            _assign(_variables(model), self._kept, "model")
            if phase == begun:
                model.optimizer.build(model.trainable_variables)
                _assign(model.optimizer.variables, self._kept, "optimizer")
            self._kept = {}
        if phase > begun:
            self._state = _phase_state(phase, self.epoch)
        return True

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        """Take down the epoch's figures and weights; Keras calls it."""
        for name, value in logs.items():
            self.history.setdefault(name, []).append(float(value))
        state = self._state
        if logs["val_loss"] < state["best"]:
            state["best"], state["best_epoch"] = float(logs["val_loss"]), epoch
            self.best_weights = self.model.get_weights()
        elif epoch - state["best_epoch"] >= self.patience:
            self.model.stop_training = True
        # Keras ends a phase after its last epoch or a stop; that is written with the epoch, so
        # that a kill between two phases does not lose it.
        state["finished"] = self.model.stop_training or epoch + 1 == self.params["epochs"]
        self._write()

    def _write(self) -> None:
        """Replace the file in one go, so that a kill leaves the old one or the new one."""
        if self.file is None:
            return
        facts = {"settings": self.settings, "history": self.history, "state": self._state}
        arrays = {f"best_{i}": weights for i, weights in enumerate(self.best_weights or [])}
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
                f"the training cannot be kept in {self.file} ({error.strerror or error}): choose "
                "another place for the output, or make room there"
            ) from error

    def _read(self) -> None:
        try:
            with self.file.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                arrays = dict(file)
            facts = json.loads(str(arrays.pop("facts")))
            begun = facts["settings"]
            self.history, self._state = facts["history"], facts["state"]
        except Exception as error:  # zip, json, numpy and OS errors alike mean: no whole file
            raise DigitsError(
                f"{self.file} is damaged: start the training anew, without --resume"
            ) from error
        for name, value in self.settings.items():
            if begun.get(name) != value:
                raise DigitsError(
                    f"the training kept in {self.file} was begun with {name} {begun.get(name)}, "
                    f"not {value}: give the same, or start anew without --resume"
                )
        best = [array for name, array in arrays.items() if name.startswith("best_")]
        self.best_weights = best or None
        self._kept = arrays


def _phase_state(phase: int, start: int) -> dict:
    return {
        "phase": phase,
        "start": start,  # the number of its first epoch
        "finished": False,
        "best": math.inf,  # the lowest validation loss
        "best_epoch": start - 1,
    }


def _variables(model: keras.Model) -> list[keras.Variable]:
    """The weights, and the states of random layers, such as dropout's."""
    measured = {id(variable) for variable in model.metrics_variables}
    return [variable for variable in model.variables if id(variable) not in measured]


def _assign(variables: list[keras.Variable], arrays: dict[str, np.ndarray], name: str) -> None:
    for i, variable in enumerate(variables):
        variable.assign(arrays[f"{name}_{i}"])
