"""The networks to choose from, each a list of layers to read from top to bottom.

Input: (N, 28, 28, 1) float32 in [0, 1], 1 is ink. Output: (N, 10) probabilities. To add your own,
write another function like these; its name becomes the network's name everywhere.
"""

from collections.abc import Callable

import keras
from keras import layers

from digits.errors import ModelError

ARCHITECTURES: dict[str, Callable[[], keras.Sequential]] = {}


def architecture(function: Callable[[], keras.Sequential]) -> Callable[[], keras.Sequential]:
    """Register a function's network under the function's name."""
    ARCHITECTURES[function.__name__] = function
    return function


def build(name: str) -> keras.Sequential:
    """Build the network with this name, with random weights.

    Raises:
        ModelError: there is no network with this name.
    """
    if name not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise ModelError(f"there is no network {name!r}: choose one of {known}")
    return ARCHITECTURES[name]()


def purpose(name: str) -> str:
    """What the network with this name is for: the first line of its docstring."""
    return (ARCHITECTURES[name].__doc__ or "").strip().partition("\n")[0]


def scores_layer(model: keras.Model) -> layers.Dense | None:
    """The dense layer that computes the ten scores (logits), or None if there is no such layer."""
    last = model.layers[-1]
    if isinstance(last, layers.Softmax | layers.Activation) and len(model.layers) > 1:
        last = model.layers[-2]
    return last if isinstance(last, layers.Dense) else None


@architecture
def three_conv() -> keras.Sequential:
    """The bundled network: large kernels first, batch normalization, no hidden dense layer.

    The first two convolutions use no padding: the border of a digit image is empty, and smaller
    maps leave time for more filters. Pooling comes before batch normalization, which then has only
    a quarter of the values to normalize. The pooling windows overlap, so it matters less where a
    stroke lies relative to them.
    """
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            # Strokes: edges, ends and bends, seen by 5×5 kernels.
            layers.Conv2D(32, 5, use_bias=False, name="conv_1"),  # 24×24
            layers.MaxPooling2D(3, 2, padding="same", name="pool_1"),  # 12×12
            layers.BatchNormalization(name="norm_1"),
            layers.ReLU(name="relu_1"),
            # Parts: arcs, corners, crossings.
            layers.Conv2D(128, 5, use_bias=False, name="conv_2"),  # 8×8
            layers.MaxPooling2D(3, 2, padding="same", name="pool_2"),  # 4×4
            layers.BatchNormalization(name="norm_2"),
            layers.ReLU(name="relu_2"),
            # Shapes: loops, hooks, and how they are connected.
            layers.Conv2D(192, 3, padding="same", use_bias=False, name="conv_3"),  # 4×4
            layers.BatchNormalization(name="norm_3"),
            layers.ReLU(name="relu_3"),
            # The digit: which shapes lie where.
            layers.Flatten(name="flatten"),
            layers.Dropout(0.4, name="dropout"),  # active in training only
            layers.Dense(10, activation="softmax", name="digits"),
        ],
        name="three_conv",
    )


@architecture
def three_conv_plain() -> keras.Sequential:
    """The usual tutorial network: three convolutions and a hidden dense layer."""
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
    """The fastest to train: few filters, 99 % accuracy on MNIST after one epoch."""
    # With so few steps, the moving averages of the normalization have to adapt quickly.
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
    """Shows batch normalization and dropout: faster training, less overfitting."""
    # With Keras' default momentum, 0.99, the moving averages lag for a few hundred steps.
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 3, use_bias=False),  # 26×26; the normalization adds the bias
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.MaxPooling2D(),  # 13×13
            layers.Conv2D(64, 3, use_bias=False),  # 11×11
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.MaxPooling2D(),  # 5×5
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),  # active in training only
            layers.Dense(10, activation="softmax"),
        ],
        name="conv_bn_dropout",
    )


@architecture
def two_conv() -> keras.Sequential:
    """Shows depth: the second convolution combines the strokes found by the first."""
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
    """Shows convolution: one layer that looks for the same strokes everywhere in the image."""
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
    """The baseline: dense layers only, which ignore how pixels are arranged."""
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
