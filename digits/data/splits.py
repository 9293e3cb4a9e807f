"""Images with their labels, as every data set here hands them out."""

from typing import NamedTuple

import numpy as np


class Split(NamedTuple):
    """Images and their labels, in the same order."""

    x: np.ndarray  # (N, 28, 28) float32 in [0, 1], 1 is ink
    y: np.ndarray  # (N,) uint8, 0 to 9


def combine(*parts: Split) -> Split:
    """One split of all the parts, in their order."""
    return Split(
        np.concatenate([part.x for part in parts]), np.concatenate([part.y for part in parts])
    )


def sample(split: Split, count: int, *, seed: int = 0) -> Split:
    """Up to `count` images of a split, drawn at random without repeats."""
    count = min(count, len(split.y))
    chosen = np.random.default_rng(seed).choice(len(split.y), count, replace=False)
    return Split(split.x[chosen], split.y[chosen])
