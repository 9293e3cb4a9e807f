"""Reads digits with a trained network: the one way from a picture to an answer."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from digits.architectures import build
from digits.data.splits import Split, check_digit_images
from digits.errors import ModelError
from digits.files import PROJECT
from digits.images.decoding import Picture
from digits.images.preprocessing import SIZE, digit_image
from digits.learning.calibration import calibrate, check_calibratable
from digits.learning.finetuning import finetune
from digits.learning.recipe import PRESETS, Recipe
from digits.learning.training import TrainingInterrupted, described, fit
from digits.metrics import figures
from digits.prediction import NOT_SURE, THRESHOLD, Prediction, nothing_drawn
from digits.saving import read_card, save, save_under_new_name

DEFAULT_MODEL = PROJECT / "models" / "mnist_model.keras"


class DigitClassifier:
    """A trained network and everything needed to read digits with it.

    classifier = DigitClassifier.load()
    classifier.predict("seven.png").digit

    Or train one of your own:

    digits = load_mnist()
    classifier = DigitClassifier.build("mlp").train(digits.train, digits.validation, epochs=3)
    classifier.evaluate(*digits.test)["accuracy"]
    classifier.save("models/mlp.keras")

    Attributes:
        model: the Keras network.
        path: its file; None for a network that is not saved yet.
        card: the facts beside it, see `digits.saving`; empty where there is no card to trust.
        card_problem: what is wrong with the card beside the file, in one line, or None.
        threshold: below this confidence no digit is named.
    """

    def __init__(self, model: keras.Model, path: Path | None = None) -> None:
        """Wrap a Keras model with input (N, 28, 28, 1) and output (N, 10) probabilities.

        Raises:
            ModelError: the model's input or output has another shape.
        """
        shapes = (model.input_shape, model.output_shape)
        if shapes != ((None, SIZE, SIZE, 1), (None, 10)):
            raise ModelError(
                f"the model maps {shapes[0]} to {shapes[1]}; a digit reader maps (None, 28, 28, 1) "
                "to (None, 10): train one with notebooks/training.ipynb"
            )
        self.model = model
        self.path = path
        self.card: dict[str, Any] = {}
        self.card_problem: str | None = None
        self.threshold = THRESHOLD
        # One compiled graph for every batch size: forty times faster than model.predict on one
        # image. The first call compiles, so it is made here and not on a visitor's drawing.
        self._forward = tf.function(
            lambda images: model(images[..., None], training=False),
            input_signature=[tf.TensorSpec((None, SIZE, SIZE), tf.float32)],
        )
        self._forward(tf.zeros((1, SIZE, SIZE)))

    @property
    def file(self) -> Path:
        """The network's file: `path`, where there has to be one.

        Raises:
            ModelError: the network is not saved yet.
        """
        if self.path is None:
            raise ModelError(f"the network {self.model.name} has no file yet: save it first")
        return self.path

    @classmethod
    def load(cls, path: str | os.PathLike | None = None) -> "DigitClassifier":
        """Load a model file, by default the bundled `models/mnist_model.keras`, and its card.

        Raises:
            ModelError: the file is missing, damaged, or no digit reader.
        """
        path = Path(path) if path is not None else DEFAULT_MODEL
        if not path.is_file():
            raise ModelError(
                f"there is no model file {path}: make one by running notebooks/training.ipynb "
                "(make notebook), or name another with --model"
            )
        try:
            # Safe mode refuses code hidden in the file; nothing of training is needed here.
            model = keras.models.load_model(path, compile=False, safe_mode=True)
        except Exception as error:  # Keras, zip and h5 raise many kinds for a broken file
            raise ModelError(
                f"{path} is damaged or is no Keras model: restore the file, or make it again "
                "with notebooks/training.ipynb (make notebook)"
            ) from error
        classifier = cls(model, path)
        classifier.card, classifier.card_problem = read_card(path)
        return classifier

    @classmethod
    def build(cls, architecture: str) -> "DigitClassifier":
        """Make an untrained classifier with the network of that name.

        Raises:
            ModelError: there is none of that name in `digits.architectures`.
        """
        return cls(build(architecture))

    def train(
        self,
        train: Split,
        validation: Split,
        *,
        recipe: Recipe | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        resume: bool = False,
        strategy: tf.distribute.Strategy | None = None,
        callbacks: Sequence[keras.callbacks.Callback] = (),
        verbose: int | str = "auto",
        **changes: Any,
    ) -> "DigitClassifier":
        """Train the network, calibrate it, and return the classifier.

        Args:
            train: digit images and their labels, as `load_mnist().train` and
                `digits.data.corpus.training_data` give them.
            validation: others, to choose the best epoch and the temperature by.
            recipe: how to train; by default as the bundled model was trained, for 10 epochs.
            changes: fields of `digits.learning.recipe.Recipe` to change in it, such as `epochs`,
                `batch_size`, `seed` or `augmentation` (None for none).
            checkpoint, resume, strategy, callbacks, verbose: see `digits.learning.training.fit`.

        Raises:
            DigitsError: see `fit`; or the recipe has no such field.
            ModelError: the network cannot be calibrated.
            TrainingInterrupted: somebody pressed Ctrl-C; the classifier has the best weights so
                far, and can be used and saved.
        """
        check_calibratable(self.model)
        recipe = recipe or replace(PRESETS["standard"], epochs=10)
        recipe = recipe.changed(changes).changed({"architecture": self.model.name})
        recipe = described(recipe, train, validation)
        try:
            history = fit(
                self.model,
                train,
                validation,
                recipe,
                checkpoint=checkpoint,
                resume=resume,
                strategy=strategy,
                callbacks=callbacks,
                verbose=verbose,
            )
        except TrainingInterrupted as interrupted:
            if interrupted.history:
                self._finish(validation, recipe, interrupted.history)
            raise
        self._finish(validation, recipe, history)
        return self

    def learn(
        self,
        corrections: Split,
        replay: Split,
        validation: Split,
        *,
        seed: int = 0,
        verbose: int | str = "auto",
    ) -> "DigitClassifier":
        """Fine-tune the network on corrections without forgetting the rest; return the classifier.

        Args: see `digits.learning.finetuning.finetune`.

        Raises:
            TrainingInterrupted: somebody pressed Ctrl-C; the classifier is no longer what it was.
        """
        recipe, history = finetune(
            self.model, corrections, replay, validation, seed=seed, verbose=verbose
        )
        self._finish(validation, recipe, history)
        return self

    def _finish(self, validation: Split, recipe: Recipe, history: dict[str, list[float]]) -> None:
        """Calibrate the trained network, and write its card."""
        temperature = calibrate(self.model, validation)
        self.card = {
            "recipe": recipe.to_dict(),
            "training": {
                "epochs": len(history["loss"]),
                "temperature": round(temperature, 3),
                "history": history,
            },
            "figures": {"validation": self.evaluate(*validation)},
        }

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save the network as `path` (.keras), and a card of its facts beside it (.json).

        Raises:
            ModelError: the files cannot be written there; what was there before is whole.
        """
        save(self.model, path, self.card)
        self.path = Path(path)

    def save_under_new_name(self, folder: Path, stem: str) -> None:
        """Save as `save` does, as `<stem>.keras` in the folder, or `<stem>-2.keras` and so on.

        Raises:
            ModelError: the files cannot be written there.
        """
        self.path = save_under_new_name(self.model, folder, stem, self.card)

    def predict(self, image: Picture) -> Prediction:
        """Read one picture: a path, PIL image or array of any size, colour mode and polarity.

        Raises:
            ImageError: the picture cannot be read as one.
        """
        return self.predict_batch([image])[0]

    def predict_batch(self, images: Sequence[Picture]) -> list[Prediction]:
        """Read several pictures with one call of the network.

        Raises:
            ImageError: one of the pictures cannot be read as one.
        """
        return self.answers([digit_image(image) for image in images])

    def answers(self, seen: Sequence[np.ndarray | None]) -> list[Prediction]:
        """Answer digit images, (28, 28) float32 in [0, 1]; None stands for one without ink."""
        drawn = [image for image in seen if image is not None]
        rows = iter(self.probabilities(np.stack(drawn)) if drawn else ())
        return [
            nothing_drawn() if image is None else self._answer(image, next(rows)) for image in seen
        ]

    def _answer(self, image: np.ndarray, probabilities: np.ndarray) -> Prediction:
        digit = int(probabilities.argmax())
        confidence = float(probabilities[digit])
        if confidence < self.threshold:
            return Prediction(None, confidence, probabilities, image, NOT_SURE)
        return Prediction(digit, confidence, probabilities, image)

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """Probabilities of digit images that are ready for the network.

        Args:
            x: (N, 28, 28) float32 in [0, 1], 1 is ink.

        Returns:
            (N, 10) float32, each row adds up to 1.

        Raises:
            DigitsError: another shape or range.
        """
        x = check_digit_images(x)
        # In slices, so that ten thousand images need no gigabytes of feature maps.
        slices = [self._forward(x[start : start + 1000]) for start in range(0, len(x), 1000)]
        return np.concatenate([np.zeros((0, 10), np.float32), *slices])

    def evaluate(self, x: np.ndarray, y: np.ndarray) -> dict:
        """Measure the classifier on digit images x: (N, 28, 28) and their digits y: (N,).

        Returns the dict of `digits.metrics.figures`.
        """
        return figures(self.probabilities(x), y)
