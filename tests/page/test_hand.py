"""Drawings that a visitor's browser sends for a training: anything else than those is refused."""

import base64
import json

import numpy as np
import pytest

from digits.page.background_training.teaching import drawings
from digits.page.hand import Hand, OwnDrawing

IMAGE = base64.b64encode(bytes(range(256)) * 3 + bytes(16)).decode()  # 784 bytes
IMAGES = base64.b64encode(bytes(20 * 784)).decode()
DIGITS = list(range(10)) * 2


def test_twenty_drawings_arrive_as_they_are():
    sent = {"digits": DIGITS, "images": IMAGES}
    assert Hand().preprocess(json.dumps(sent)) == sent


@pytest.mark.parametrize(
    "sent",
    [
        *("", "no JSON", "[]", "3", "{}", None, 7),
        json.dumps({"digits": DIGITS[1:], "images": IMAGES}),
        json.dumps({"digits": [10, *DIGITS[1:]], "images": IMAGES}),
        json.dumps({"digits": [True, *DIGITS[1:]], "images": IMAGES}),
        json.dumps({"digits": [0.5, *DIGITS[1:]], "images": IMAGES}),
        json.dumps({"digits": DIGITS, "images": IMAGE}),
        json.dumps({"digits": DIGITS, "images": IMAGES[:-4]}),
        json.dumps({"digits": DIGITS, "images": "*" + IMAGES[1:]}),
        json.dumps({"digits": DIGITS, "images": ["AAAA"]}),
        json.dumps({"digits": DIGITS, "images": IMAGES, "more": "a" * 40_000}),
    ],
)
def test_anything_else_is_none(sent):
    assert Hand().preprocess(sent) is None


def test_only_a_whole_digit_image_is_a_drawing():
    component = OwnDrawing()
    assert component.preprocess(IMAGE) == IMAGE
    for sent in ("", None, 5, IMAGE[4:], IMAGES, "../../etc/passwd", "é" * 1048):
        assert component.preprocess(sent) is None


def test_the_bytes_become_digit_images():
    pixels = base64.b64encode(bytes([0, 51, 255]) + bytes(781)).decode()
    split = drawings({"digits": [3], "images": pixels})
    assert (split.x.shape, split.x.dtype, split.y.tolist()) == ((1, 28, 28), np.float32, [3])
    assert split.x[0, 0, :4].tolist() == pytest.approx([0, 0.2, 1, 0])
