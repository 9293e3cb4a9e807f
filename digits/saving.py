"""Saves a trained network with its card, so that the file can be trusted and rebuilt."""

import hashlib
import json
import os
import time
from contextlib import suppress
from pathlib import Path

import keras

from digits.errors import ModelError
from digits.files import make_writable, replace_file

FACTS = {
    "task": "reads one handwritten digit, 0 to 9, or says that it is not sure to see one",
    "input": "(N, 28, 28, 1) float32 in [0, 1], 1 is ink, made by digits.images.preprocessing",
    "output": "(N, 10) probabilities",
}


def check_writable(path: Path) -> None:
    """Raise ModelError now, not after an hour of training, where a model could not be saved."""
    try:
        make_writable(path.parent)
        if path.is_dir():
            raise IsADirectoryError(21, os.strerror(21))
    except OSError as error:
        raise ModelError(
            f"the model cannot be saved as {path} ({error.strerror}): choose another place"
        ) from error


def save(model: keras.Model, path: str | os.PathLike, card: dict) -> None:
    """Save a model as `path` (.keras) and its card beside it as .json.

    Both are written under another name first, so that a full disk or a stop half-way leaves the
    files that were there. The card gains `task`, `input`, `output`, `saved` (date),
    `architecture`, `parameters` and `sha256` (of the model file).

    Raises:
        ModelError: the files cannot be written there.
    """
    path = Path(path)
    part = path.with_suffix(".part.keras")
    # A copy without the optimizer's state, which is twice as large as the weights.
    bare = type(model).from_config(model.get_config())
    bare.set_weights(model.get_weights())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        bare.save(part)
        facts = {
            "saved": time.strftime("%Y-%m-%d"),
            "architecture": model.name,
            "parameters": model.count_params(),
            "sha256": hashlib.sha256(part.read_bytes()).hexdigest(),
        }
        text = json.dumps(FACTS | card | facts, indent=2) + "\n"
        os.replace(part, path)
        replace_file(path.with_suffix(".json"), text.encode())
    except OSError as error:
        raise ModelError(
            f"the model cannot be saved as {path} ({error.strerror or error}): choose another "
            "place, or make room there"
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()
