"""Trains a network by a recipe."""

import os
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from digits.data.splits import Split, check_split, fingerprint
from digits.errors import DigitsError
from digits.learning.batches import TARGETS, batches_in_order, steps_per_epoch, training_batches
from digits.learning.checkpoints import Checkpoint
from digits.learning.ctrl_c import CtrlC
from digits.learning.recipe import Augmentation, Recipe

WARM_UP = 300  # steps, or a tenth of the training where that is shorter


class TrainingInterrupted(KeyboardInterrupt):
    """Somebody pressed Ctrl-C; the model has the best weights so far."""

    def __init__(self, history: dict[str, list[float]]) -> None:
        """Hold the figures of the epochs that were completed."""
        super().__init__()
        self.history = history


class _Phase(NamedTuple):
    """Epochs that are trained alike."""

    epochs: int  # at most
    augmentation: Augmentation | None
    optimizer: keras.optimizers.Optimizer


def fit(
    model: keras.Model,
    train: Split,
    validation: Split,
    recipe: Recipe,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
    strategy: tf.distribute.Strategy | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int | str = "auto",
    pace: keras.Variable | None = None,
    augmented: keras.Variable | None = None,
) -> dict[str, list[float]]:
    """Train a model in place.

    With "adamw" the learning rate warms up, then follows a cosine to nearly zero at the last
    epoch. Training stops early when the validation loss has not improved for `recipe.patience`
    epochs: many, since the loss fluctuates while the rate is high. After epochs with augmentation
    follow `recipe.settling_epochs` without, but for the damage: augmented images are harder and
    look slightly different from those that will be read, and the network, above all its batch
    normalization, adapts to the latter. "adam" keeps its learning rate and does not settle, as in
    most tutorials.

    The model keeps the weights of its best epoch; where it settled, of the best settling epoch.
    After Ctrl-C it keeps the best so far.

    Args:
        model: input (N, 28, 28, 1), output (N, 10) probabilities; compiled here.
        train, validation: digit images and labels 0 to 10, 10 for a non-digit. Only the former
            are augmented.
        recipe: how to train. Its seed orders and augments the images; the weights to begin with
            are the model's own.
        checkpoint: a file to write after each epoch, from which a stopped training can resume.
        resume: continue from that file, if it exists, to the same end as without the stop.
        strategy: a `tf.distribute.MirroredStrategy`, to train on several devices of one machine
            at once; each takes its part of every batch.
        callbacks: more Keras callbacks.
        verbose: how Keras shows its progress.
        pace: the learning rate is multiplied by it, and it may be changed while the network trains.
        augmented: says, as a bool, whether images are augmented: it is set here as the recipe says
            when training begins, and to False when the network settles, and may be changed in
            between. It augments as `recipe.augmentation` says, or as `Augmentation()` does.

    Returns:
        The figures of each epoch, settling included: `loss`, `accuracy`, `val_loss` and
        `val_accuracy`.

    Raises:
        DigitsError: there is nothing to train on, the images are not digit images, the checkpoint
            belongs to another recipe or cannot be written, the loss was never a number, or Keras 3
            cannot train with the strategy.
        TrainingInterrupted: somebody pressed Ctrl-C.

    Source: I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts",
    2017, and "Decoupled weight decay regularization", 2019; H. Touvron et al., "Fixing the
    train-test resolution discrepancy", 2019, for settling.
    """
    train, validation = check_split(train), check_split(validation)
    if not len(train.y) or not len(validation.y):
        raise DigitsError("there is nothing to train on: give at least one image to each part")
    if isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        # It ends in "unsupported type PerReplica": https://github.com/keras-team/keras/issues/20585
        raise DigitsError(
            "Keras 3 cannot train over several machines with MultiWorkerMirroredStrategy: use "
            "tf.distribute.MirroredStrategy, for the graphics cards of one machine"
        )
    memory = Checkpoint(checkpoint, described(recipe, train, validation), resume=resume)
    steps = steps_per_epoch(train, recipe.batch_size)
    # An execution must not reach into the next epoch, so their number has to divide the epoch.
    together = max(n for n in range(1, recipe.steps_per_execution + 1) if steps % n == 0)
    with CtrlC() as ctrl_c, strategy.scope() if strategy else nullcontext():
        trained = model
        if strategy:  # a network's variables live where it was built, so a copy of it is trained
            trained = keras.models.clone_model(model)
            trained.set_weights(model.get_weights())
        try:
            for number, phase in enumerate(_phases(recipe, steps, pace)):
                trained.compile(
                    optimizer=phase.optimizer,
                    loss="categorical_crossentropy",
                    metrics=["accuracy"],
                    steps_per_execution=together,
                )
                _make_variables(trained)
                if not memory.begin(number, trained):
                    continue
                last = memory.phase_start + phase.epochs
                strengths = phase.augmentation
                if augmented is not None:
                    augmented.assign(number == 0 and strengths is not None)
                    strengths = recipe.augmentation or Augmentation()
                trained.fit(
                    training_batches(
                        train,
                        batch_size=recipe.batch_size,
                        seed=recipe.seed,
                        augmentation=strengths,
                        epochs=range(memory.epoch, last),
                        augmented=augmented,
                    ),
                    steps_per_epoch=steps,
                    validation_data=batches_in_order(validation),
                    initial_epoch=memory.epoch,
                    epochs=last,
                    verbose=verbose,
                    callbacks=[memory, ctrl_c, *callbacks],
                )
        except KeyboardInterrupt:
            if memory.best_weights:
                model.set_weights(memory.best_weights)
            raise TrainingInterrupted(memory.history) from None
    if memory.best_weights is None:
        raise DigitsError(
            "the training diverged: the validation loss was not a number after any epoch; train "
            "with a lower learning rate"
        )
    model.set_weights(memory.best_weights)
    return memory.history


