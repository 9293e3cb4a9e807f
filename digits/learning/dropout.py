"""Finds and changes the dropout of a network, also while it trains."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras


def dropout_rate(model: keras.Model) -> float | None:
    """The share of the values that its first dropout layer sets to 0; None if it has none."""
    return next((float(layer.rate) for layer in _layers(model)), None)


def set_dropout(model: keras.Model, rate: float) -> None:
    """Change the rate of all its dropout layers, from the next batch on if it is being trained.

    In a compiled training step the rate is a constant, so the step is compiled anew with the next
    batch, which then takes about a second longer.

    Args:
        model: the network.
        rate: the share of the values to set to 0, from 0 to below 1.
    """
    for layer in _layers(model):
        layer.rate = rate
    if model.train_function is not None:
        model.make_train_function(force=True)


@contextmanager
def dropout_kept(model: keras.Model) -> Iterator[None]:
    """Give the dropout layers their own rates back in the end, whatever was set meanwhile."""
    rates = [layer.rate for layer in _layers(model)]
    try:
        yield
    finally:
        for layer, rate in zip(_layers(model), rates, strict=True):
            layer.rate = rate
        model.train_function = None  # compiled with other rates


def _layers(model: keras.Model) -> list[keras.layers.Dropout]:
    """Its dropout layers, without those that were made to drop nothing: they have no seed."""
    return [
        layer
        for layer in model.layers
        if isinstance(layer, keras.layers.Dropout) and hasattr(layer, "seed_generator")
    ]
