"""Saves a trained network with its model card, which describes how to rebuild and verify it.

A model is a pair of files: `name.keras` with the weights, and the card `name.json`. No file system
replaces two files at once, so they are replaced one after the other. The new card is first written
beside the old one as `name.json.new`. If the process is killed after replacing the model but
before replacing the card, `read_card` finds the new card and puts it in place. The card holds the
sha256 of its model file, which shows that the two belong together.
"""

import hashlib
import json
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from digits.errors import ModelError, SavingError
from digits.files import ABANDONED, PROJECT, age, locked, make_writable, prepared_beside
from digits.model_card import card_content

if TYPE_CHECKING:  # TensorFlow takes seconds to import, and cards are read before
    import keras

DEFAULT_MODEL = PROJECT / "models" / "mnist_model.keras"
FACTS = {
    "task": "reads one handwritten digit, 0 to 9, or answers that it is not sure",
    "input": "(N, 28, 28, 1) float32 in [0, 1], 1 is ink, made by digits.images.preprocessing",
    "output": "(N, 10) probabilities",
}


class Card(NamedTuple):
    """The card of a model file, as far as it can be trusted."""

    facts: dict[str, Any]  # empty without a card that can be trusted
    problem: str | None  # what is wrong with the card, in one line, or None


def checked_model_file(path: str | os.PathLike[str] | None) -> Path:
    """Check that a model file is there, by default the bundled one; what it holds, loading tells.

    Raises:
        ModelError: there is no such file.
    """
    path = Path(path) if path is not None else DEFAULT_MODEL
    if not path.is_file():
        raise ModelError(
            f"there is no model file {path}: make one by running notebooks/training.ipynb "
            "(make notebook), or name another with --model"
        )
    return path


def check_writable(path: Path, model: "keras.Model", *, checkpoints: bool = False) -> None:
    """Check before a training that its model can be saved as `path`, and not after it.

    Args:
        path: the file to be (.keras).
        model: the network that will be trained.
        checkpoints: whether the training also writes a checkpoint in that folder.

    Raises:
        SavingError: the folder cannot be written to, or has too little room.
    """
    room = model_bytes(model)
    if checkpoints:
        room += 2 * checkpoint_bytes(model)  # the old one stays until the new one is whole
    try:
        make_writable(path.parent, room)
        if path.is_dir():
            raise IsADirectoryError(21, os.strerror(21))
    except OSError as error:
        raise _cannot_save(path, error) from error


def model_bytes(model: "keras.Model") -> int:
    """About how large a model's file and card are, in bytes, rather too large than too small."""
    return _weights_bytes(model) + 200_000


def checkpoint_bytes(model: "keras.Model") -> int:
    """About how large a checkpoint of its training is, in bytes.

    It holds the weights, the best weights, and two moments of each for the optimizer.
    """
    return 4 * _weights_bytes(model) + 200_000


def _weights_bytes(model: "keras.Model") -> int:
    return sum(weights.nbytes for weights in model.get_weights())


