"""The bundled classifier reads all kinds of input, and its card's figures are true."""

import hashlib
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from digits import DigitClassifier, DigitsError, ModelError
from digits.data.corpus import drawn_digits
from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.splits import sample
from digits.data.strokes import draw
from digits.images.preprocessing import to_digit_image
from digits.model_card import checked_card
from digits.prediction import Prediction
from digits.saving import DEFAULT_MODEL


@pytest.fixture(scope="module")
def card() -> dict:
    return json.loads(DEFAULT_MODEL.with_suffix(".json").read_text(encoding="utf-8"))


def test_the_card_is_about_this_file(card, classifier):
    assert card["sha256"] == hashlib.sha256(DEFAULT_MODEL.read_bytes()).hexdigest()
    assert card["parameters"] == classifier.model.count_params() <= 500_000
    assert card["architecture"] == "three_conv"
    convolutions = [x for x in classifier.model.layers if isinstance(x, keras.layers.Conv2D)]
    assert len(convolutions) == 3


@pytest.mark.full_data
def test_the_cards_mnist_figure_is_measured_again(card, classifier, full_mnist):
    measured = classifier.evaluate(*full_mnist.test)
    claimed = card["figures"]["mnist_test"]
    assert measured["count"] == claimed["count"] == 10_000
    # Another processor may round a borderline image the other way.
    assert abs(measured["correct"] - claimed["correct"]) <= 3
    assert measured["calibration_error"] == pytest.approx(claimed["calibration_error"], abs=5e-4)
    assert measured["accuracy"] >= 0.994


def test_a_network_without_a_file_says_so(tmp_path):
    network = DigitClassifier.build("mlp")
    assert network.path is None
    with pytest.raises(ModelError, match="the network mlp has no file yet: save it first"):
        _ = network.file
    network.save(tmp_path / "mine.keras")
    assert network.file == network.path == tmp_path / "mine.keras"


def test_every_digit_drawn_plainly_is_read(classifier):
    drawings = [draw(parse_form(forms[0]), size=0.6, brush=18) for forms in DIGIT_FORMS.values()]
    predictions = classifier.predict_batch(drawings)
    assert [prediction.digit for prediction in predictions] == list(DIGIT_FORMS)
    assert all(prediction.confidence > 0.9 for prediction in predictions)


def test_a_prediction_says_what_was_seen(classifier, seven):
    picture = Image.fromarray(((1 - seven) * 255).astype(np.uint8))
    prediction = classifier.predict(picture)
    assert prediction.digit == 7
    assert prediction.reason is None
    assert (prediction.probabilities.shape, prediction.probabilities.dtype) == ((10,), np.float32)
    assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert prediction.confidence == pytest.approx(float(prediction.probabilities[7]))
    assert np.array_equal(prediction.image, to_digit_image(seven))
    assert repr(prediction).startswith("Prediction(7, ")


def test_path_image_and_array_give_one_answer(classifier, seven, tmp_path):
    array = (255 * (1 - seven)).astype(np.uint8)
    Image.fromarray(array).save(tmp_path / "seven.png")
    pictures = [tmp_path / "seven.png", str(tmp_path / "seven.png"), Image.fromarray(array), array]
    answers = [classifier.predict(picture) for picture in pictures]
    for answer in answers:
        assert answer.digit == 7
        assert np.array_equal(answer.probabilities, answers[0].probabilities)


def test_a_blank_page_is_never_a_digit(classifier):
    for blank in (
        np.zeros((280, 280)),
        np.full((28, 28), 255, np.uint8),
        Image.new("RGBA", (9, 9)),
    ):
        prediction = classifier.predict(blank)
        assert (prediction.digit, prediction.confidence) == (None, 0.0)
        assert prediction.reason == "nothing drawn"
        assert prediction.image.shape == (28, 28)
        assert not prediction.image.any()
        assert prediction.probabilities.tolist() == pytest.approx([0.1] * 10)


