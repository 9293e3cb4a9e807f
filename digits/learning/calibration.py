"""Makes a trained network's confidence mean what it says."""

import keras
import numpy as np

from digits.architectures import scores_layer
from digits.data.splits import Split
from digits.errors import ModelError
from digits.learning.batches import batches_in_order


def check_calibratable(model: keras.Model) -> keras.layers.Dense:
    """Refuse, before anything is trained, a network that could not be calibrated afterwards.

    Returns:
        The dense layer whose scores the softmax turns into probabilities.

    Raises:
        ModelError: it does not end in a softmax over a dense layer.
    """
    last = model.layers[-1]
    softmax = isinstance(last, keras.layers.Softmax) or (
        getattr(last, "activation", None) is keras.activations.softmax
    )
    scores = scores_layer(model)
    if scores is None or not softmax or not (scores is last or _is_linear(scores)):
        raise ModelError(
            f"the network {model.name} cannot be calibrated: end it in "
            'Dense(10, activation="softmax"), or in Dense(10) and Softmax()'
        )
    return scores


def calibrate(model: keras.Model, validation: Split) -> float:
    """Calibrate a trained model in place; returns the temperature.

    All logits are divided by the one temperature that makes the validation labels most likely.
    It is built into the weights of the last dense layer, so the file stays an ordinary network;
    the order of the answers does not change.

    Args:
        model: trained; ends in a softmax over a dense layer.
        validation: digit images that the model was not trained on, and their labels 0 to 9.

    Raises:
        ModelError: the model ends in something else.

    Source: C. Guo et al., "On calibration of modern neural networks", 2017.
    """
    scores = check_calibratable(model)
    probabilities = model.predict(batches_in_order(validation), verbose=0)
    logits = np.log(np.maximum(probabilities.astype(np.float64), 1e-30))
    temperatures = np.exp(np.linspace(np.log(0.25), np.log(4), 401))
    rows = np.arange(len(validation.y))

    def loss(temperature: float) -> float:
        scaled = logits / temperature
        return float((np.logaddexp.reduce(scaled, 1) - scaled[rows, validation.y]).mean())

    best = min(temperatures, key=loss)
    scores.set_weights([weights / best for weights in scores.get_weights()])
    return float(best)


def _is_linear(layer: keras.layers.Dense) -> bool:
    return layer.activation is keras.activations.linear
