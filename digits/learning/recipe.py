"""Everything that decides what a training yields, in one place: the `Recipe`.

The notebook, the shell, the page and the model card all hold the same one. This module imports
nothing heavy, so that a usage message does not wait for TensorFlow.
"""

import reprlib
import types
import typing
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from digits.errors import DigitsError
from digits.model_card import MAX_CHARACTERS, MAX_COUNT, card_content

OPTIMIZERS = ("adamw", "adam")
DAMAGE = 0.3  # the share of damaged images where the data are more than MNIST
SETTLING_EPOCHS = 3  # where augmentation is asked for and nothing else is said
# The strongest augmentation, in the units of `Augmentation`.
STRONGEST = {
    "rotation": 180,
    "shear": 2,
    "stretch": 2,
    "shift": 28,
    "elastic": 28,
    "thinner": 1,
    "thicker": 1,
    "damage": 1,
}
MOST = 1_000_000  # epochs, images in a batch and so on: beyond, a number was damaged
CUSTOM_DATA = "custom"  # images that the caller hands over, rather than a corpus known by name


@dataclass(frozen=True)
class Augmentation:
    """How strongly images are varied while a network trains; see `digits.learning.augmentation`."""

    rotation: float = 10.0  # degrees, either way
    shear: float = 0.2  # sideways shift per unit of height: slant
    stretch: float = 0.12  # logarithm of the factor, of width and height independently
    shift: float = 1.0  # pixels
    elastic: float = 0.6  # pixels: standard deviation of the elastic displacement
    thinner: float = 0.3  # of the way to an erosion by a 3×3 square
    thicker: float = 0.5  # of the way to a dilation by a 3×3 square
    damage: float = 0.0  # the share of the images that are damaged, see `digits.learning.damage`

    def __post_init__(self) -> None:
        """Refuse what leaves nothing of a digit, and what is not a number; raises DigitsError."""
        for name, most in STRONGEST.items():
            value = getattr(self, name)
            _check(0 <= value <= most, name, f"from 0 to {most}", value)

    @property
    def moves(self) -> bool:
        """Whether it moves ink: rotates, slants, stretches, shifts or bends."""
        return any((self.rotation, self.shear, self.stretch, self.shift, self.elastic))

    @property
    def settled(self) -> "Augmentation | None":
        """What remains of it while a network settles: only the damage, which really is met."""
        return Augmentation(0, 0, 0, 0, 0, 0, 0, self.damage) if self.damage else None


