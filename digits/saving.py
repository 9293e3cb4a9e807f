"""Saves a trained network together with its card, so that the file can be trusted and rebuilt.

A model is a pair of files: `name.keras` with the weights and `name.json`, the card, with the
facts. They are replaced one after the other, since no file system replaces two at once. The new
card first lies beside the old one as `name.json.new`; should the process be killed after the
model is replaced and before its card is, `read_card` finds the new card there and puts it in
place. Which card belongs to which model is told by the sha256 of the model file in the card.
"""

import hashlib
import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from digits.errors import ModelError
from digits.files import locked, make_writable, prepared_beside

MAX_CARD_BYTES = 1_000_000  # those written here have about 10,000
FACTS = {
    "task": "reads one handwritten digit, 0 to 9, or says that it is not sure to see one",
    "input": "(N, 28, 28, 1) float32 in [0, 1], 1 is ink, made by digits.images.preprocessing",
    "output": "(N, 10) probabilities",
}


class Card(NamedTuple):
    """What lies beside a model file."""

    facts: dict[str, Any]  # empty where there is no card that can be trusted
    problem: str | None  # what is wrong with it, in one line; None where all is well


def check_writable(path: Path) -> None:
    """Raise ModelError now, not after an hour of training, where a model could not be saved."""
    try:
        make_writable(path.parent)
        if path.is_dir():
            raise IsADirectoryError(21, os.strerror(21))
    except OSError as error:
        raise _cannot_save(path, error) from error


def save(model: keras.Model, path: str | os.PathLike[str], card: dict[str, Any]) -> None:
    """Save a model as `path` (.keras) and its card beside it as .json, replacing both.

    A full disk or a kill leaves the old pair whole, or the new one for `read_card` to complete.
    Processes that save the same model take turns. The card gains `task`, `input`, `output`,
    `saved` (date), `architecture`, `parameters`, `sha256` (of the model file) and
    `weights_sha256` (of the weights alone: it stays the same when the same network is saved again).

    Raises:
        ModelError: the files cannot be written there.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(path.parent):
            _save_pair(model, path, card)
    except OSError as error:
        raise _cannot_save(path, error) from error


def save_under_new_name(model: keras.Model, folder: Path, stem: str, card: dict[str, Any]) -> Path:
    """Save a model as `<stem>.keras`, or `<stem>-2.keras` and so on where that exists.

    Returns:
        The model file. No other process or thread gets the same one.

    Raises:
        ModelError: the files cannot be written there.
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


def read_card(path: Path) -> Card:
    """Read the card of the model file `path`, and complete a save that was killed half-way.

    Never raises: a model reads digits without its card, too.
    """
    card = _read_pair(path)
    if card.problem and path.with_suffix(".json.new").exists():
        # Someone is saving this very moment, in which case the lock waits for them, or was killed.
        with suppress(OSError), locked(path.parent):
            _complete(path)
    # Again, as the pair may have been replaced between a look at one file and at the other.
    return _read_pair(path) if card.problem else card


def _read_pair(path: Path) -> Card:
    card = path.with_suffix(".json")
    try:
        digest = _digest(path)
    except OSError as error:
        return Card({}, f"{path} cannot be read ({error.strerror})")
    for file in (card, path.with_suffix(".json.new")):  # the latter stays in a read-only folder
        facts = _facts(file)
        if facts.get("sha256") == digest:
            return Card(facts, None)
    if not card.exists():
        return Card({}, None)  # nobody promised one
    if not _facts(card):
        return Card({}, f"{card} is damaged or not a model card: it is ignored")
    return Card({}, f"{card} belongs to another model file (its sha256 differs): it is ignored")


def _complete(path: Path) -> None:
    """Put the new card of a killed save in its place; where it is not this model's, remove it."""
    new = path.with_suffix(".json.new")
    if _facts(new).get("sha256") == _digest(path):
        os.replace(new, path.with_suffix(".json"))
    else:
        new.unlink()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def weights_sha256(model: keras.Model) -> str:
    """A hash of a network's weights, layer by layer, whatever file they lie in."""
    digest = hashlib.sha256()
    for weights in model.get_weights():
        digest.update(repr((weights.shape, str(weights.dtype))).encode())
        digest.update(np.ascontiguousarray(weights).tobytes())
    return digest.hexdigest()


def _save_pair(model: keras.Model, path: Path, card: dict[str, Any]) -> None:
    # A copy without the optimizer's state, which is twice as large as the weights.
    bare = type(model).from_config(model.get_config())
    bare.set_weights(model.get_weights())
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


def _facts(card: Path) -> dict[str, Any]:
    """What a card file says; empty where it is missing or no card."""
    try:
        if card.stat().st_size > MAX_CARD_BYTES:
            return {}
        content = json.loads(card.read_bytes().decode("utf-8"))
    except (OSError, ValueError, RecursionError):  # the last: lists in lists, thousands deep
        return {}
    return content if isinstance(content, dict) else {}


def _cannot_save(path: Path, error: OSError) -> ModelError:
    return ModelError(
        f"the model cannot be saved as {path} ({error.strerror or error}): choose another place, "
        "or free some space there"
    )
