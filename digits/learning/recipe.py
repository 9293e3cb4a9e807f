"""Whole settings for a training, by name: what a person gets who chooses nothing else."""

from typing import Any, NamedTuple


class Preset(NamedTuple):
    """A network, its data, and how it is trained; see `digits.learning.training.fit`."""

    architecture: str
    data: str  # a name of `digits.data.corpus.training_data`
    epochs: int
    batch_size: int
    optimizer: str
    learning_rate: float
    augmented: bool
    steps_per_execution: int = 1

    def settings(self) -> dict[str, Any]:
        """What `digits.learning.training.fit` takes of it."""
        settings = self._asdict()
        del settings["architecture"], settings["data"]
        return settings


PRESETS = {
    # As the shipped model is trained.
    "standard": Preset("three_conv", "mnist+pen", 28, 256, "adamw", 2e-3, True),
    # MNIST, seen once.
    "fast": Preset("three_conv_small", "mnist", 1, 128, "adamw", 1.5e-2, False, 16),
    # As most tutorials train: Adam as it comes, MNIST as it is.
    "tutorial": Preset("three_conv_plain", "mnist", 5, 32, "adam", 1e-3, False),
}
