"""Makes a trained network's confidence mean what it says."""

import keras
import numpy as np

from digits.data.splits import Split
from digits.learning.batches import batches_in_order


def calibrate(model: keras.Model, validation: Split) -> float:
    """Make a trained model's confidence mean what it says; returns the temperature.

    All logits are divided by the one temperature that makes the validation labels most likely.
    It is built into the last layer's weights, so the file stays an ordinary network; the order
    of the answers does not change.

    Args:
        model: trained; its last layer is a softmax `Dense`. Changed in place.
        validation: digit images and labels 0 to 9, not trained on.

    Source: C. Guo et al., "On calibration of modern neural networks", 2017.
    """
    last = model.layers[-1]
    probabilities = model.predict(batches_in_order(validation), verbose=0)
    logits = np.log(np.maximum(probabilities.astype(np.float64), 1e-30))
    temperatures = np.exp(np.linspace(np.log(0.25), np.log(4), 401))
    rows = np.arange(len(validation.y))

    def loss(temperature: float) -> float:
        scaled = logits / temperature
        return float((np.logaddexp.reduce(scaled, 1) - scaled[rows, validation.y]).mean())

    best = min(temperatures, key=loss)
    last.set_weights([weights / best for weights in last.get_weights()])
    return float(best)
