"""Looks inside a network: where it looked, what each convolution found, how the answer adds up."""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from digits.architectures import scores_layer
from digits.classifier import DigitClassifier
from digits.errors import DigitsError
from digits.images.colour_maps import tint
from digits.images.preprocessing import SIZE

STEPS = 4  # pictures between empty paper and the drawing; 32 of them find the same places
SMOOTHING = 1.5  # pixels; single pixels say little, and spots the width of a stroke can be read
_DISTANCES = np.subtract.outer(np.arange(SIZE), np.arange(SIZE)) / SMOOTHING
_BLUR = np.exp(-(_DISTANCES**2) / 2).astype(np.float32)  # a Gaussian, for rows and for columns


class Evidence(NamedTuple):
    """What the last layer adds up for and against each digit.

    Its softmax turns the scores into probabilities, and only their differences count there. So
    the mean of the ten is taken off everywhere: what is left above 0 speaks for the digit.
    """

    scores: np.ndarray  # (10,) float32, mean 0; their softmax is the ten probabilities
    places: np.ndarray | None  # (10, h, w) float32: the part each place has in the scores
    # Where these places lie in the digit image: top, left, bottom and right edge, in pixels.
    window: tuple[float, float, float, float] | None


class Layer(NamedTuple):
    """A row of the network's table."""

    name: str
    kind: str  # the Keras class, such as "Conv2D"
    shape: tuple[int, ...]  # of the output, without the number of images
    parameters: int


