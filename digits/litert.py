"""Runs a network in LiteRT, which reads a single image several times as fast as TensorFlow.

The arithmetic of such a small network takes less time than TensorFlow needs to call it. LiteRT
comes with TensorFlow, and keeps everything that a call needs ready.
"""

import tempfile
import threading
import warnings
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from digits.images.preprocessing import SIZE


def to_litert(model: keras.Model) -> bytes:
    """Convert a network to the content of a LiteRT file, in a second or two.

    By way of a SavedModel: Keras' own exporter needs Keras 3.13, which needs Python 3.11.

    Args:
        model: its input "images" becomes (N, 28, 28, 1) float32 in [0, 1].
    """
    # Without a name, the input would be named after a counter inside Keras.
    images = keras.InputSpec(shape=(None, SIZE, SIZE, 1), dtype="float32", name="images")
    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, format="tf_saved_model", verbose=False, input_signature=[images])
        return tf.lite.TFLiteConverter.from_saved_model(folder).convert()


def _for_single_images(model: keras.Model) -> bytes:
    """Convert a network that is given one image at a time, (1, 28, 28, 1), in a fifth of a second.

    The weights go straight into the graph. A SavedModel on the way would take five times as long,
    and only adds signatures, by which programs call a file.
    """
    network = tf.function(
        lambda images: model(images, training=False),
        input_signature=[tf.TensorSpec((1, SIZE, SIZE, 1), tf.float32)],
        autograph=False,
    )
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [network.get_concrete_function()], model
    )
    converter.experimental_lower_to_saved_model = False
    return converter.convert()


def interpreter(content: bytes) -> Any:
    """Make an interpreter of a LiteRT file; it may be used by one thread at a time."""
    with warnings.catch_warnings():
        # TensorFlow warns that LiteRT will move to a separate package.
        warnings.simplefilter("ignore")
        return tf.lite.Interpreter(model_content=content, num_threads=1)


class SingleImageNetwork:
    """A copy of a network in LiteRT that reads one image at a time; thread-safe.

    It keeps the weights that the network had when the copy was made.
    """

    def __init__(self, model: keras.Model) -> None:
        """Convert a network with input (N, 28, 28, 1) and output (N, 10)."""
        self._content = _for_single_images(model)
        self._of_this_thread = threading.local()

    def probabilities(self, image: np.ndarray) -> np.ndarray:
        """Compute the probabilities of a digit image: (28, 28) float32 to (10,) float32."""
        mine = self._of_this_thread
        if not hasattr(mine, "interpreter"):
            mine.interpreter = interpreter(self._content)
            mine.interpreter.allocate_tensors()
            mine.input = mine.interpreter.get_input_details()[0]["index"]
            mine.output = mine.interpreter.get_output_details()[0]["index"]
        mine.interpreter.set_tensor(mine.input, image[None, ..., None])
        mine.interpreter.invoke()
        return mine.interpreter.get_tensor(mine.output)[0]
