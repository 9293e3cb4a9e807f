"""The named networks, each a list of layers to be read from top to bottom."""

import keras
from keras import layers

from digits.errors import ModelError


def three_conv() -> keras.Sequential:
    """Three convolution blocks and one dense layer, 275,498 parameters.

    Input: (N, 28, 28, 1) float32 in [0, 1], 1 is ink. Output: (N, 10) probabilities.

    The first two convolutions keep to windows that lie wholly inside the image (no padding): the
    rim of a digit image is empty, and the smaller maps leave time for more filters. Pooling comes
    before the normalisation, so that a quarter of the numbers is left to normalise.
    """
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            # Strokes: edges, ends and bends, in windows of 5×5.
            layers.Conv2D(32, 5, use_bias=False, name="conv_1"),  # 24×24
            layers.MaxPooling2D(name="pool_1"),  # 12×12: where exactly no longer matters
            layers.BatchNormalization(name="norm_1"),
            layers.ReLU(name="relu_1"),
            # Parts: arcs, corners, crossings.
            layers.Conv2D(96, 5, use_bias=False, name="conv_2"),  # 8×8
            layers.MaxPooling2D(name="pool_2"),  # 4×4
            layers.BatchNormalization(name="norm_2"),
            layers.ReLU(name="relu_2"),
            # Whole shapes: loops, hooks, and how they hang together.
            layers.Conv2D(192, 3, padding="same", use_bias=False, name="conv_3"),  # 4×4
            layers.BatchNormalization(name="norm_3"),
            layers.ReLU(name="relu_3"),
            # Which shapes lie where makes the digit.
            layers.Flatten(name="flatten"),
            layers.Dropout(0.4, name="dropout"),  # while training only
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
