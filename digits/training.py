"""Trains a network and saves it with its card, so that the file can be trusted and rebuilt."""

import hashlib
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from digits.augmentation import augment
from digits.dataset import Split
from digits.errors import DigitsError, ModelError

# What is to be answered to each label: its digit for sure, and to label 10 (`corpus.NO_DIGIT`)
# that every digit is equally likely. So ten outputs are enough to say "this is no digit".
# Source: D. Hendrycks et al., "Deep anomaly detection with outlier exposure", 2019.
TARGETS = np.vstack([np.eye(10), np.full((1, 10), 0.1)]).astype(np.float32)

SETTLING_EPOCHS = 3  # on images that are not varied, after those that are


def training_batches(
    data: Split, *, batch_size: int, seed: int, augmented: bool
) -> tf.data.Dataset:
    """Shuffled batches of (images (B, 28, 28, 1) float32, targets (B, 10) float32).

    They are shuffled, and where `augmented` varied, anew in each epoch; the same seed gives the
    same batches in the same order.
    """
    # Bytes, a quarter of the memory of floats; exact, since pictures are made of bytes. Part by
    # part, or the numbers on the way would take as much memory again.
    images = np.empty((*data.x.shape, 1), np.uint8)
    for start in range(0, len(images), 10_000):
        part = slice(start, start + 10_000)
        images[part, ..., 0] = np.rint(data.x[part] * 255)
    batches = (
        tf.data.Dataset.from_tensor_slices((images, data.y.astype(np.int32)))
        .shuffle(len(images), seed=seed)
        .batch(batch_size)
    )
    # The seeds travel beside the batches, so that parallel workers stay repeatable.
    seeds = tf.data.Dataset.random(seed, rerandomize_each_iteration=True).batch(2)

    def prepare(batch, pair):
        images = tf.cast(batch[0], tf.float32) / 255
        return augment(images, pair) if augmented else images, tf.gather(TARGETS, batch[1])

    batches = tf.data.Dataset.zip(batches, seeds).map(prepare, num_parallel_calls=tf.data.AUTOTUNE)
    return batches.prefetch(tf.data.AUTOTUNE)


