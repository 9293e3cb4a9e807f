"""The networks match their names, sizes and descriptions."""

import keras
import numpy as np
import pytest

from digits.architectures import ARCHITECTURES, architecture, build, purpose
from digits.errors import ModelError


def test_three_conv_has_three_convolutions_and_at_most_half_a_million_parameters():
    network = build("three_conv")
    convolutions = [x for x in network.layers if isinstance(x, keras.layers.Conv2D)]
    assert len(convolutions) == 3
    assert network.count_params() <= 500_000
    assert network.input_shape == (None, 28, 28, 1)
    assert network.output_shape == (None, 10)


@pytest.mark.parametrize(
    ("name", "parameters", "convolutions"),
    [
        ("three_conv", 356_522, 3),
        ("three_conv_plain", 93_322, 3),
        ("three_conv_small", 29_658, 3),
        ("conv_bn_dropout", 225_322, 2),
        ("two_conv", 113_386, 2),
        ("one_conv", 693_962, 1),
        ("mlp", 242_762, 0),
    ],
)
def test_each_network_has_the_layers_its_name_says(name, parameters, convolutions):
    network = build(name)
    kinds = [type(layer).__name__ for layer in network.layers]
    assert network.name == name
    assert network.count_params() == parameters
    assert kinds.count("Conv2D") == convolutions
    assert network.input_shape == (None, 28, 28, 1)
    assert network.output_shape == (None, 10)
    assert 20 < len(purpose(name)) < 100


def test_the_mlp_sees_numbers_from_minus_one_to_one():
    images = np.stack([np.zeros((28, 28, 1)), np.ones((28, 28, 1))]).astype("float32")
    assert np.unique(build("mlp").layers[0](images)).tolist() == [-1, 1]


def test_one_function_is_enough_to_add_a_network():
    @architecture
    def linear():
        """One layer: each digit is a template."""
        layers = [keras.layers.Input((28, 28, 1)), keras.layers.Flatten()]
        return keras.Sequential([*layers, keras.layers.Dense(10, "softmax")], name="linear")

    try:
        assert build("linear").count_params() == 7_850
        assert purpose("linear") == "One layer: each digit is a template."
        assert list(ARCHITECTURES)[0] == "three_conv"
    finally:
        del ARCHITECTURES["linear"]


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(
        ModelError,
        match="there is no network 'resnet': choose one of three_conv, three_conv_plain, "
        "three_conv_small, conv_bn_dropout, two_conv, one_conv, mlp",
    ):
        build("resnet")