def test_scribbles_and_letters_are_declined_with_their_guesses(classifier):
    letter = draw(parse_form("0,10 0,0! 3,6! 6,0! 6,10"), brush=14)  # M
    blob = np.pad(np.ones((90, 120)), 60)
    for picture in (letter, blob):
        prediction = classifier.predict(picture)
        assert prediction.digit is None
        assert prediction.reason == "not sure this is a digit"
        assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert 0.1 <= prediction.confidence < classifier.threshold


def test_a_batch_keeps_its_order_around_blank_pages(classifier, seven):
    one = draw(parse_form("3,0 3,10"))
    blank = np.zeros((50, 50))
    predictions = classifier.predict_batch([blank, seven, blank, one])
    assert [prediction.digit for prediction in predictions] == [None, 7, None, 1]
    assert classifier.predict_batch([]) == []
    single = classifier.predict(seven)
    assert np.allclose(predictions[1].probabilities, single.probabilities, atol=1e-5)


def rescaled(ink: np.ndarray, factor: float) -> np.ndarray:
    side = round(ink.shape[0] * factor)
    image = Image.fromarray((ink * 255).astype(np.uint8))
    return np.asarray(image.resize((side, side), Image.Resampling.BICUBIC))


@pytest.fixture(scope="module")
def five_hundred(drawings) -> list[np.ndarray]:
    """Ink of 500 drawings with room to move on all sides."""
    rng = np.random.default_rng(3)
    return [
        draw(drawings[index].strokes, size=rng.uniform(0.4, 0.6), brush=rng.uniform(12, 18))
        for index in rng.choice(len(drawings), 500, replace=False)
    ]


@pytest.fixture(scope="module")
def answers_to_them(classifier, five_hundred) -> list[Prediction]:
    return classifier.predict_batch(five_hundred)


def test_moving_changes_the_answer_for_none_of_500_drawings(
    classifier, five_hundred, answers_to_them
):
    rng = np.random.default_rng(4)
    moved = [np.roll(ink, tuple(rng.integers(-50, 51, 2)), (0, 1)) for ink in five_hundred]
    for before, after in zip(answers_to_them, classifier.predict_batch(moved), strict=True):
        assert np.array_equal(before.image, after.image)
        assert before.digit == after.digit


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.7, 3])
def test_scaling_changes_only_answers_that_were_nearly_a_tie(
    classifier, five_hundred, answers_to_them, factor
):
    after = classifier.predict_batch([rescaled(ink, factor) for ink in five_hundred])
    changed = [
        first.confidence
        for first, second in zip(answers_to_them, after, strict=True)
        if first.probabilities.argmax() != second.probabilities.argmax()
    ]
    # Measured: none or one of the 500; its two best digits were within a few per cent.
    assert len(changed) <= 2
    assert all(confidence < 0.75 for confidence in changed)


def test_drawings_of_the_validation_writers_are_read(classifier, held_out):
    drawn = drawn_digits(held_out, seed=9, varied=False)
    assert classifier.evaluate(drawn.x, drawn.y)["accuracy"] > 0.97


def test_probabilities_need_digit_images(classifier):
    assert classifier.probabilities(np.zeros((0, 28, 28), np.float32)).shape == (0, 10)
    assert classifier.probabilities(np.zeros((3, 28, 28), np.float32)).dtype == np.float32
    for wrong, complaint in [
        (np.zeros((28, 28)), r"shape \(N, 28, 28\); these have \(28, 28\)"),
        (np.full((1, 28, 28), 255.0), r"from 0 to 1; these run from 255 to 255: divide"),
        (np.full((1, 28, 28), np.nan), r"values from 0 to 1"),
    ]:
        with pytest.raises(DigitsError, match=complaint):
            classifier.probabilities(wrong)


def test_a_missing_model_names_the_command_that_makes_one(tmp_path):
    with pytest.raises(ModelError, match=r"there is no model file .*absent\.keras.*make notebook"):
        DigitClassifier.load(tmp_path / "absent.keras")


@pytest.mark.parametrize("keep", [0, 100, 0.5, 0.99])
def test_a_damaged_model_says_so(tmp_path, keep):
    whole = DEFAULT_MODEL.read_bytes()
    length = int(keep * len(whole)) if isinstance(keep, float) else keep
    (tmp_path / "cut.keras").write_bytes(whole[:length])
    with pytest.raises(ModelError, match=r"cut\.keras is damaged or is no Keras model") as caught:
        DigitClassifier.load(tmp_path / "cut.keras")
    assert "\n" not in str(caught.value)


