"""The networks are what their names say."""

import keras
import pytest

from digits.architectures import build
from digits.errors import ModelError


def test_three_conv_has_three_convolutions_and_at_most_half_a_million_parameters():
    network = build("three_conv")
    convolutions = [x for x in network.layers if isinstance(x, keras.layers.Conv2D)]
    assert len(convolutions) == 3
    assert network.count_params() <= 500_000
    assert network.input_shape == (None, 28, 28, 1)
    assert network.output_shape == (None, 10)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(
        ModelError, match="there is no network 'resnet': choose one of .*three_conv"
    ):
        build("resnet")