def save(model: "keras.Model", path: str | os.PathLike[str], card: dict[str, Any]) -> None:
    """Save a model as `path` (.keras) with its card beside it (.json), replacing both.

    A full disk or a kill leaves the old pair intact, or a new pair that `read_card` completes.
    Processes that save the same model take turns. These facts are added to the card: `task`,
    `input`, `output`, `saved` (date), `architecture`, `parameters`, `sha256` (of the model file)
    and `weights_sha256` (of the weights alone: it is the same if the network is saved again).

    Raises:
        SavingError: the files cannot be written there.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(path.parent):
            _save_pair(model, path, card)
    except OSError as error:
        raise _cannot_save(path, error) from error


def save_under_new_name(
    model: "keras.Model", folder: Path, stem: str, card: dict[str, Any]
) -> Path:
    """Save a model as `<stem>.keras`, or as `<stem>-2.keras` and so on if that exists.

    Returns:
        The model file. Concurrent processes and threads get different ones.

    Raises:
        SavingError: the files cannot be written there.
    """
    path = folder / f"{stem}.keras"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            number = 1
            while path.exists() or path.with_suffix(".json").exists():
                number += 1
                path = folder / f"{stem}-{number}.keras"
            _save_pair(model, path, card)
    except OSError as error:
        raise _cannot_save(path, error) from error
    return path


def set_aside(path: Path) -> Path | None:
    """Keep a copy of a model and its card before another one is saved in their place.

    Returns:
        The copy, `<stem>-2.keras` and so on, or the one made earlier if the model has not changed
        since; None if there is no model yet.

    Raises:
        SavingError: the copy cannot be written.
    """
    if not path.is_file():
        return None
    card, digest = path.with_suffix(".json"), _digest(path)
    try:
        with locked(path.parent):
            number = 2
            while (copy := path.with_stem(f"{path.stem}-{number}")).exists():
                if _digest(copy) == digest:
                    return copy
                number += 1
            if card.is_file():
                shutil.copyfile(card, copy.with_suffix(".json"))
            with prepared_beside(copy) as part:
                shutil.copyfile(path, part)
                os.replace(part, copy)
    except OSError as error:
        raise _cannot_save(path, error) from error
    return copy


def read_card(path: Path) -> Card:
    """Read the card of the model file `path`, and complete an interrupted save.

    Never raises: a model works without its card, too.
    """
    card = _read_pair(path)
    if card.problem and path.with_suffix(".json.new").exists():
        # A save is either in progress, and the lock waits for it, or was killed.
        with suppress(OSError), locked(path.parent):
            _complete(path)
    # Read again: the pair may have been replaced between reading one file and the other.
    return _read_pair(path) if card.problem else card


def _read_pair(path: Path) -> Card:
    card = path.with_suffix(".json")
    try:
        digest = _digest(path)
    except OSError as error:
        return Card({}, f"{path} cannot be read ({error.strerror})")
    for file in (card, path.with_suffix(".json.new")):  # .new remains if the folder is read-only
        facts = card_content(file)
        if facts.get("sha256") == digest:
            return Card(facts, None)
    if not os.path.lexists(card):
        return Card({}, None)  # a card is optional
    if not card_content(card):
        return Card({}, f"{card} is damaged or not a model card: it is ignored")
    return Card({}, f"{card} belongs to another model file (its sha256 differs): it is ignored")


def _complete(path: Path) -> None:
    """Put the new card of a killed save in place, or remove it if it is of another model."""
    new = path.with_suffix(".json.new")
    if path.exists() and card_content(new).get("sha256") == _digest(path):
        os.replace(new, path.with_suffix(".json"))
    else:
        new.unlink()


def _sweep(folder: Path) -> None:
    """Clear away what killed saves left in a folder; the caller holds its lock."""
    for new in folder.glob("*.json.new"):
        with suppress(OSError):
            if card_content(new).get("sha256"):  # otherwise it is somebody else's file
                _complete(new.with_name(new.name.removesuffix(".json.new") + ".keras"))
    for part in folder.glob("*.part.keras"):  # older versions wrote a model there first
        with suppress(OSError):
            if age(part) > ABANDONED:
                part.unlink()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def weights_sha256(model: "keras.Model") -> str:
    """Hash a network's weights, layer by layer, independently of the file that holds them."""
    digest = hashlib.sha256()
    for weights in model.get_weights():
        digest.update(repr((weights.shape, str(weights.dtype))).encode())
        digest.update(np.ascontiguousarray(weights).tobytes())
    return digest.hexdigest()


def _save_pair(model: "keras.Model", path: Path, card: dict[str, Any]) -> None:
    # Save a copy without the optimizer state, which is twice as large as the weights.
    bare = type(model).from_config(model.get_config())
    bare.set_weights(model.get_weights())
    _sweep(path.parent)
    with prepared_beside(path) as part:
        bare.save(part)
        facts = {
            "saved": time.strftime("%Y-%m-%d"),
            "architecture": model.name,
            "parameters": model.count_params(),
            "sha256": _digest(part),
            "weights_sha256": weights_sha256(model),
        }
        card_part = part.with_suffix(".json")
        card_part.write_text(
            json.dumps(FACTS | card | facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        new = path.with_suffix(".json.new")
        os.replace(card_part, new)
        os.replace(part, path)
        os.replace(new, path.with_suffix(".json"))


def _cannot_save(path: Path, error: OSError) -> SavingError:
    return SavingError(
        f"the model cannot be saved as {path} ({error.strerror or error}): choose another place, "
        "or free some space there"
    )
