"""Makes sense of a model's card without trusting it: what is valid is kept, the rest dropped.

A card may be of an older version, or written by somebody else.
"""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

MAX_BYTES = 1_000_000  # of a card; those written here have about 10,000
MAX_PARTS = 20  # of what a model was trained on
MAX_CHARACTERS = 200  # of a text in it
MAX_COUNT = 10**12

T = TypeVar("T")


class TrainingFacts(NamedTuple):
    """How the model was trained; None where the card does not say."""

    data: str | None  # the name of the corpus
    parts: dict[str, int]  # what it consists of: the number of images by name
    seed: int | None
    epochs: int | None
    settling_epochs: int | None  # after those, without augmentation
    batch_size: int | None
    optimizer: str | None
    augmented: bool | None
    changed: bool = False  # whether it was changed meanwhile, as `training.changes` lists


class Measured(NamedTuple):
    """How well the model read one set of digits."""

    digits: int
    accuracy: float  # 0 to 1
    calibration_error: float | None  # 0 to 1


class ModelCard(NamedTuple):
    """What a card says; None where it does not, or not in a form that can be understood."""

    task: str | None
    architecture: str | None
    parameters: int | None
    saved: date | None
    training: TrainingFacts | None
    mnist_test: Measured | None
    validation: Measured | None
    pen_test_writers: Measured | None
    declined: float | None  # share of the non-digits, where 97 % of the digits are accepted
    sha256: str | None  # of the model file


def card_content(file: Path) -> dict[str, Any]:
    """Read the JSON object in a card file, with whatever it holds; never raises.

    Returns:
        The content; empty if the file is missing, too large, or not a JSON object in UTF-8.
    """
    try:
        # Of other kinds of files, such as a pipe, reading might never end.
        if not file.is_file() or file.stat().st_size > MAX_BYTES:
            return {}
        return _object(json.loads(file.read_bytes().decode("utf-8")))
    except (OSError, ValueError, RecursionError):  # RecursionError: thousands of nested lists
        return {}


def checked_card(content: Any) -> ModelCard | None:
    """Keep what is valid of a card's content.

    Args:
        content: what the card's JSON holds: whatever it is.

    Returns:
        The card; None where nothing in it is valid.
    """
    card = _object(content)
    figures = _object(card.get("figures"))
    checked = ModelCard(
        task=_text(card.get("task")),
        architecture=_text(card.get("architecture")),
        parameters=_count(card.get("parameters")),
        saved=_date(card.get("saved")),
        training=_training(_object(card.get("recipe")), _object(card.get("training"))),
        mnist_test=_measured(figures.get("mnist_test")),
        validation=_measured(figures.get("validation")),
        pen_test_writers=_measured(figures.get("pen_test_writers")),
        declined=_share(_object(figures.get("non_digits")).get("declined")),
        sha256=_digest(card.get("sha256")),
    )
    # A checksum alone tells a reader nothing.
    return None if checked._replace(sha256=None) == ModelCard(*[None] * 10) else checked


def _training(recipe: dict[str, Any], course: dict[str, Any]) -> TrainingFacts | None:
    augmentation = recipe.get("augmentation", "unknown")
    facts = TrainingFacts(
        data=_text(recipe.get("data")),
        parts=_mapping(recipe.get("parts"), _count),
        seed=_count(recipe.get("seed")),
        epochs=_count(recipe.get("epochs")),
        settling_epochs=_count(recipe.get("settling_epochs")),
        batch_size=_count(recipe.get("batch_size")),
        optimizer=_text(recipe.get("optimizer")),
        augmented=None if isinstance(augmentation, str) else isinstance(augmentation, dict),
        changed=bool(course.get("changes")),
    )
    # Without a count of epochs it is not a recipe, whatever else it holds.
    return facts if facts.epochs else None


def _measured(content: Any) -> Measured | None:
    figures = _object(content)
    digits, accuracy = _count(figures.get("count")), _share(figures.get("accuracy"))
    if not digits or accuracy is None:
        return None
    return Measured(digits, accuracy, _share(figures.get("calibration_error")))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _mapping(value: Any, check: Callable[[Any], T | None]) -> dict[str, T]:
    """The entries of a JSON object whose name and value are valid."""
    entries = ((name, check(each)) for name, each in _object(value).items() if _text(name))
    valid = [(name, each) for name, each in entries if each is not None]
    return dict(valid[:MAX_PARTS])


def _text(value: Any) -> str | None:
    """One line of text; `isprintable` refuses line breaks and what UTF-8 cannot hold."""
    valid = isinstance(value, str) and len(value) <= MAX_CHARACTERS and value.isprintable()
    return value if valid and value.strip() else None


def _count(value: Any) -> int | None:
    valid = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_COUNT
    return value if valid else None


def _share(value: Any) -> float | None:
    """A number from 0 to 1; NaN, which Python's JSON knows, is not."""
    valid = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    return float(value) if valid else None


def _digest(value: Any) -> str | None:
    return value if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) else None


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
