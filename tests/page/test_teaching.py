"""The page's model learns a hand: what it reports and leaves behind, and what a stop leaves."""

import base64
import json
from contextlib import nullcontext

import numpy as np
import pytest

from digits import DigitClassifier
from digits.data.corpus import training_data
from digits.learning.training import TrainingInterrupted
from digits.page.background_training import teaching
from digits.page.background_training.controls import Controls
from digits.page.background_training.teaching import drawings, teach


@pytest.fixture
def hand(mnist) -> dict:
    """Twenty digits, each twice: the first of MNIST's that there are."""
    chosen = [
        np.flatnonzero(mnist.train.y == digit)[turn] for turn in (0, 1) for digit in range(10)
    ]
    pixels = np.rint(255 * mnist.train.x[chosen]).astype(np.uint8)
    return {"digits": list(range(10)) * 2, "images": base64.b64encode(pixels).decode()}


@pytest.fixture
def model(tmp_path):
    """The file of a small network that knows nothing yet."""
    DigitClassifier.build("mlp").save(tmp_path / "small.keras")
    return tmp_path / "small.keras"


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Few images, of MNIST alone: what is learned does not matter here."""
    digits = training_data("mnist", images=200, seed=0)
    monkeypatch.setattr(teaching, "training_data", lambda *args, **settings: digits)
    monkeypatch.setattr(teaching, "MEASURED", 50)


def test_half_of_the_drawings_measure_and_the_copy_has_a_name_of_its_own(hand, model, tmp_path):
    before, seen = model.read_bytes(), {}

    def report(**changes):
        seen.update(changes)

    teach(hand, model, tmp_path / "models", report, Controls(), nullcontext())
    assert seen["saved"] == "my_hand"
    lesson = seen["lesson"]
    assert [each["digit"] for each in lesson["held_out"]] == list(range(10))
    assert lesson["others"] == 50
    images = {each["image"] for each in lesson["held_out"]}
    shown = {
        base64.b64encode(pixels).decode()
        for pixels in np.rint(255 * drawings(hand).x).astype(np.uint8)
    }
    assert len(images) == 10
    assert images < shown
    card = json.loads((tmp_path / "models" / "my_hand.json").read_text())
    assert card["started_from"] == "small.keras"
    assert card["figures"]["hand"]["held_out"] == 10
    assert card["figures"]["validation"]["accuracy"] == lesson["others_after"]
    assert card["recipe"]["parts"]["training images, shown again"] == 200
    assert model.read_bytes() == before


def test_a_stop_saves_nothing(hand, model, tmp_path):
    controls = Controls()
    controls.obey("stop")
    with pytest.raises(TrainingInterrupted):
        teach(hand, model, tmp_path / "models", lambda **changes: None, controls, nullcontext())
    assert list((tmp_path / "models").glob("*.keras")) == []