def _make_variables(model: keras.Model) -> None:
    """Make the variables of the optimizer and of the metrics of a compiled model.

    Keras makes them while it traces the first step, and TensorFlow then traces the step once more,
    which takes longer than a small training.
    """
    model.optimizer.build(model.trainable_variables)
    if not tf.distribute.has_strategy():  # the metrics of several devices belong to their steps
        model.compute_metrics(None, TARGETS[:1], TARGETS[:1])
        model.reset_metrics()


def described(recipe: Recipe, train: Split, validation: Split) -> Recipe:
    """The recipe with the facts about its data, where whoever made the data has not given them."""
    if recipe.data_sha256:
        return recipe
    parts, validation_parts = recipe.parts, recipe.validation_parts
    if not parts:
        recipe = recipe.of_custom_data()
        parts = {"digit images": len(train.y)}
        validation_parts = {"digit images": len(validation.y)}
    return recipe.describe(parts, validation_parts, fingerprint(train, validation))


class _Paced(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate times a factor that may change meanwhile."""

    def __init__(
        self, rate: keras.optimizers.schedules.LearningRateSchedule | float, pace: keras.Variable
    ) -> None:
        self._rate = rate
        self._pace = pace

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        rate = self._rate(step) if callable(self._rate) else self._rate
        return rate * self._pace.value


def _phases(recipe: Recipe, steps: int, pace: keras.Variable | None = None) -> list[_Phase]:
    """The schedule of a training whose epochs have `steps` batches."""

    def paced(rate: Any) -> Any:
        return rate if pace is None else _Paced(rate, pace)

    if recipe.optimizer == "adam":
        adam = keras.optimizers.Adam(paced(recipe.learning_rate))
        return [_Phase(recipe.epochs, recipe.augmentation, adam)]
    total = recipe.epochs * steps
    warm_up = min(WARM_UP, total // 10)
    schedule = keras.optimizers.schedules.CosineDecay(
        recipe.learning_rate / 20,
        decay_steps=max(1, total - warm_up),
        warmup_target=recipe.learning_rate,
        warmup_steps=warm_up,
        alpha=0.002,
    )
    main = keras.optimizers.AdamW(paced(schedule), weight_decay=recipe.weight_decay)
    phases = [_Phase(recipe.epochs, recipe.augmentation, main)]
    if recipe.settling_epochs:
        # From the last weights, not the best: at a high rate the best epoch is best by chance.
        decay = keras.optimizers.schedules.PolynomialDecay(
            recipe.learning_rate / 20, recipe.settling_epochs * steps, recipe.learning_rate / 1000
        )
        settling = keras.optimizers.AdamW(paced(decay), weight_decay=recipe.weight_decay)
        assert recipe.augmentation  # or there is nothing to settle from
        phases.append(_Phase(recipe.settling_epochs, recipe.augmentation.settled, settling))
    return phases
