"""Saving leaves a whole model with a true card, or what was there before."""

import hashlib
import json

import keras
import numpy as np
import pytest

from digits import ModelError, saving
from digits.architectures import build
from digits.saving import save


def test_saving_writes_the_model_and_its_card(tmp_path):
    network = build("three_conv")
    save(network, tmp_path / "new" / "digits.keras", {"task": "test"})
    card = json.loads((tmp_path / "new" / "digits.json").read_text())
    file = tmp_path / "new" / "digits.keras"
    assert card["task"] == "test"
    assert card["parameters"] == network.count_params()
    assert card["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert sorted(path.name for path in file.parent.iterdir()) == ["digits.json", "digits.keras"]
    loaded = keras.models.load_model(file, compile=False)
    x = np.random.default_rng(0).uniform(0, 1, (2, 28, 28, 1)).astype(np.float32)
    assert np.allclose(loaded.predict(x, verbose=0), network.predict(x, verbose=0), atol=1e-6)


def test_a_place_that_cannot_be_written_leaves_the_old_model(tmp_path, monkeypatch):
    network = build("three_conv")
    save(network, tmp_path / "digits.keras", {})
    before = (tmp_path / "digits.keras").read_bytes()

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saving.os, "replace", full_disk)
    with pytest.raises(ModelError, match=r"cannot be saved as .* \(No space left on device\)"):
        save(build("three_conv"), tmp_path / "digits.keras", {})
    assert (tmp_path / "digits.keras").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["digits.json", "digits.keras"]


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be saved as"):
        save(build("three_conv"), tmp_path / "file" / "digits.keras", {})
