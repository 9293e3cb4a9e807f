"""Reads digits with a trained network: every picture becomes an answer here."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread, current_thread
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from digits.architectures import build
from digits.data.splits import Split, check_digit_images
from digits.errors import ModelError
from digits.images.canvas import PEN_WIDTH
from digits.images.decoding import Picture
from digits.images.numbers.drawn import StrokePage
from digits.images.numbers.pieces import Box
from digits.images.numbers.reading import Found, read_ink, read_pieces
from digits.images.pages import Page, Row, seen
from digits.images.preprocessing import SIZE
from digits.learning.calibration import calibrate, check_calibratable
from digits.learning.finetuning import finetune
from digits.learning.recipe import PRESETS, Recipe
from digits.learning.training import TrainingInterrupted, described, fit
from digits.litert import SingleImageNetwork
from digits.metrics import figures
from digits.prediction import (
    IN_NUMBER,
    NOT_SURE,
    THRESHOLD,
    Prediction,
    Reading,
    nothing_drawn,
    several,
)
from digits.saving import checked_model_file, read_card, save, save_under_new_name


class DigitClassifier:
    """A trained network, and everything needed to read digits with it.

    classifier = DigitClassifier.load()
    classifier.predict("seven.png").digit

    Or train your own:

    digits = load_mnist()
    classifier = DigitClassifier.build("mlp").train(digits.train, digits.validation, epochs=3)
    classifier.evaluate(*digits.test)["accuracy"]
    classifier.save("models/mlp.keras")

    Attributes:
        model: the Keras network.
        path: its file; None if the network has not been saved yet.
        card: the content of its model card, see `digits.saving`; empty without a valid card.
        card_problem: what is wrong with the card file, in one line, or None.
        threshold: the confidence, 0 to 1, below which no digit is named.
    """

    def __init__(self, model: keras.Model, path: Path | None = None) -> None:
        """Wrap a Keras model with input (N, 28, 28, 1) and output (N, 10) probabilities.

        Raises:
            ModelError: the model has a different input or output shape.
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
        self._single: SingleImageNetwork | None = None  # see `speed_up`
        self._copying: Thread | None = None
        # One compiled graph for all batch sizes: forty times as fast as model.predict on one
        # image. The first call compiles it, so make that call here, before a visitor draws.
        self._forward = tf.function(
            lambda images: model(images[..., None], training=False),
            input_signature=[tf.TensorSpec((None, SIZE, SIZE), tf.float32)],
        )
        self._forward(tf.zeros((1, SIZE, SIZE)))

    @property
    def file(self) -> Path:
        """The network's file; like `path`, but never None.

        Raises:
            ModelError: the network has not been saved yet.
        """
        if self.path is None:
            raise ModelError(f"the network {self.model.name} has no file yet: save it first")
        return self.path

    @classmethod
    def load(cls, path: str | os.PathLike | None = None) -> "DigitClassifier":
        """Load a model file and its card, by default the bundled `models/mnist_model.keras`.

        Raises:
            ModelError: the file is missing or damaged, or is not a digit classifier.
        """
        path = checked_model_file(path)
        try:
            # Safe mode refuses code hidden in the file; reading needs no optimizer.
            model = keras.models.load_model(path, compile=False, safe_mode=True)
        except Exception as error:  # for a broken file, Keras, zip and h5 raise many types
            raise ModelError(
                f"{path} is damaged or is no Keras model: restore the file, or make it again "
                "with notebooks/training.ipynb (make notebook)"
            ) from error
        classifier = cls(model, path)
        classifier.card, classifier.card_problem = read_card(path)
        return classifier

    @classmethod
    def build(cls, architecture: str) -> "DigitClassifier":
        """Create an untrained classifier.

        Args:
            architecture: the name of a network in `digits.architectures`.

        Raises:
            ModelError: there is no network with this name.
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
        pace: keras.Variable | None = None,
        augmented: keras.Variable | None = None,
        **changes: Any,
    ) -> "DigitClassifier":
        """Train and calibrate the network, and return the classifier.

        Args:
            train: digit images and labels, such as `load_mnist().train` or the `train` of
                `digits.data.corpus.training_data`.
            validation: held-out images, used to choose the best epoch and the temperature.
            recipe: how to train; by default the recipe of the bundled model, for 10 epochs.
            changes: fields of `digits.learning.recipe.Recipe` to override, such as `epochs`,
                `batch_size`, `seed` or `augmentation` (None turns it off).
            checkpoint, resume, strategy, callbacks, verbose, pace, augmented: see
                `digits.learning.training.fit`.

        Raises:
            DigitsError: see `fit`; or a field of `changes` does not exist.
            ModelError: the network cannot be calibrated.
            TrainingInterrupted: Ctrl-C was pressed; the classifier has the best weights so far,
                and can be used and saved.
        """
        check_calibratable(self.model)
        self._single = self._copying = None  # the copy has the old weights
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
                pace=pace,
                augmented=augmented,
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
        callbacks: Sequence[keras.callbacks.Callback] = (),
        verbose: int | str = "auto",
    ) -> "DigitClassifier":
        """Fine-tune the network on corrections without forgetting; return the classifier.

        Args: see `digits.learning.finetuning.finetune`.

        Raises:
            TrainingInterrupted: Ctrl-C was pressed; the classifier is only partly fine-tuned.
        """
        self._single = self._copying = None  # the copy has the old weights
        recipe, history = finetune(
            self.model,
            corrections,
            replay,
            validation,
            seed=seed,
            callbacks=callbacks,
            verbose=verbose,
        )
        self._finish(validation, recipe, history)
        return self

    def _finish(self, validation: Split, recipe: Recipe, history: dict[str, list[float]]) -> None:
        """Calibrate the trained network, and fill in its card."""
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
        """Save the network as `path` (.keras), with its model card beside it (.json).

        Raises:
            ModelError: the files cannot be written there; existing files are left intact.
        """
        save(self.model, path, self.card)
        self.path = Path(path)

    def save_under_new_name(self, folder: Path, stem: str) -> None:
        """Save as `save` does, under an unused name: `<stem>.keras`, `<stem>-2.keras` and so on.

        Raises:
            ModelError: the files cannot be written there.
        """
        self.path = save_under_new_name(self.model, folder, stem, self.card)

    def predict(self, image: Picture) -> Prediction:
        """Read one picture: a path, PIL image or array of any size, colour mode and polarity.

        Raises:
            ImageError: the picture cannot be decoded.
        """
        return self.predict_batch([image])[0]

    def predict_batch(self, images: Sequence[Picture]) -> list[Prediction]:
        """Read several pictures in one batch.

        Raises:
            ImageError: one of the pictures cannot be decoded.
        """
        return self.answers([seen(image) for image in images])

    def read(self, image: Picture | Sequence[np.ndarray], *, pen: float = PEN_WIDTH) -> Reading:
        """Read whole numbers: a picture, or the strokes of a drawing.

        Args:
            image: a path, PIL image or array as for `predict`; or, where they are known, the
                strokes in the order in which they were drawn: a list of (K, 2) arrays, x and y in
                pixels, y downwards.
            pen: the width of the pen in pixels, for strokes.

        Raises:
            ImageError: the picture cannot be decoded, or the strokes are not such a list.
        """
        if isinstance(image, Sequence) and not isinstance(image, str):
            strokes = StrokePage(image, pen)
            found = read_pieces(strokes.pieces, self.probabilities, in_order=True)
            return self._reading(found, strokes.place)
        page = Page(image)
        return self._reading(read_ink(page.ink, self.probabilities), page.place)

    def _reading(self, found: Sequence[Found], place: Callable[[Box], Box]) -> Reading:
        """The reading of what was found, its boxes placed in the picture."""
        digits, text = [], ""
        for before, digit in zip([None, *found], found, strict=False):
            line = [other for other in found if other.line == digit.line]
            clear = sum(other.probabilities.max() >= self.threshold for other in line)
            # Beside clear digits stands a digit: the question is only which one.
            in_number = clear >= 1 and len(line) >= 2 and clear >= len(line) / 2
            threshold = min(IN_NUMBER, self.threshold) if in_number else self.threshold
            answer = self._answer(digit.image, digit.probabilities, threshold)
            if answer.digit is None:
                first, second = np.argsort(-digit.probabilities)[:2].tolist()
                answer = answer._replace(reason=f"not clear: {first} or {second}")
            digits.append(answer._replace(box=place(digit.box), line=digit.line))
            if before is not None:
                text += "\n" if digit.line > before.line else " " if digit.spaced else ""
            text += "?" if answer.digit is None else str(answer.digit)
        confidence = float(np.prod([digit.confidence for digit in digits])) if digits else 0.0
        return Reading(text, digits, confidence)

    def answers(self, seen: Sequence[np.ndarray | Row | None]) -> list[Prediction]:
        """Classify digit images, (28, 28) float32 in [0, 1]; None stands for an empty picture.

        A row, as `digits.images.pages.seen` makes it, is answered by how many digits it holds, if
        they are several.
        """
        drawn = [
            image.image if isinstance(image, Row) else image for image in seen if image is not None
        ]
        rows = iter(self.probabilities(np.stack(drawn)) if drawn else ())
        images = iter(drawn)
        answers = [
            nothing_drawn() if image is None else self._answer(next(images), next(rows))
            for image in seen
        ]
        return [
            self._counted(image, answer) if isinstance(image, Row) else answer
            for image, answer in zip(seen, answers, strict=True)
        ]

    def _counted(self, row: Row, answer: Prediction) -> Prediction:
        """The answer to a row: how many digits it holds, or the given one if they are not two."""
        found = read_ink(row.ink, self.probabilities)
        clear = [digit for digit in found if digit.probabilities.max() >= self.threshold]
        if len(clear) < 2:
            return answer
        lines = len({digit.line for digit in clear})
        return answer._replace(digit=None, reason=several(len(clear), lines))

    def _answer(
        self, image: np.ndarray, probabilities: np.ndarray, threshold: float | None = None
    ) -> Prediction:
        """The answer to a digit image, named from a confidence on: by default `self.threshold`."""
        digit = int(probabilities.argmax())
        confidence = float(probabilities[digit])
        if confidence < (self.threshold if threshold is None else threshold):
            return Prediction(None, confidence, probabilities, image, NOT_SURE)
        return Prediction(digit, confidence, probabilities, image)

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """Compute the probabilities of digit images.

        Args:
            x: (N, 28, 28) float32 in [0, 1], 1 is ink.

        Returns:
            (N, 10) float32, each row sums to 1.

        Raises:
            DigitsError: `x` has another shape or range.
        """
        x = check_digit_images(x)
        if len(x) == 1 and (network := self._single):
            return network.probabilities(x[0])[None]
        # In slices: the feature maps of ten thousand images at once would take gigabytes.
        slices = [self._forward(x[start : start + 1000]) for start in range(0, len(x), 1000)]
        return np.concatenate([np.zeros((0, 10), np.float32), *slices])

    def speed_up(self) -> Thread:
        """Make a copy of the network that reads single images several times as fast.

        It takes a fraction of a second, in a thread of its own; until then, and for more than one
        image, TensorFlow answers as before. The answers differ by less than 1e-5. `train` and
        `learn` end it; whoever changes the weights in another way has to make a new classifier.

        Returns:
            The thread, which ends when the copy is in use, or when the network cannot be copied;
            there is only one, however often this is called.
        """
        if self._copying is None:
            copy = self._copy_for_single_images
            self._copying = Thread(target=copy, daemon=True, name="speed up")
            self._copying.start()
        return self._copying

    def _copy_for_single_images(self) -> None:
        try:
            network = SingleImageNetwork(self.model)
            noise = np.random.default_rng(0).random((SIZE, SIZE), np.float32)
            for image in (np.zeros((SIZE, SIZE), np.float32), noise):
                expected = self._forward(image[None]).numpy()[0]
                if not np.allclose(network.probabilities(image), expected, atol=1e-5, rtol=0):
                    return
        except Exception:  # a layer that LiteRT does not have: the converter raises many kinds
            return
        if self._copying is current_thread():  # no training has begun meanwhile
            self._single = network

    def evaluate(self, x: np.ndarray, y: np.ndarray) -> dict:
        """Measure the classifier on labelled digit images.

        Args:
            x: (N, 28, 28) float32 in [0, 1], 1 is ink.
            y: (N,) integer, the true digits.

        Returns:
            The dict of `digits.metrics.figures`.
        """
        return figures(self.probabilities(x), y)
