"""Training learns, repeats, and leaves nothing half-written."""

import hashlib
import json

import keras
import numpy as np
import pytest

from digits import ModelError, training
from digits.architectures import build
from digits.augmentation import augment
from digits.corpus import NO_DIGIT, combine, invented_digits, non_digits, sample
from digits.dataset import Split
from digits.errors import DigitsError
from digits.training import SETTLING_EPOCHS, calibrate, fit, save, training_batches


@pytest.fixture(scope="module")
def small() -> Split:
    return combine(invented_digits(300, seed=1), non_digits(60, seed=1))


def test_the_same_seed_trains_the_same_network_and_it_learns(small):
    weights, losses = [], []
    for _ in range(2):
        keras.utils.set_random_seed(4)
        network = build("three_conv")
        history = fit(network, small, small, epochs=3, batch_size=32, seed=4, verbose=0)
        weights.append(network.get_weights())
        losses.append(history.history["loss"])
    assert losses[0][-1] < 0.8 * losses[0][0]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    for first, second in zip(*weights, strict=True):
        assert np.allclose(first, second, atol=1e-3)


@pytest.mark.parametrize("augmented", [False, True])
def test_it_ends_with_the_weights_of_its_best_epoch(small, augmented):
    """The validation loss of the model that remains is the lowest, after settling if it settled."""
    validation = invented_digits(100, seed=7)
    network = build("three_conv")
    history = fit(
        network, small, validation, epochs=6, batch_size=32, augmented=augmented, verbose=0
    )
    remaining = network.evaluate(
        validation.x[..., None], np.eye(10)[validation.y], batch_size=1000, verbose=0
    )[0]
    losses = history.history["val_loss"]
    assert len(losses) == len(history.epoch) == (6 + SETTLING_EPOCHS if augmented else 6)
    assert remaining == pytest.approx(min(losses[6:] if augmented else losses), rel=1e-4)


def test_it_stops_early_when_it_no_longer_helps(small):
    network = build("three_conv")
    unlearnable = Split(small.x[:100], (small.y[:100] + 5) % 10)
    history = fit(
        network,
        small,
        unlearnable,
        epochs=30,
        batch_size=32,
        patience=2,
        augmented=False,
        verbose=0,
    )
    assert len(history.epoch) < 30


def test_batches_are_repeated_by_the_seed_and_varied_anew_each_epoch(small):
    batches = training_batches(small, batch_size=64, seed=5, augmented=True)
    first, second = ([x.numpy() for x, _ in batches] for _ in range(2))
    again = [x.numpy() for x, _ in training_batches(small, batch_size=64, seed=5, augmented=True)]
    assert np.array_equal(np.concatenate(first), np.concatenate(again))
    assert not np.array_equal(first[0], second[0])


def test_a_picture_of_no_digit_is_taught_as_every_digit_alike():
    one_each = Split(np.zeros((2, 28, 28), np.float32), np.array([3, NO_DIGIT], np.uint8))
    batches = list(training_batches(one_each, batch_size=2, seed=0, augmented=False))
    rows = sorted(batches[0][1].numpy().tolist(), key=max)
    assert rows[0] == pytest.approx([0.1] * 10)
    assert rows[1] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_augmentation_varies_but_keeps_shape_range_and_most_of_the_ink(small):
    images = small.x[:50, ..., None]
    varied = augment(images, (1, 2)).numpy()
    assert varied.shape == images.shape
    assert -1e-6 <= varied.min() <= varied.max() <= 1 + 1e-6
    assert np.array_equal(varied, augment(images, (1, 2)).numpy())
    assert not np.array_equal(varied, augment(images, (1, 3)).numpy())
    ratio = varied.sum((1, 2, 3)) / images.sum((1, 2, 3))
    assert 0.8 < np.median(ratio) < 1.5
    # No image is moved or turned out of recognition: it still overlaps itself.
    overlap = np.minimum(varied, images).sum((1, 2, 3)) / images.sum((1, 2, 3))
    assert overlap.min() > 0.2


def test_an_empty_part_is_refused(small):
    nothing = sample(small, 0)
    with pytest.raises(DigitsError, match="there is nothing to train on"):
        fit(build("three_conv"), nothing, small, epochs=1)


def overconfident() -> keras.Model:
    """Its logits are ten times the first row of the image: far too sure."""
    network = keras.Sequential(
        [
            keras.layers.Input((28, 28, 1)),
            keras.layers.Cropping2D(((0, 27), (0, 18))),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    network.layers[-1].set_weights([np.eye(10) * 10, np.zeros(10)])
    return network


def test_the_temperature_undoes_overconfidence():
    # Labels drawn from softmax(4 · row): the network's 10 · row is 2.5 times too steep.
    rng = np.random.default_rng(0)
    x = np.zeros((20_000, 28, 28), np.float32)
    x[:, 0, :10] = rng.uniform(0, 1, (20_000, 10))
    odds = np.exp(4 * x[:, 0, :10])
    odds /= odds.sum(1, keepdims=True)
    y = (odds.cumsum(1) > rng.uniform(0, 1, (20_000, 1))).argmax(1)
    network = overconfident()
    assert calibrate(network, Split(x, y)) == pytest.approx(2.5, rel=0.05)
    assert np.allclose(network.predict(x[:500, ..., None], verbose=0), odds[:500], atol=0.02)


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

    monkeypatch.setattr(training.os, "replace", full_disk)
    with pytest.raises(ModelError, match=r"cannot be saved as .* \(No space left on device\)"):
        save(build("three_conv"), tmp_path / "digits.keras", {})
    assert (tmp_path / "digits.keras").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["digits.json", "digits.keras"]


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be saved as"):
        save(build("three_conv"), tmp_path / "file" / "digits.keras", {})
