"""The named networks, each a list of layers to be read from top to bottom."""

import keras
from keras import layers

from digits.errors import ModelError


def three_conv() -> keras.Sequential:
    """Three convolution blocks and one dense layer.

    Input: (N, 28, 28, 1) float32 in [0, 1], 1 is ink. Output: (N, 10) probabilities.

    In each block the pooling comes before the normalisation: a quarter of the numbers is left to
    normalise, which makes training nearly twice as fast, and the answers are the same in kind.
    """
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            # Strokes: edges, ends and bends, in a 5×5 window.
            layers.Conv2D(32, 5, padding="same", use_bias=False, name="conv_1"),
            layers.MaxPooling2D(name="pool_1"),  # 14×14
            layers.BatchNormalization(momentum=0.95, name="norm_1"),
            layers.ReLU(name="relu_1"),
            # Parts: arcs, corners, crossings.
            layers.Conv2D(64, 5, padding="same", use_bias=False, name="conv_2"),
            layers.MaxPooling2D(name="pool_2"),  # 7×7
            layers.BatchNormalization(momentum=0.95, name="norm_2"),
            layers.ReLU(name="relu_2"),
            # Whole shapes: loops, hooks, and how they hang together.
            layers.Conv2D(128, 3, padding="same", use_bias=False, name="conv_3"),
            layers.MaxPooling2D(name="pool_3"),  # 3×3
            layers.BatchNormalization(momentum=0.95, name="norm_3"),
            layers.ReLU(name="relu_3"),
            # Which shapes lie where makes the digit.
            layers.Flatten(name="flatten"),
            layers.Dropout(0.3, name="dropout"),
            layers.Dense(10, activation="softmax", name="digits"),
        ],
        name="three_conv",
    )


ARCHITECTURES = {"three_conv": three_conv}


def build(name: str) -> keras.Model:
    """Build the network of that name, with fresh random weights.

    Raises:
        ModelError: there is none of that name.
    """
    if name not in ARCHITECTURES:
        known = ", ".join(sorted(ARCHITECTURES))
        raise ModelError(f"there is no network {name!r}: choose one of {known}")
    return ARCHITECTURES[name]()
