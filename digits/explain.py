"""Explains a network's answer: saliency, feature maps, and the evidence for each digit."""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from digits.architectures import scores_layer
from digits.classifier import DigitClassifier
from digits.errors import DigitsError
from digits.images.colour_maps import tint
from digits.images.preprocessing import SIZE

STEPS = 4  # of the integral from empty paper to the drawing; 32 steps give the same picture
SMOOTHING = 1.5  # pixels: about the width of a stroke, because single pixels are too noisy
_DISTANCES = np.subtract.outer(np.arange(SIZE), np.arange(SIZE)) / SMOOTHING
_BLUR = np.exp(-(_DISTANCES**2) / 2).astype(np.float32)  # a Gaussian kernel, for rows and columns


class Evidence(NamedTuple):
    """The evidence that the last layer adds up for and against each digit.

    The softmax depends only on the differences between the ten scores (logits). So their mean is
    subtracted: values above 0 are evidence for a digit, values below 0 against it.
    """

    scores: np.ndarray  # (10,) float32 logits with mean 0; their softmax gives the probabilities
    places: np.ndarray | None  # (10, h, w) float32: each position's share of the scores
    # The area of the digit image that these cover: top, left, bottom and right edge, in pixels.
    window: tuple[float, float, float, float] | None


class Layer(NamedTuple):
    """A layer of a network, as a row of a table."""

    name: str
    kind: str  # the Keras class, such as "Conv2D"
    shape: tuple[int, ...]  # of the output, without the batch axis
    parameters: int


class Explainer:
    """Explains the answers of one classifier; its functions are compiled once and thread-safe.

    It works for any digit classifier that is a chain of Keras layers. Methods take one digit
    image, (28, 28) float32 in [0, 1], 1 is ink, and raise DigitsError for another shape.
    """

    def __init__(self, classifier: DigitClassifier) -> None:
        """Prepare to explain `classifier`, and compile what the page calls while a person draws."""
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
        """Find where the network looked: the strokes that support a digit.

        These are integrated gradients of the digit's log-odds, from empty paper to the drawing,
        smoothed; negative values are set to 0. On validation drawings this was compared with
        plain gradients, SmoothGrad, and Grad-CAM and LayerCAM of every layer: erasing the marked
        strokes lowers the confidence at least as much, at half the cost of SmoothGrad.

        Args:
            digit: 0 to 9, the answer to explain; by default the network's own answer.

        Returns:
            (28, 28) float32 in [0, 1], 1 where it looked most; all 0 if nothing supports the
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
        """Colour the digit by saliency: (168, 168, 3) uint8 RGB on black, bright where it looked.

        Args:
            digit: as for `saliency`.
        """
        return tint(image, self.saliency(image, digit))

    def layer_outputs(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """Compute the output of each layer that makes feature maps, by layer name.

        Returns:
            (H, W, C) float32 each, from the first convolution on, in order; empty for a network
            without convolutions.
        """
        names = [layer.name for stage in self._stages for layer in stage]
        outputs = self._outputs(image)[: len(names)]
        return {name: maps[0] for name, maps in zip(names, outputs, strict=True)}

    def feature_maps(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """Compute the feature maps of each convolution, by its name, in order: (H, W, C) float32.

        These are its maps after the pooling, normalization and activation that follow it: the
        input of the next convolution, or of the layer that flattens them.
        """
        outputs = self.layer_outputs(image)
        return {stage[0].name: outputs[stage[-1].name] for stage in self._stages}

    def stages(self) -> list[list[str]]:
        """List the layer names of each stage: a convolution and the layers up to the next one."""
        return [[layer.name for layer in stage] for stage in self._stages]

    def evidence(self, image: np.ndarray) -> Evidence | None:
        """Split the ten scores of a dense last layer into evidence; None if it is another layer.

        The share of each position is known if the layer follows a Flatten of feature maps,
        possibly with Dropout between them; otherwise `places` and `window` are None.
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
            # Sum the other nine: 1 minus the digit's own probability would round to 0. The small
            # constant prevents log(0) where a probability underflows in float32.
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
    """Each convolution with the layers that follow it and still make maps, up to the next one."""
    stages = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            stages.append([layer])
        elif stages and len(layer.output.shape) == 4:
            stages[-1].append(layer)
    return stages


def _flattened(model: keras.Model, decision: keras.layers.Dense) -> tuple[int, ...] | None:
    """The shape of the maps that feed `decision`, (None, h, w, channels); None without maps."""
    before = model.layers[: model.layers.index(decision)]
    while before and isinstance(before[-1], keras.layers.Dropout):
        before = before[:-1]
    if before and isinstance(before[-1], keras.layers.Flatten) and before[-1].input.ndim == 4:
        return before[-1].input.shape
    return None


def _window(
    stages: list[list[keras.Layer]], height: int, width: int
) -> tuple[float, float, float, float]:
    """The area of a digit image that the last stage's maps, of height x width, cover.

    A position in a map stands for the pixels around the centre of its receptive field. Each layer
    shifts that centre by half its window, and its stride increases the distance between centres.
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
            else:  # the windows extend beyond both edges of the maps
                given, made = layer.input.shape[1 + axis], layer.output.shape[1 + axis]
                spanned = (made - 1) * layer.strides[axis] + size[axis]
                centre += step * ((size[axis] - 1) / 2 - max(spanned - given, 0) // 2)
            step *= layer.strides[axis]
        edges.append((centre - step / 2, centre + step * (count - 0.5)))
    (top, bottom), (left, right) = edges
    return top, left, bottom, right
