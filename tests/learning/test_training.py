"""Training learns, is repeatable, resumes after a stop, and calibrates confidence."""

import json
import shutil
import signal
from pathlib import Path

import keras
import numpy as np
import pytest

from digits import DigitClassifier
from digits.architectures import build
from digits.data.corpus import non_digits, synthetic_digits
from digits.data.splits import Split, combine, sample
from digits.errors import DigitsError, ModelError
from digits.learning.batches import TARGETS, batches_in_order
from digits.learning.calibration import calibrate
from digits.learning.dropout import dropout_kept, dropout_rate, set_dropout
from digits.learning.recipe import Augmentation, Recipe
from digits.learning.training import TrainingInterrupted, fit

PLAIN = Recipe("three_conv", "custom", epochs=3, batch_size=32, seed=4)
AUGMENTED = PLAIN.changed({"augmentation": Augmentation(), "settling_epochs": 3})


@pytest.fixture(scope="module")
def small() -> Split:
    return combine(synthetic_digits(300, seed=1), non_digits(60, seed=1))


def test_the_same_seed_trains_the_same_network_and_it_learns(small):
    weights, losses = [], []
    for _ in range(2):
        keras.utils.set_random_seed(4)
        network = build("three_conv")
        history = fit(network, small, small, AUGMENTED, verbose=0)
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
    recipe = (AUGMENTED if augmented else PLAIN).changed({"epochs": 6})
    history = fit(network, small, validation, recipe, verbose=0)
    remaining = network.evaluate(
        validation.x[..., None], np.eye(10)[validation.y], batch_size=1000, verbose=0
    )[0]
    losses = history["val_loss"]
    assert len(losses) == len(history["loss"]) == (6 + 3 if augmented else 6)
    assert remaining == pytest.approx(min(losses[6:] if augmented else losses), rel=1e-4)


def test_it_stops_early_when_it_no_longer_helps(small):
    network = build("three_conv")
    unlearnable = Split(small.x[:100], (small.y[:100] + 5) % 10)
    recipe = PLAIN.changed({"epochs": 30, "patience": 2})
    history = fit(network, small, unlearnable, recipe, verbose=0)
    assert len(history["loss"]) < 30


def test_batches_computed_together_end_with_their_epoch(small):
    def train(together: int) -> list[float]:
        keras.utils.set_random_seed(4)
        recipe = PLAIN.changed({"epochs": 2, "steps_per_execution": together})
        return fit(build("mlp"), small, small, recipe, verbose=0)["val_loss"]

    assert train(5) == pytest.approx(train(1), rel=1e-4)  # of 12 batches in each epoch


def test_an_empty_part_is_refused(small):
    nothing = sample(small, 0)
    with pytest.raises(DigitsError, match="there is nothing to train on"):
        fit(build("three_conv"), nothing, small, PLAIN)


def overconfident() -> keras.Sequential:
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


def softmax_apart(network: keras.Sequential) -> keras.Sequential:
    """The same network with its softmax in a layer of its own."""
    *layers, last = network.layers
    apart = keras.Sequential(
        [keras.layers.Input((28, 28, 1)), *layers, keras.layers.Dense(10), keras.layers.Softmax()]
    )
    apart.layers[-2].set_weights(last.get_weights())
    return apart


@pytest.mark.parametrize("variant", [lambda network: network, softmax_apart], ids=["one", "apart"])
def test_the_temperature_undoes_overconfidence(variant):
    # Labels drawn from softmax(4 · row): the network's 10 · row is 2.5 times too steep.
    rng = np.random.default_rng(0)
    x = np.zeros((20_000, 28, 28), np.float32)
    x[:, 0, :10] = rng.uniform(0, 1, (20_000, 10))
    odds = np.exp(4 * x[:, 0, :10])
    odds /= odds.sum(1, keepdims=True)
    y = (odds.cumsum(1) > rng.uniform(0, 1, (20_000, 1))).argmax(1)
    network = variant(overconfident())
    assert calibrate(network, Split(x, y)) == pytest.approx(2.5, rel=0.05)
    assert np.allclose(network.predict(x[:500, ..., None], verbose=0), odds[:500], atol=0.02)


@pytest.mark.parametrize("end", ["sigmoid", "no dense layer", "a normalized end"])
def test_a_network_that_cannot_be_calibrated_is_refused_before_it_is_trained(small, end):
    ends = {
        "sigmoid": [keras.layers.Dense(10, activation="sigmoid")],
        "no dense layer": [
            keras.layers.Reshape((78, 10, 1)),
            keras.layers.Cropping2D(((0, 77), 0)),
        ],
        "a normalized end": [
            keras.layers.Dense(10),
            keras.layers.BatchNormalization(),
            keras.layers.Softmax(),
        ],
    }[end]
    layers = [keras.layers.Input((28, 28, 1)), keras.layers.Flatten()]
    if end == "no dense layer":
        layers.append(keras.layers.Dense(780))
        ends = [*ends, keras.layers.Flatten()]
    network = keras.Sequential([*layers, *ends], name="odd")
    before = network.get_weights()
    with pytest.raises(ModelError, match="the network odd cannot be calibrated: end it in Dense"):
        DigitClassifier(network).train(small, small, epochs=1, verbose=0)
    assert all((a == b).all() for a, b in zip(before, network.get_weights(), strict=True))


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