def fit(
    model: keras.Model,
    train: Split,
    validation: Split,
    *,
    epochs: int,
    batch_size: int = 256,
    learning_rate: float = 2e-3,
    seed: int = 0,
    augmented: bool = True,
    patience: int = 15,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int | str = "auto",
) -> keras.callbacks.History:
    """Train a model in place.

    The learning rate rises for a moment and then falls along a cosine to nearly nothing at the
    last epoch. Training stops early when the validation loss has not fallen for long; it is
    restless while the rate is high. If the images were varied, `SETTLING_EPOCHS` more follow on
    the images as they are: varied ones are harder and look a little otherwise than those that
    will be read, and the network, above all its normalisation, settles on these. The weights
    that remain are those of the best epoch, of the settling ones if there are.

    Args:
        model: input (N, 28, 28, 1), output (N, 10) probabilities; compiled here.
        train, validation: digit images and labels 0 to 10, 10 for no digit; augmentation touches
            only the former.
        epochs: the most epochs to train before it settles; the learning rate is planned for so
            many.
        learning_rate: the highest one.
        patience: epochs without a better validation loss before training stops.
        callbacks: more Keras callbacks.

    Returns:
        The history of all epochs, those of settling at its end.

    Raises:
        DigitsError: there is nothing to train on.

    Source: I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts",
    2017, and "Decoupled weight decay regularization", 2019; H. Touvron et al., "Fixing the
    train-test resolution discrepancy", 2019, for settling.
    """
    if not len(train.y) or not len(validation.y):
        raise DigitsError("there is nothing to train on: give at least one image to each part")
    steps = epochs * -(-len(train.y) // batch_size)
    rise = min(300, steps // 10)
    schedule = keras.optimizers.schedules.CosineDecay(
        learning_rate / 20,
        decay_steps=max(1, steps - rise),
        warmup_target=learning_rate,
        warmup_steps=rise,
        alpha=0.002,
    )

    def train_on(batches: tf.data.Dataset, schedule, first: int, last: int, restore: bool):
        model.compile(
            optimizer=keras.optimizers.AdamW(schedule, weight_decay=0.05),
            loss="categorical_crossentropy",
            metrics=["accuracy"],
        )
        return model.fit(
            batches,
            validation_data=(validation.x[..., None], TARGETS[validation.y]),
            validation_batch_size=1000,
            shuffle=False,  # training_batches has done it
            initial_epoch=first,
            epochs=last,
            verbose=verbose,
            callbacks=[
                keras.callbacks.EarlyStopping(
                    monitor="val_loss", patience=patience, restore_best_weights=restore
                ),
                *callbacks,
            ],
        )

    batches = training_batches(train, batch_size=batch_size, seed=seed, augmented=augmented)
    # Settling starts from the last weights: at a high rate the best epoch is best by luck.
    history = train_on(batches, schedule, 0, epochs, restore=not augmented)
    if augmented:
        done = len(history.epoch)
        settling = keras.optimizers.schedules.PolynomialDecay(
            learning_rate / 20, SETTLING_EPOCHS * steps // epochs, learning_rate / 1000
        )
        batches = training_batches(train, batch_size=batch_size, seed=seed + 1, augmented=False)
        settled = train_on(batches, settling, done, done + SETTLING_EPOCHS, restore=True)
        history.epoch += settled.epoch
        for name, values in settled.history.items():
            history.history[name] += values
    return history


def calibrate(model: keras.Model, validation: Split) -> float:
    """Make a trained model's confidence mean what it says; returns the temperature.

    All logits are divided by the one temperature that makes the validation labels most likely.
    It is built into the last layer's weights, so the file stays an ordinary network; the order
    of the answers does not change.

    Args:
        model: trained; its last layer is a softmax `Dense`. Changed in place.
        validation: digit images and labels 0 to 9, not trained on.

    Source: C. Guo et al., "On calibration of modern neural networks", 2017.
    """
    last = model.layers[-1]
    probabilities = model.predict(validation.x[..., None], batch_size=1000, verbose=0)
    logits = np.log(np.maximum(probabilities.astype(np.float64), 1e-30))
    temperatures = np.exp(np.linspace(np.log(0.25), np.log(4), 401))
    rows = np.arange(len(validation.y))

    def loss(temperature: float) -> float:
        scaled = logits / temperature
        return float((np.logaddexp.reduce(scaled, 1) - scaled[rows, validation.y]).mean())

    best = min(temperatures, key=loss)
    last.set_weights([weights / best for weights in last.get_weights()])
    return float(best)


def save(model: keras.Model, path: str | os.PathLike, card: dict) -> None:
    """Save a model as `path` (.keras) and its card beside it as .json.

    Both are written under another name first, so that a full disk or a stop half-way leaves the
    files that were there. The card gains `saved` (date), `architecture`, `parameters` and
    `sha256` (of the model file).

    Raises:
        ModelError: the files cannot be written there.
    """
    path = Path(path)
    card_path = path.with_suffix(".json")
    part, card_part = path.with_suffix(".part.keras"), path.with_suffix(".part.json")
    # A copy without the optimiser's state, which is twice as large as the weights.
    bare = type(model).from_config(model.get_config())
    bare.set_weights(model.get_weights())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        bare.save(part)
        facts = {
            "saved": time.strftime("%Y-%m-%d"),
            "architecture": model.name,
            "parameters": model.count_params(),
            "sha256": hashlib.sha256(part.read_bytes()).hexdigest(),
        }
        card_part.write_text(json.dumps(card | facts, indent=2) + "\n", encoding="utf-8")
        os.replace(part, path)
        os.replace(card_part, card_path)
    except OSError as error:
        raise ModelError(
            f"the model cannot be saved as {path} ({error.strerror or error}): choose another "
            "place, or make room there"
        ) from error
    finally:
        for leftover in (part, card_part):
            if leftover.exists():
                leftover.unlink()
