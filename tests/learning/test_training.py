"""Training learns, repeats, goes on after a stop, and makes confidence honest."""

import keras
import numpy as np
import pytest

from digits.architectures import build
from digits.data.corpus import non_digits, synthetic_digits
from digits.data.splits import Split, combine, sample
from digits.errors import DigitsError
from digits.learning.batches import TARGETS
from digits.learning.calibration import calibrate
from digits.learning.training import SETTLING_EPOCHS, TrainingInterrupted, fit


@pytest.fixture(scope="module")
def small() -> Split:
    return combine(synthetic_digits(300, seed=1), non_digits(60, seed=1))


def test_the_same_seed_trains_the_same_network_and_it_learns(small):
    weights, losses = [], []
    for _ in range(2):
        keras.utils.set_random_seed(4)
        network = build("three_conv")
        history = fit(network, small, small, epochs=3, batch_size=32, seed=4, verbose=0)
        weights.append(network.get_weights())
        losses.append(history["loss"])
    assert losses[0][-1] < 0.8 * losses[0][0]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    for first, second in zip(*weights, strict=True):
        assert np.allclose(first, second, atol=1e-3)


@pytest.mark.parametrize("augmented", [False, True])
def test_it_ends_with_the_weights_of_its_best_epoch(small, augmented):
    """The validation loss of the model that remains is the lowest, after settling if it settled."""
    validation = synthetic_digits(100, seed=7)
    network = build("three_conv")
    history = fit(
        network, small, validation, epochs=6, batch_size=32, augmented=augmented, verbose=0
    )
    remaining = network.evaluate(
        validation.x[..., None], np.eye(10)[validation.y], batch_size=1000, verbose=0
    )[0]
    losses = history["val_loss"]
    assert len(losses) == len(history["loss"]) == (6 + SETTLING_EPOCHS if augmented else 6)
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
    assert len(history["loss"]) < 30


def test_batches_computed_together_end_with_their_epoch(small):
    def train(together: int) -> list[float]:
        keras.utils.set_random_seed(4)
        settings = {"epochs": 2, "batch_size": 32, "steps_per_execution": together, "verbose": 0}
        return fit(build("mlp"), small, small, augmented=False, **settings)["val_loss"]

    assert train(5) == pytest.approx(train(1), rel=1e-4)  # of 12 batches in each epoch


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


class Stop(keras.callbacks.Callback):
    """Ends the process's training as a kill would, in the middle of an epoch."""

    def __init__(self, epoch: int, error: type[BaseException]):
        super().__init__()
        self.stop_at, self.error, self.count = epoch, error, 0

    def on_epoch_begin(self, epoch, logs=None):
        self.count = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.count == self.stop_at and batch == 3:
            raise self.error


class Killed(Exception):
    pass


def train_small(small, tmp_path, **settings) -> tuple[keras.Model, dict]:
    keras.utils.set_random_seed(4)
    network = build("conv_bn_dropout")  # with all that a checkpoint has to bring back
    history = fit(
        network,
        small,
        sample(small, 100),
        epochs=3,
        batch_size=32,
        seed=4,
        verbose=0,
        checkpoint=tmp_path / "small.training",
        **settings,
    )
    return network, history


@pytest.mark.parametrize("epoch", [2, 3, 4], ids=["varied", "between", "settling"])
def test_resumed_after_a_kill_it_ends_where_it_would_have_ended(small, tmp_path, epoch):
    whole, whole_history = train_small(small, tmp_path / "whole")
    with pytest.raises(Killed):
        train_small(small, tmp_path, callbacks=[Stop(epoch, Killed)])
    resumed, history = train_small(small, tmp_path, resume=True)
    assert len(history["loss"]) == 3 + SETTLING_EPOCHS
    assert history["val_loss"] == pytest.approx(whole_history["val_loss"], rel=1e-3)
    for one, other in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        assert np.allclose(one, other, atol=1e-3)


def test_ctrl_c_leaves_the_best_weights_so_far(small, tmp_path):
    network = build("three_conv")
    with pytest.raises(TrainingInterrupted) as interrupted:
        fit(
            network,
            small,
            small,
            epochs=5,
            batch_size=32,
            verbose=0,
            callbacks=[Stop(3, KeyboardInterrupt)],
        )
    losses = interrupted.value.history["val_loss"]
    assert len(losses) == 3
    kept = network.evaluate(
        small.x[..., None], TARGETS[small.y], batch_size=1000, verbose=0, return_dict=True
    )
    assert kept["loss"] == pytest.approx(min(losses), rel=1e-4)


def test_it_does_not_resume_another_training_or_a_damaged_one(small, tmp_path):
    train_small(small, tmp_path)
    with pytest.raises(DigitsError, match="begun with augmented True, not False: give the same"):
        train_small(small, tmp_path, augmented=False, resume=True)
    file = tmp_path / "small.training"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(DigitsError, match="small.training is damaged: start the training anew"):
        train_small(small, tmp_path, resume=True)


def test_a_checkpoint_that_cannot_be_written_is_one_clear_line(small, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DigitsError, match="the training cannot be kept in .*choose another place"):
        train_small(small, tmp_path / "file")


def test_adam_stays_at_its_rate_and_does_not_settle(small):
    network = build("mlp")
    history = fit(network, small, small, epochs=2, optimizer="adam", learning_rate=1e-3, verbose=0)
    assert len(history["loss"]) == 2
    assert float(network.optimizer.learning_rate) == pytest.approx(1e-3)
    with pytest.raises(DigitsError, match="no optimizer 'lion': choose adamw or adam"):
        fit(network, small, small, epochs=1, optimizer="lion")