class Explainer:
    """Explains the answers of one classifier, by functions compiled once and safe for threads.

    It takes any Keras digit reader apart that is a chain of layers. Every method takes one digit
    image, (28, 28) float32 in [0, 1], 1 is ink, and raises DigitsError for another shape.
    """

    def __init__(self, classifier: DigitClassifier) -> None:
        """Prepare to explain `classifier`; what a live page calls is compiled here."""
        self.classifier = classifier
        self._stages = _stages(classifier.model)
        self._decision = scores_layer(classifier.model)
        self._attribute = tf.function(
            self._integrated_gradients,
            input_signature=[
                tf.TensorSpec((SIZE, SIZE), tf.float32),
                tf.TensorSpec((), tf.int32),
            ],
        )
        self._attribute(tf.zeros((SIZE, SIZE)), tf.constant(0))
        watched = [layer.output for stage in self._stages for layer in stage]
        if self._decision is not None:
            watched.append(self._decision.input)
        inside = keras.Model(classifier.model.inputs, watched or classifier.model.outputs)
        self._watch = tf.function(
            lambda image: inside(image[None, ..., None], training=False),
            input_signature=[tf.TensorSpec((SIZE, SIZE), tf.float32)],
        )

    def saliency(self, image: np.ndarray, digit: int | None = None) -> np.ndarray:
        """Find where the network looked when it answered: the strokes that count for a digit.

        Integrated gradients from empty paper to the drawing, of the log-odds of the digit, then
        smoothed; what speaks against the digit counts as 0. Compared on validation drawings with
        gradients, SmoothGrad, and the Grad-CAM and LayerCAM of every layer, wiping out the spot
        that it marks takes as much from the answer as any of them, and at half SmoothGrad's cost.

        Args:
            digit: 0 to 9, the answer to explain; by default the network's own.

        Returns:
            (28, 28) float32 in [0, 1], 1 where it looked most; all 0 when nothing spoke for the
            digit, as on empty paper.

        Source: M. Sundararajan, A. Taly and Q. Yan, "Axiomatic attribution for deep networks",
        2017.
        """
        image = _checked(image)
        if digit is None:
            digit = int(self.classifier.probabilities(image[None])[0].argmax())
        if digit not in range(10):
            raise DigitsError(f"a digit is 0 to 9, not {digit!r}")
        heat = _BLUR @ self._attribute(image, digit).numpy() @ _BLUR.T
        strongest = heat.max()
        if strongest <= 0:
            return np.zeros((SIZE, SIZE), np.float32)
        return np.clip(heat / strongest, 0, 1).astype(np.float32)

    def overlay(self, image: np.ndarray, digit: int | None = None) -> np.ndarray:
        """Paint the saliency over the digit: (168, 168, 3) uint8 on black, bright where it looked.

        Args:
            digit: as for `saliency`.
        """
        return tint(image, self.saliency(image, digit))

    def layer_outputs(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """Give what every layer from the first convolution on makes of an image, by its name.

        Returns:
            The layers that make maps, in order: (H, W, C) float32 each; empty for a network
            without convolutions.
        """
        names = [layer.name for stage in self._stages for layer in stage]
        outputs = self._outputs(image)[: len(names)]
        return {name: maps[0] for name, maps in zip(names, outputs, strict=True)}

    def feature_maps(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """Give what each convolution found, by its name, in order: (H, W, C) float32.

        These are its maps after the pooling, normalisation and activation that follow it: what
        the next convolution, or the layer that makes a list of them, receives.
        """
        outputs = self.layer_outputs(image)
        return {stage[0].name: outputs[stage[-1].name] for stage in self._stages}

    def stages(self) -> list[list[str]]:
        """Name each convolution and the layers after it up to the next, in order."""
        return [[layer.name for layer in stage] for stage in self._stages]

    def evidence(self, image: np.ndarray) -> Evidence | None:
        """Tell how the last layer, a dense one, comes to its ten scores; None where it is another.

        The part of each place in the picture is known when the layer weighs maps (by Flatten,
        perhaps with Dropout between); otherwise `places` and `window` are None.
        """
        if self._decision is None:
            return None
        features, weights = self._outputs(image)[-1][0], self._decision.kernel.numpy()
        scores = features @ weights
        if self._decision.use_bias:
            scores += self._decision.bias.numpy()
        scores -= scores.mean()
        maps = _flattened(self.classifier.model, self._decision)
        if maps is None:
            return Evidence(scores, None, None)
        parts = (features[:, None] * weights).reshape(*maps[1:], 10)  # (h, w, channels, 10)
        places = np.moveaxis(parts.sum(2), -1, 0)
        return Evidence(scores, places - places.mean(0), _window(self._stages, *maps[1:3]))

    def _outputs(self, image: np.ndarray) -> list[np.ndarray]:
        outputs = self._watch(_checked(image))
        return [tensor.numpy() for tensor in tf.nest.flatten(outputs)]

    def _integrated_gradients(self, image: tf.Tensor, digit: tf.Tensor) -> tf.Tensor:
        shares = (np.arange(STEPS, dtype=np.float32) + 0.5) / STEPS
        images = image * shares[:, None, None]
        chosen = tf.one_hot(digit, 10)
        with tf.GradientTape() as tape:
            tape.watch(images)
            answers = self.classifier.model(images[..., None], training=False)
            for_it = tf.reduce_sum(answers * chosen, axis=1)
            # The sum of the others, and not 1 minus the digit's own, which rounds to 0; and no
            # logarithm of 0 where the network is surer than float32 can tell.
            against_it = tf.reduce_sum(answers * (1 - chosen), axis=1)
            log_odds = tf.math.log(for_it + 1e-30) - tf.math.log(against_it + 1e-30)
        return image * tf.reduce_mean(tape.gradient(log_odds, images), axis=0)


def layers(model: keras.Model) -> list[Layer]:
    """List a network's layers from input to output."""
    return [
        Layer(
            layer.name,
            type(layer).__name__,
            tuple(layer.output.shape[1:]),
            layer.count_params(),
        )
        for layer in model.layers
        if not isinstance(layer, keras.layers.InputLayer)
    ]


def _checked(image: np.ndarray) -> np.ndarray:
    image = np.asarray(image, np.float32)
    if image.shape != (SIZE, SIZE):
        raise DigitsError(f"a digit image has the shape (28, 28); this one has {image.shape}")
    return image


def _stages(model: keras.Model) -> list[list[keras.Layer]]:
    """Each convolution with the layers behind it that still make maps, up to the next one."""
    stages = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            stages.append([layer])
        elif stages and len(layer.output.shape) == 4:
            stages[-1].append(layer)
    return stages


def _flattened(model: keras.Model, decision: keras.layers.Dense) -> tuple[int, ...] | None:
    """The shape of the maps that `decision` weighs, (None, h, w, channels); None if of no maps."""
    before = model.layers[: model.layers.index(decision)]
    while before and isinstance(before[-1], keras.layers.Dropout):
        before = before[:-1]
    if before and isinstance(before[-1], keras.layers.Flatten) and before[-1].input.ndim == 4:
        return before[-1].input.shape
    return None


def _window(
    stages: list[list[keras.Layer]], height: int, width: int
) -> tuple[float, float, float, float]:
    """Where in a digit image maps of height x width lie that all the stages made.

    A place of a map answers for the pixels around the centre of all it was computed from. Each
    layer moves that centre by half its window, and its stride sets the places further apart.
    """
    edges = []
    for axis, count in ((0, height), (1, width)):
        centre, step = 0.5, 1
        for layer in (layer for stage in stages for layer in stage):
            size = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
            if size is None:
                continue
            if layer.padding == "valid":
                centre += step * (size[axis] - 1) / 2
            else:  # the windows hang over both edges of the maps
                given, made = layer.input.shape[1 + axis], layer.output.shape[1 + axis]
                spanned = (made - 1) * layer.strides[axis] + size[axis]
                centre += step * ((size[axis] - 1) / 2 - max(spanned - given, 0) // 2)
            step *= layer.strides[axis]
        edges.append((centre - step / 2, centre + step * (count - 0.5)))
    (top, bottom), (left, right) = edges
    return top, left, bottom, right
