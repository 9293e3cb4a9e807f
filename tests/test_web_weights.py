"""A network in its file for the browser answers as the original does."""

import json
import struct

import keras
import numpy as np
import pytest
from keras import layers

from digits import ModelError
from digits.architectures import ARCHITECTURES, build
from digits.web_weights import run, to_web


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 1, (5, 28, 28)).astype(np.float32)


def header(file: bytes) -> dict:
    (length,) = struct.unpack_from("<I", file)
    return json.loads(file[4 : 4 + length])


def trained(model: keras.Model) -> keras.Model:
    """Give the normalizations of a new network values that a training would."""
    rng = np.random.default_rng(1)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.1, 2, value.shape) for value in layer.get_weights()])
    return model


def unusual() -> keras.Model:
    """Layers of our kinds in an order and with settings that none of our networks has."""
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.BatchNormalization(scale=False),
            layers.Conv2D(5, (3, 2), strides=2, padding="same", activation="relu"),
            layers.AveragePooling2D((3, 2), strides=2, padding="same"),
            layers.BatchNormalization(center=False),
            layers.Conv2D(7, 2, strides=(1, 2)),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10),
            layers.Softmax(),
        ],
        name="unusual",
    )


@pytest.mark.parametrize("name", [*ARCHITECTURES, "unusual"])
def test_every_network_answers_the_same(name, images):
    model = trained(unusual() if name == "unusual" else build(name))
    expected = model(images[..., None], training=False).numpy()
    assert np.abs(run(to_web(model), images) - expected).max() < 0.01


def test_the_bundled_network_is_small_and_in_half_precision(classifier):
    file = to_web(classifier.model)
    assert len(file) <= 1_200_000
    assert header(file)["weights"] == "float16"
    assert header(file)["shape"] == [28, 28, 1]
    kinds = {layer["kind"] for layer in header(file)["layers"]}
    assert "dropout" not in kinds
    assert header(file)["layers"][-1]["activation"] == "softmax"


def test_weights_too_large_for_half_precision_stay_as_they_are(images):
    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Rescaling(1e-6),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([1e6 * kernel, bias])
    file = to_web(model)
    assert header(file)["weights"] == "float32"
    assert np.abs(run(file, images) - model(images[..., None]).numpy()).max() < 1e-5


@pytest.mark.parametrize(
    ("layer", "line"),
    [
        (layers.LeakyReLU(name="x"), "the layer LeakyReLU (x) cannot run in a browser"),
        (layers.Conv2D(4, 3, activation="gelu", name="x"), "the activation gelu (x) cannot run"),
        (layers.Conv2D(4, 3, dilation_rate=2, name="x"), "the layer Conv2D (x) cannot run"),
    ],
)
def test_a_layer_of_another_kind_is_named(layer, line):
    last = [layers.Flatten(), layers.Dense(10, activation="softmax")]
    model = keras.Sequential([layers.Input((28, 28, 1)), layer, *last])
    with pytest.raises(ModelError) as error:
        to_web(model)
    assert str(error.value).startswith(line)