def train_small(small, folder, recipe=AUGMENTED, **settings) -> tuple[keras.Model, dict]:
    keras.utils.set_random_seed(4)
    network = build("conv_bn_dropout")  # with all state that a checkpoint has to restore
    file = folder / "small.training"
    few = sample(small, 150), sample(small, 60)
    history = fit(network, *few, recipe, verbose=0, checkpoint=file, **settings)
    return network, history


@pytest.fixture(scope="module")
def whole_training(small, tmp_path_factory) -> tuple[keras.Model, dict]:
    return train_small(small, tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize("epoch", [2, 3, 4], ids=["augmented", "between", "settling"])
def test_resumed_after_a_kill_it_ends_where_it_would_have_ended(
    small, whole_training, tmp_path, epoch
):
    whole, whole_history = whole_training
    with pytest.raises(Killed):
        train_small(small, tmp_path, callbacks=[Stop(epoch, Killed)])
    resumed, history = train_small(small, tmp_path, resume=True)
    assert len(history["loss"]) == 3 + 3
    assert history["val_loss"] == pytest.approx(whole_history["val_loss"], rel=1e-3)
    for one, other in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        assert np.allclose(one, other, atol=1e-3)


def test_ctrl_c_leaves_the_best_weights_so_far(small, tmp_path):
    network = build("three_conv")
    with pytest.raises(TrainingInterrupted) as interrupted:
        recipe = AUGMENTED.changed({"epochs": 5})
        fit(network, small, small, recipe, verbose=0, callbacks=[Stop(3, KeyboardInterrupt)])
    losses = interrupted.value.history["val_loss"]
    assert len(losses) == 3
    kept = network.evaluate(
        small.x[..., None], TARGETS[small.y], batch_size=1000, verbose=0, return_dict=True
    )
    assert kept["loss"] == pytest.approx(min(losses), rel=1e-4)


class PressedInADestructor(keras.callbacks.Callback):
    """Ctrl-C, once, where Python ignores every exception."""

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        class Dying:
            def __del__(self) -> None:
                signal.raise_signal(signal.SIGINT)

        if batch == 1:
            Dying()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_is_not_lost_in_a_destructor(small):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(TrainingInterrupted) as interrupted:
            fit(build("mlp"), small, small, PLAIN, verbose=0, callbacks=[PressedInADestructor()])
        assert not interrupted.value.history
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def killed_training(small, tmp_path_factory) -> Path:
    """The checkpoint of a training that was killed after its first epoch."""
    folder = tmp_path_factory.mktemp("killed")
    with pytest.raises(Killed):
        train_small(small, folder, callbacks=[Stop(1, Killed)])
    return folder / "small.training"


def test_it_does_not_resume_another_training_or_a_damaged_one(small, killed_training, tmp_path):
    shutil.copy(killed_training, tmp_path)
    for recipe, difference in [
        (AUGMENTED.changed({"epochs": 4}), "epochs 3, not 4: give the same options"),
        (AUGMENTED.changed({"seed": 5}), "seed 4, not 5"),
        (AUGMENTED.augmented(False), "settling epochs 3, not 0"),
    ]:
        with pytest.raises(DigitsError, match=f"small.training was started with {difference}"):
            train_small(small, tmp_path, recipe, resume=True)
    other = Split(small.x[::-1], small.y[::-1])  # the same images in another order
    with pytest.raises(DigitsError, match="was started with data sha256 [0-9a-f]{64}, not"):
        train_small(other, tmp_path, resume=True)
    file = tmp_path / "small.training"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(DigitsError, match="small.training is damaged or not a checkpoint of this"):
        train_small(small, tmp_path, resume=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"facts": '{"recipe": 5}'},
        {"facts": "[]"},
        {"facts": "no JSON"},
        {"state": {"phase": "0"}},
        {"state": {"phase": 0, "start": 0, "finished": 0, "best": 1.0, "best_epoch": 0}},
        {"history": {"val_loss": ["a"]}},
        {"history": []},
        {"best_0": np.zeros((3, 3))},
        {"model_0": np.zeros((3, 3))},
        {"model_1": None},
        {"optimizer_2": None},
    ],
    ids=str,
)
def test_a_well_formed_file_with_wrong_content_is_one_clear_line(
    small, killed_training, tmp_path, wrong
):
    file = tmp_path / "small.training"
    with np.load(killed_training) as content:
        arrays = dict(content)
    facts = json.loads(str(arrays["facts"]))
    for name, value in wrong.items():
        if name in facts:
            arrays["facts"] = json.dumps(facts | {name: value})
        elif value is None:
            del arrays[name]
        else:
            arrays[name] = value
    with file.open("wb") as opened:
        np.savez(opened, **arrays)
    with pytest.raises(DigitsError, match="small.training is damaged or not a checkpoint of this"):
        train_small(small, tmp_path, resume=True)