@dataclass(frozen=True)
class Recipe:
    """A network, its data and how it is trained.

    The fields from `parts` on are facts that are only known once the data have been made:
    `describe` fills them in. They are part of the recipe so that a card tells exactly what a
    model was trained on, and a resumed training notices that its data have changed.

    Raises:
        DigitsError: a value is out of range.
    """

    architecture: str  # a name in `digits.architectures`
    data: str = "mnist"  # a name that `digits.data.corpus.training_data` knows, or CUSTOM_DATA
    images: int | None = None  # how many images to train on; None: all of them
    seed: int = 0  # of the first weights, the data, their order and their augmentation
    epochs: int = 10  # at most; the learning rate is scheduled for this many
    settling_epochs: int = 0  # at the end, without augmentation
    batch_size: int = 256
    optimizer: str = "adamw"  # with a warm-up and a cosine schedule; or "adam", at a constant rate
    learning_rate: float = 2e-3  # the highest
    weight_decay: float = 0.05  # of "adamw"
    augmentation: Augmentation | None = None  # None: the images as they are
    patience: int = 15  # epochs without a lower validation loss before training stops
    steps_per_execution: int = 1  # batches computed together; more is faster for small networks
    parts: Mapping[str, int] = field(default_factory=dict)  # images seen per epoch, by name
    validation_parts: Mapping[str, int] = field(default_factory=dict)
    data_sha256: str | None = None  # of all those images and labels, see `digits.data.splits`
    keras: str | None = None  # the version that trained
    tensorflow: str | None = None

    def __post_init__(self) -> None:
        """Refuse values that no training could use, whoever wrote them."""
        for name in ("epochs", "batch_size", "patience", "steps_per_execution"):
            _check(getattr(self, name) >= 1, name, "at least 1", getattr(self, name))
            _check(getattr(self, name) <= MOST, name, f"at most {MOST:,}", getattr(self, name))
        _check(self.images is None or self.images >= 1, "images", "at least 1", self.images)
        _check(self.settling_epochs >= 0, "settling_epochs", "at least 0", self.settling_epochs)
        few = self.settling_epochs <= MOST
        _check(few, "settling_epochs", f"at most {MOST:,}", self.settling_epochs)
        settles = self.settling_epochs == 0 or self.augmentation is not None
        _check(settles, "settling_epochs", "0 without augmentation", self.settling_epochs)
        _check(0 <= self.seed < 2**32, "seed", "from 0 to 4294967295", self.seed)
        _check(0 < self.learning_rate < 10, "learning_rate", "above 0", self.learning_rate)
        _check(0 <= self.weight_decay < 10, "weight_decay", "at least 0", self.weight_decay)
        known = " or ".join(OPTIMIZERS)
        _check(self.optimizer in OPTIMIZERS, "optimizer", known, self.optimizer)

    def changed(self, changes: Mapping[str, Any]) -> "Recipe":
        """This recipe with other values in some of its fields.

        Without augmentation there is nothing to settle from, so `settling_epochs` becomes 0 then.

        Raises:
            DigitsError: it has no such field, or the value is out of range.
        """
        known = [each.name for each in fields(self)]
        if unknown := [name for name in changes if name not in known]:
            raise DigitsError(f"a recipe has no {unknown[0]!r}: choose from {', '.join(known)}")
        changes = dict(changes)
        if changes.get("augmentation", self.augmentation) is None:
            changes.setdefault("settling_epochs", 0)
        return replace(self, **changes)

    def augmented(self, wanted: bool) -> "Recipe":
        """This recipe with augmentation and epochs to settle after it, or without both."""
        if not wanted:
            return replace(self, augmentation=None, settling_epochs=0)
        return replace(
            self,
            augmentation=self.augmentation or Augmentation(),
            settling_epochs=self.settling_epochs or SETTLING_EPOCHS,
        )

    def of_custom_data(self) -> "Recipe":
        """This recipe for images that the caller hands over, instead of a corpus known by name."""
        return replace(self, data=CUSTOM_DATA, images=None)

    @property
    def total_epochs(self) -> int:
        """The most epochs that are trained, those of settling among them."""
        return self.epochs + self.settling_epochs

    def describe(
        self, parts: Mapping[str, int], validation_parts: Mapping[str, int], data_sha256: str
    ) -> "Recipe":
        """This recipe with the facts about its data and about the libraries that train."""
        from importlib.metadata import version  # slow, and no usage message needs it

        return replace(
            self,
            parts=dict(parts),
            validation_parts=dict(validation_parts),
            data_sha256=data_sha256,
            keras=version("keras"),
            tensorflow=version("tensorflow"),
        )

    def difference(self, other: "Recipe") -> str | None:
        """The first difference from another recipe, as "name this, not that"; None if none."""
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            if mine != theirs:
                if isinstance(mine, Mapping):
                    mine, theirs = _in_words(mine), _in_words(theirs)
                return f"{each.name.replace('_', ' ')} {mine}, not {theirs}"
        return None

    def to_dict(self) -> dict[str, Any]:
        """The recipe as a dict that JSON can hold; `from_dict` reads it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Any) -> "Recipe":
        """Read a recipe that `to_dict` made.

        Raises:
            DigitsError: a field is missing, unknown or of another type.
        """
        values = _typed(cls, content, "the recipe")
        if values["augmentation"] is not None:
            # Cards of models trained before damage existed do not name it.
            known = {"damage": 0.0, **values["augmentation"]}
            strengths = _typed(Augmentation, known, "the augmentation")
            values["augmentation"] = Augmentation(**strengths)
        return cls(**values)

    @classmethod
    def from_card(cls, path: Path) -> "Recipe":
        """Read the recipe in a model's card.

        Raises:
            DigitsError: the file is missing or no card, or its recipe is not one of ours.
        """
        card = card_content(path)
        if not card:
            raise DigitsError(
                f"{path} cannot be read as a model card: name the .json file beside a model"
            )
        if "recipe" not in card:
            raise DigitsError(f"{path} holds no recipe: name the card of a model trained here")
        try:
            return cls.from_dict(card["recipe"])
        except DigitsError as error:
            raise DigitsError(f"{path}: {error}") from error


def _check(valid: bool, name: str, expected: str, value: object) -> None:
    if not valid:
        raise DigitsError(f"{name.replace('_', ' ')} must be {expected}, not {reprlib.repr(value)}")


def _in_words(parts: Mapping[str, int]) -> str:
    return " + ".join(f"{count:,} {name}" for name, count in parts.items()) or "unknown"


def _typed(kind: type, content: Any, what: str) -> dict[str, Any]:
    """The values of `content` for each field of the dataclass `kind`, all of the right type."""
    if not isinstance(content, Mapping):
        raise DigitsError(f"{what} is not an object with named values")
    hints = typing.get_type_hints(kind)
    if missing := [name for name in hints if name not in content]:
        raise DigitsError(f"{what} lacks {missing[0]!r}")
    if unknown := [name for name in content if name not in hints]:
        raise DigitsError(
            f"{what} has {reprlib.repr(unknown[0])}, which this version does not know"
        )
    for name, hint in hints.items():
        if not _fits(content[name], hint):
            raise DigitsError(f"{what} has {reprlib.repr(content[name])} as {name!r}")
    return dict(content)


def _fits(value: Any, hint: Any) -> bool:
    if isinstance(hint, types.UnionType):
        return any(_fits(value, each) for each in typing.get_args(hint))
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if hint is Augmentation:
        return isinstance(value, Mapping)  # its fields are checked by themselves
    if typing.get_origin(hint) is Mapping:
        return isinstance(value, Mapping) and all(map(_is_part, value.items()))
    if hint is str:
        return isinstance(value, str) and len(value) <= MAX_CHARACTERS and value.isprintable()
    return isinstance(value, hint)


def _is_part(part: tuple[Any, Any]) -> bool:
    """Whether these are a name and a number of images."""
    name, count = part
    return _fits(name, str) and _fits(count, int) and 0 <= count <= MAX_COUNT


PRESETS = {
    # How the bundled model was trained.
    "standard": Recipe(
        "three_conv",
        "mnist+pen",
        epochs=24,
        settling_epochs=SETTLING_EPOCHS,
        augmentation=Augmentation(damage=DAMAGE),
    ),
    # One epoch of MNIST.
    "fast": Recipe(
        "three_conv_small",
        "mnist",
        epochs=1,
        batch_size=128,
        learning_rate=1.5e-2,
        steps_per_execution=16,
    ),
    # What most tutorials do: Adam with its defaults, MNIST as it is.
    "tutorial": Recipe(
        "three_conv_plain", "mnist", epochs=5, batch_size=32, optimizer="adam", learning_rate=1e-3
    ),
}
