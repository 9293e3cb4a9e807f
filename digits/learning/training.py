"""Trains a network, and makes its confidence honest."""

import os
from collections.abc import Sequence
from contextlib import nullcontext
from typing import NamedTuple

import keras
import tensorflow as tf

from digits.data.splits import Split
from digits.errors import DigitsError
from digits.learning.batches import batches_in_order, steps_per_epoch, training_batches
from digits.learning.checkpoints import Checkpoint
from digits.learning.recipe import PRESETS

_STANDARD = PRESETS["standard"]  # whose settings hold where `fit` is given none
SETTLING_EPOCHS = 3  # on images that are not varied, after those that are


class TrainingInterrupted(KeyboardInterrupt):
    """Somebody pressed Ctrl-C; the model has the best weights so far."""

    def __init__(self, history: dict[str, list[float]]) -> None:
        """Tell of the epochs that were done."""
        super().__init__()
        self.history = history


class _Phase(NamedTuple):
    """Epochs that are trained alike."""

    epochs: int  # at most
    augmented: bool
    optimizer: keras.optimizers.Optimizer


def fit(
    model: keras.Model,
    train: Split,
    validation: Split,
    *,
    epochs: int,
    batch_size: int = _STANDARD.batch_size,
    optimizer: str = _STANDARD.optimizer,
    learning_rate: float = _STANDARD.learning_rate,
    seed: int = 0,
    augmented: bool = _STANDARD.augmented,
    patience: int = 15,
    steps_per_execution: int = 1,
    checkpoint: str | os.PathLike | None = None,
    resume: bool = False,
    strategy: tf.distribute.Strategy | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int | str = "auto",
) -> dict[str, list[float]]:
    """Train a model in place.

    With "adamw" the learning rate rises for a moment and then falls along a cosine to nearly
    nothing at the last epoch. Training stops early when the validation loss has not fallen for
    long; it is restless while the rate is high. If the images were varied, `SETTLING_EPOCHS` more
    follow on the images as they are: varied ones are harder and look a little otherwise than
    those that will be read, and the network, above all its normalisation, settles on these.

    The weights that remain are those of the best epoch, of the settling ones if there are; after
    Ctrl-C, of the best epoch so far.

    Args:
        model: input (N, 28, 28, 1), output (N, 10) probabilities; compiled here.
        train, validation: digit images and labels 0 to 10, 10 for no digit; augmentation touches
            only the former.
        epochs: the most epochs to train before it settles; the learning rate is planned for so
            many.
        optimizer: "adamw", with the plan above; or "adam", whose rate stays as it is and which
            does not settle, as in most tutorials.
        learning_rate: the highest one.
        patience: epochs without a better validation loss before training stops.
        steps_per_execution: the most batches that are computed between two looks at callbacks,
            progress bar and Ctrl-C; where a step is short, more are faster. So many are taken that
            an epoch can be dealt out evenly.
        checkpoint: a file to write after each epoch, from which a broken training can go on.
        resume: go on from that file, if it is there, to the same end as without the break.
        strategy: a `tf.distribute.MirroredStrategy`, to train on several devices of one machine
            at once; each takes its part of every batch.
        callbacks: more Keras callbacks.

    Returns:
        The figures epoch by epoch, those of settling at their end: `loss`, `accuracy`, `val_loss`
        and `val_accuracy`.

    Raises:
        DigitsError: there is nothing to train on, the checkpoint is another training's or cannot
            be written, or the strategy is one that Keras 3 cannot train with.
        TrainingInterrupted: somebody pressed Ctrl-C.

    Source: I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts",
    2017, and "Decoupled weight decay regularization", 2019; H. Touvron et al., "Fixing the
    train-test resolution discrepancy", 2019, for settling.
    """
    if not len(train.y) or not len(validation.y):
        raise DigitsError("there is nothing to train on: give at least one image to each part")
    if isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        # It ends in "unsupported type PerReplica": https://github.com/keras-team/keras/issues/20585
        raise DigitsError(
            "Keras 3 cannot train over several machines with MultiWorkerMirroredStrategy: use "
            "tf.distribute.MirroredStrategy, for the graphics cards of one machine"
        )
    settings = {
        "network": model.name,
        "images": len(train.y),
        "epochs": epochs,
        "batch_size": batch_size,
        "optimizer": optimizer,
        "learning_rate": learning_rate,
        "seed": seed,
        "augmented": augmented,
    }
    memory = Checkpoint(checkpoint, settings, patience=patience, resume=resume)
    steps = steps_per_epoch(train, batch_size)
    # Keras would go on into the next epoch's batches to make the last execution a full one.
    together = max(n for n in range(1, steps_per_execution + 1) if steps % n == 0)
    with strategy.scope() if strategy else nullcontext():
        trained = model
        if strategy:  # a network's variables live where it was built: a twin of it learns
            trained = keras.models.clone_model(model)
            trained.set_weights(model.get_weights())
        try:
            for number, phase in enumerate(
                _phases(optimizer, learning_rate, epochs, steps, augmented)
            ):
                trained.compile(
                    optimizer=phase.optimizer,
                    loss="categorical_crossentropy",
                    metrics=["accuracy"],
                    steps_per_execution=together,
                )
                if not memory.begin(number, trained):
                    continue
                last = memory.phase_start + phase.epochs
                trained.fit(
                    training_batches(
                        train,
                        batch_size=batch_size,
                        seed=seed,
                        augmented=phase.augmented,
                        epochs=range(memory.epoch, last),
                    ),
                    steps_per_epoch=steps,
                    validation_data=batches_in_order(validation),
                    initial_epoch=memory.epoch,
                    epochs=last,
                    verbose=verbose,
                    callbacks=[memory, *callbacks],
                )
        except KeyboardInterrupt:
            if memory.best_weights:
                model.set_weights(memory.best_weights)
            raise TrainingInterrupted(memory.history) from None
    model.set_weights(memory.best_weights)
    return memory.history


def _phases(
    optimizer: str, learning_rate: float, epochs: int, steps: int, augmented: bool
) -> list[_Phase]:
    """The plan of a training of `epochs` times `steps` batches."""
    if optimizer == "adam":
        return [_Phase(epochs, augmented, keras.optimizers.Adam(learning_rate))]
    if optimizer != "adamw":
        raise DigitsError(f"there is no optimizer {optimizer!r}: choose adamw or adam")
    rise = min(300, epochs * steps // 10)
    schedule = keras.optimizers.schedules.CosineDecay(
        learning_rate / 20,
        decay_steps=max(1, epochs * steps - rise),
        warmup_target=learning_rate,
        warmup_steps=rise,
        alpha=0.002,
    )
    varied = _Phase(epochs, augmented, keras.optimizers.AdamW(schedule, weight_decay=0.05))
    if not augmented:
        return [varied]
    # Settling starts from the last weights: at a high rate the best epoch is best by luck.
    settling = keras.optimizers.schedules.PolynomialDecay(
        learning_rate / 20, SETTLING_EPOCHS * steps, learning_rate / 1000
    )
    optimizer = keras.optimizers.AdamW(settling, weight_decay=0.05)
    return [varied, _Phase(SETTLING_EPOCHS, False, optimizer)]