def test_a_loss_that_is_never_a_number_is_one_clear_line(small):
    network = build("mlp")
    network.layers[-1].set_weights([w * np.nan for w in network.layers[-1].get_weights()])
    with pytest.raises(DigitsError, match="the training diverged: .* lower learning rate"):
        fit(network, small, small, PLAIN.changed({"epochs": 1}), verbose=0)


@pytest.mark.parametrize(
    "x, y, complaint",
    [
        (np.full((4, 28, 28), 200, np.uint8), [1] * 4, "values from 0 to 1; these run from 200"),
        (np.full((4, 28, 28), np.nan, np.float32), [1] * 4, "values from 0 to 1"),
        (
            np.zeros((4, 784), np.float32),
            [1] * 4,
            r"the shape \(N, 28, 28\); these have \(4, 784\)",
        ),
        (np.zeros((4, 28, 28, 1), np.float32), [1] * 4, "the shape"),
        (np.full((4, 28, 28), "a"), [1] * 4, "hold numbers; these hold <U1"),
        (np.zeros((4, 28, 28), np.float32), [1] * 3, r"the shape \(4,\)"),
        (np.zeros((4, 28, 28), np.float32), [11] * 4, "whole numbers: 0 to 9, or 10"),
        (np.zeros((4, 28, 28), np.float32), [-1] * 4, "whole numbers"),
        (np.zeros((4, 28, 28), np.float32), [0.5] * 4, "whole numbers"),
    ],
    ids=range(9),
)
def test_what_are_no_digit_images_is_refused_before_it_is_trained_on(small, x, y, complaint):
    wrong = Split(x, np.array(y))
    for parts in ((wrong, small), (small, wrong)):
        with pytest.raises(DigitsError, match=complaint):
            fit(build("mlp"), *parts, PLAIN, verbose=0)
    with pytest.raises(DigitsError, match=complaint):
        list(batches_in_order(wrong))


def test_a_checkpoint_that_cannot_be_written_is_one_clear_line(small, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(
        DigitsError, match="the checkpoint .* cannot be written .*choose another place"
    ):
        train_small(small, tmp_path / "file")


def test_adam_stays_at_its_rate_and_does_not_settle(small):
    network = build("mlp")
    recipe = PLAIN.changed({"epochs": 2, "optimizer": "adam", "learning_rate": 1e-3})
    history = fit(network, small, small, recipe, verbose=0)
    assert len(history["loss"]) == 2
    assert float(network.optimizer.learning_rate) == pytest.approx(1e-3)


@pytest.mark.parametrize("optimizer", ["adamw", "adam"])
def test_the_pace_multiplies_the_learning_rate_and_may_change_meanwhile(small, optimizer):
    network, pace, kernels = build("mlp"), keras.Variable(0.0), []

    class Faster(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs):
            kernels.append(self.model.layers[-1].get_weights()[0])
            pace.assign(1.0)

    before = network.layers[-1].get_weights()[0]
    recipe = PLAIN.changed({"epochs": 2, "optimizer": optimizer})
    fit(network, small, small, recipe, callbacks=[Faster()], verbose=0, pace=pace)
    assert (kernels[0] == before).all()  # nothing is learned at the pace of nought
    assert (kernels[1] != before).any()


def test_augmentation_may_be_switched_while_it_trains(small):
    network, augmented = build("mlp"), keras.Variable(False, dtype="bool")

    class Switch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs):
            if batch == 5 and len(seen) == 0:  # the next few have been prepared already
                augmented.assign(False)

        def on_epoch_end(self, epoch, logs):
            seen.append(logs["loss"])
            augmented.assign(epoch == 1)

    seen = []
    # At this pace the network stays as it is, so its loss tells of the images alone.
    fixed = {"pace": keras.Variable(0.0), "augmented": augmented, "callbacks": [Switch()]}
    recipe = PLAIN.augmented(True).changed({"epochs": 3, "settling_epochs": 1})
    history = fit(network, small, small, recipe, verbose=0, **fixed)
    differences = np.abs(np.subtract(history["loss"], history["val_loss"]))
    assert differences[0] > 1e-3  # as the recipe says
    assert differences[1] < 1e-4  # the very images that it is tested on
    assert differences[2] > 1e-3
    assert differences[3] < 1e-4  # it settles


def test_dropout_may_be_changed_while_it_trains_and_is_kept_afterwards(small):
    layers = keras.layers
    network = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )

    class Without(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs):
            set_dropout(self.model, 0.0)

    recipe, still = PLAIN.changed({"epochs": 2}), keras.Variable(0.0)
    with dropout_kept(network):
        history = fit(network, small, small, recipe, callbacks=[Without()], verbose=0, pace=still)
        assert dropout_rate(network) == 0
    differences = np.abs(np.subtract(history["loss"], history["val_loss"]))
    assert differences[0] > 1e-3
    assert differences[1] < 1e-4
    assert dropout_rate(network) == 0.5
    assert dropout_rate(build("mlp")) is None