def test_a_model_of_another_kind_is_refused(tmp_path):
    other = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3)])
    other.save(tmp_path / "other.keras")
    with pytest.raises(ModelError, match=r"maps \(None, 4\) to \(None, 3\)"):
        DigitClassifier.load(tmp_path / "other.keras")


def test_code_hidden_in_a_model_file_is_not_run(tmp_path):
    evil = keras.Sequential([keras.layers.Input((28, 28, 1)), keras.layers.Flatten()])
    evil.add(keras.layers.Lambda(lambda x: x[:, :10], output_shape=(10,)))
    evil.save(tmp_path / "evil.keras")
    assert zipfile.is_zipfile(tmp_path / "evil.keras")
    with pytest.raises(ModelError, match="is damaged or is no Keras model"):
        DigitClassifier.load(tmp_path / "evil.keras")


def test_from_data_to_a_saved_model_in_a_few_lines(mnist, seven, tmp_path):
    train, validation = mnist.train, mnist.validation
    classifier = DigitClassifier.build("mlp").train(train, validation, epochs=3, verbose=0)
    accuracy = classifier.evaluate(*validation)["accuracy"]
    assert 0.7 < accuracy < 1
    classifier.save(tmp_path / "mlp.keras")
    loaded = DigitClassifier.load(tmp_path / "mlp.keras")
    assert np.array_equal(
        loaded.probabilities(validation.x[:5]), classifier.probabilities(validation.x[:5])
    )
    assert loaded.predict(seven).digit == classifier.predict(seven).digit
    card = json.loads((tmp_path / "mlp.json").read_text())
    parts = {"digit images": len(train.y)}
    assert (card["architecture"], card["recipe"]["parts"]) == ("mlp", parts)
    assert card["recipe"]["epochs"] == 3
    assert card["figures"]["validation"]["accuracy"] == accuracy
    assert checked_card(card).validation.digits == len(validation.y)


# ---- single images in LiteRT


def test_single_images_are_read_by_a_copy_with_the_same_answers(mnist):
    classifier = DigitClassifier.load()
    x = np.concatenate([mnist.validation.x[:300], np.zeros((1, 28, 28), np.float32)])
    before = classifier.probabilities(x)
    classifier.speed_up().join()
    singly = np.concatenate([classifier.probabilities(image[None]) for image in x])
    assert (singly.shape, singly.dtype) == ((301, 10), np.float32)
    assert np.abs(singly - before).max() < 1e-5
    assert (singly != before).any()  # it is another runtime that computed them
    with ThreadPoolExecutor(8) as threads:
        again = threads.map(lambda image: classifier.probabilities(image[None])[0], x)
        assert np.abs(np.stack(list(again)) - singly).max() < 1e-6


def test_a_network_that_learns_on_is_read_with_its_new_weights(mnist):
    classifier = DigitClassifier.build("mlp")
    classifier.speed_up().join()
    some = sample(mnist.train, 200)
    classifier.train(some, some, epochs=1, augmentation=None, verbose=0)
    one = mnist.validation.x[:1]
    assert classifier.probabilities(one) == pytest.approx(
        classifier.model.predict(one[..., None], verbose=0), abs=1e-6
    )


def test_a_network_that_cannot_be_copied_is_read_as_before():
    class Strange(keras.layers.Layer):
        """A function of Python's, which LiteRT cannot run."""

        def call(self, x):
            return tf.ensure_shape(tf.py_function(lambda x: x, [x], tf.float32), x.shape)

        def compute_output_shape(self, shape):
            return shape

    inputs = keras.Input((28, 28, 1))
    flat = keras.layers.Flatten()(Strange()(inputs))
    outputs = keras.layers.Dense(10, activation="softmax")(flat)
    classifier = DigitClassifier(keras.Model(inputs, outputs))
    image = np.zeros((1, 28, 28), np.float32)
    before = classifier.probabilities(image)
    classifier.speed_up().join()
    assert (classifier.probabilities(image) == before).all()
