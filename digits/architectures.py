"""The named networks, each a list of layers to be read from top to bottom.

Input: (N, 28, 28, 1) float32 in [0, 1], 1 is ink. Output: (N, 10) probabilities. To add one of
your own, write one more function like these; its name is the network's everywhere.
"""

from collections.abc import Callable

import keras
from keras import layers

from digits.errors import ModelError

ARCHITECTURES: dict[str, Callable[[], keras.Sequential]] = {}


def architecture(function: Callable[[], keras.Sequential]) -> Callable[[], keras.Sequential]:
    """Make a function's network known by the function's name."""
    ARCHITECTURES[function.__name__] = function
    return function


def build(name: str) -> keras.Sequential:
    """Build the network of that name, with fresh random weights.

    Raises:
        ModelError: there is none of that name.
    """
    if name not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise ModelError(f"there is no network {name!r}: choose one of {known}")
    return ARCHITECTURES[name]()


def purpose(name: str) -> str:
    """What the network of that name is for, in one line: the first of its docstring."""
    return (ARCHITECTURES[name].__doc__ or "").strip().partition("\n")[0]


def scores_layer(model: keras.Model) -> layers.Dense | None:
    """The dense layer that computes the ten scores, before or with the softmax; None if none."""
    last = model.layers[-1]
    if isinstance(last, layers.Softmax | layers.Activation) and len(model.layers) > 1:
        last = model.layers[-2]
    return last if isinstance(last, layers.Dense) else None


@architecture
def three_conv() -> keras.Sequential:
    """The shipped one: wide windows first, normalised, no hidden dense layer.

    The first two convolutions keep to windows that lie wholly inside the image (no padding): the
    rim of a digit image is empty, and the smaller maps leave time for more filters. Pooling comes
    before the normalisation, so that a quarter of the numbers is left to normalise; its windows
    overlap, so that it matters less where a stroke falls between them.
    """
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            # Strokes: edges, ends and bends, in windows of 5×5.
            layers.Conv2D(32, 5, use_bias=False, name="conv_1"),  # 24×24
            layers.MaxPooling2D(3, 2, padding="same", name="pool_1"),  # 12×12
            layers.BatchNormalization(name="norm_1"),
            layers.ReLU(name="relu_1"),
            # Parts: arcs, corners, crossings.
            layers.Conv2D(96, 5, use_bias=False, name="conv_2"),  # 8×8
            layers.MaxPooling2D(3, 2, padding="same", name="pool_2"),  # 4×4
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


@architecture
def three_conv_plain() -> keras.Sequential:
    """What most tutorials on convolutions build: three of them and a dense layer, as they come."""
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),  # 26×26
            layers.MaxPooling2D(),  # 13×13
            layers.Conv2D(64, 3, activation="relu"),  # 11×11
            layers.MaxPooling2D(),  # 5×5
            layers.Conv2D(64, 3, activation="relu"),  # 3×3
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        name="three_conv_plain",
    )


@architecture
def three_conv_small() -> keras.Sequential:
    """For the impatient: narrow, and 99 % right on MNIST after seeing it once."""
    # So few steps need a normalisation whose means follow quickly.
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(16, 5, use_bias=False),  # 24×24
            layers.MaxPooling2D(),  # 12×12
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.Conv2D(32, 3, use_bias=False),  # 10×10
            layers.MaxPooling2D(),  # 5×5
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.Conv2D(64, 3, use_bias=False),  # 3×3
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ],
        name="three_conv_small",
    )


@architecture
def conv_bn_dropout() -> keras.Sequential:
    """Shows normalisation and dropout: faster learning, and less learning by heart."""
    # Keras' own momentum, 0.99, makes the means lag behind for the first few hundred steps.
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 3, use_bias=False),  # 26×26; the normalisation has a bias
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.MaxPooling2D(),  # 13×13
            layers.Conv2D(64, 3, use_bias=False),  # 11×11
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.MaxPooling2D(),  # 5×5
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),  # while training only
            layers.Dense(10, activation="softmax"),
        ],
        name="conv_bn_dropout",
    )


@architecture
def two_conv() -> keras.Sequential:
    """Shows depth: the second convolution sees parts made of the first one's strokes."""
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),  # 26×26
            layers.MaxPooling2D(2, strides=2),  # 13×13
            layers.Conv2D(32, 3, activation="relu"),  # 11×11
            layers.MaxPooling2D(2, strides=2),  # 5×5
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        name="two_conv",
    )


@architecture
def one_conv() -> keras.Sequential:
    """Shows convolution: one layer that looks for the same strokes everywhere."""
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),  # 26×26
            layers.MaxPooling2D(),  # 13×13
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        name="one_conv",
    )


@architecture
def mlp() -> keras.Sequential:
    """The baseline: dense layers only, for which a pixel has no neighbours."""
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Rescaling(2, offset=-1),  # to [-1, 1]: inputs around 0 train more evenly
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(128, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        name="mlp",
    )
