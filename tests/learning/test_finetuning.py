"""Fine-tuning on corrections learns one person's handwriting without forgetting the rest."""

from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from benchmarks.corrections import TEST_WRITERS, corrected, written
from digits import DigitClassifier
from digits.data.corpus import NON_DIGIT, non_digits
from digits.data.corrections import keep_correction
from digits.data.digit_forms import parse_form
from digits.data.splits import Split, combine, sample
from digits.data.strokes import draw
from digits.errors import DataError
from digits.images.preprocessing import to_digit_image
from digits.learning.finetuning import corrected_digits, halves
from digits.measuring.learning_from_corrections import learn_and_measure

(WRITER,) = TEST_WRITERS.values()
SEVEN, NINE = (
    parse_form(form) for form in ("0,0 6,0! 2.4,10", "5,1.8 3,0 .6,2 2,4.8 4.8,3 5,.6! 4.8,10")
)


@pytest.fixture
def correct(classifier, tmp_path):
    """Keeps the correction of a drawing, in a folder of its own."""

    def keep(ink: np.ndarray, label: int) -> Path:
        drawing = Image.fromarray(np.uint8(255 - 255 * ink))
        prediction = classifier.predict(drawing)
        keep_correction(
            tmp_path / "feedback",
            drawing,
            answer=prediction.digit,
            confidence=prediction.confidence,
            label=label,
        )
        return tmp_path / "feedback"

    return keep


# ---- reading them


def test_corrections_become_digit_images(correct):
    inks = [draw(strokes, size=size) for strokes in (SEVEN, NINE) for size in (0.5, 0.7)]
    for ink, label in zip(inks, (7, 7, 9, 9), strict=True):
        folder = correct(ink, label)
    digits, skipped = corrected_digits(folder)
    assert skipped == 0
    assert digits.y.tolist() == [7, 7, 9, 9]
    assert digits.x.dtype == np.float32
    assert digits.x == pytest.approx(np.stack([to_digit_image(ink) for ink in inks]), abs=1e-6)


def test_the_same_digit_elsewhere_on_the_canvas_counts_once_with_the_last_word(correct):
    correct(draw(SEVEN, centre=(0.4, 0.5)), 1)
    for strokes, size in ((SEVEN, 0.5), (NINE, 0.5), (NINE, 0.7)):
        correct(draw(strokes, size=size), 9)
    folder = correct(draw(SEVEN, centre=(0.6, 0.5)), 7)
    digits, _ = corrected_digits(folder)
    assert digits.y.tolist() == [7, 9, 9, 9]


def test_damaged_corrections_are_counted_and_left_out(correct):
    for size in (0.5, 0.6, 0.7, 0.8):
        folder = correct(draw(SEVEN, size=size), 7)
    with (folder / "corrections.csv").open("a") as table:
        table.write("drawings/../../secret.png,1,0.9,7,now\n")
    digits, skipped = corrected_digits(folder)
    assert (len(digits.y), skipped) == (4, 1)


def test_too_few_corrections_are_one_clear_line(correct, tmp_path):
    with pytest.raises(DataError, match="correct some answers on the page first"):
        corrected_digits(tmp_path / "feedback")
    for size in (0.5, 0.6, 0.7):
        folder = correct(draw(SEVEN, size=size), 7)
    with pytest.raises(
        DataError, match="holds 3 different corrections, and learning takes at least 4"
    ):
        corrected_digits(folder)


def test_each_digit_is_dealt_out_evenly():
    labels = np.array([7] * 5 + [9] * 4 + [1] * 3 + [0], np.uint8)
    numbered = Split(np.zeros((13, 28, 28), np.float32), labels)
    numbered.x[:, 0, 0] = range(13)
    first, second = halves(numbered, seed=1)
    assert abs(np.bincount(first.y, minlength=10) - np.bincount(second.y, minlength=10)).max() <= 1
    assert (len(first.y), len(second.y)) == (7, 6)
    numbers = [part.x[:, 0, 0].astype(int).tolist() for part in (first, second)]
    assert sorted(numbers[0] + numbers[1]) == list(range(13))
    assert all(
        (part.y == labels[n]).all() for part, n in zip((first, second), numbers, strict=True)
    )
    assert np.array_equal(halves(numbered, seed=1)[0].x, first.x)
    assert not np.array_equal(halves(numbered, seed=2)[0].x, first.x)


# ---- learning from them


@pytest.fixture(scope="module")
def hand(classifier) -> tuple[Split, Split]:
    """Twenty misread sevens and nines by a writer, and other digits by the same writer."""
    rng = np.random.default_rng(5)
    return corrected(classifier, WRITER, 0, rng), written(WRITER, 10, rng)


@pytest.fixture(scope="module")
def replay(mnist) -> Split:
    return combine(sample(mnist.train, 1000), non_digits(100))


def normalisation(classifier: DigitClassifier) -> list[np.ndarray]:
    """The moving means and variances."""
    return [
        statistic
        for layer in classifier.model.layers
        if isinstance(layer, keras.layers.BatchNormalization)
        for statistic in (layer.moving_mean.numpy(), layer.moving_variance.numpy())
    ]


def accuracy(classifier: DigitClassifier, digits: Split) -> float:
    return classifier.evaluate(*digits)["accuracy"]


def test_it_learns_a_hand_and_keeps_the_others(mnist, hand, replay):
    corrections, others = hand
    theirs = np.isin(others.y, (7, 9))
    new = Split(others.x[theirs], others.y[theirs])
    known = Split(others.x[~theirs], others.y[~theirs])
    unseen = mnist.test
    keras.utils.set_random_seed(0)
    classifier = DigitClassifier.load()
    means, before = normalisation(classifier), accuracy(classifier, unseen)
    misread = 1 - accuracy(classifier, new)
    outcome = learn_and_measure(classifier, corrections, replay, mnist.validation, mnist, verbose=0)
    assert 1 - accuracy(classifier, new) < min(0.2, misread / 2)
    assert accuracy(classifier, known) > 0.9
    assert accuracy(classifier, unseen) > before - 0.005
    # The returned figures are correct.
    assert outcome.held_out == 10
    # Half of what was corrected was right, but too unsure to be named.
    assert outcome.held_out_before <= 0.8 < outcome.held_out_after
    assert outcome.test_before == before
    assert outcome.test_after == accuracy(classifier, unseen)
    recipe = classifier.card["recipe"]
    assert list(recipe["parts"].items()) == [
        ("corrections, each 2 times", 40),
        ("training images, shown again", 1100),
    ]
    assert (recipe["data"], recipe["learning_rate"]) == ("custom", 3e-4)
    assert classifier.card["figures"]["corrections"]["held_out"] == 10
    # The moving averages stay unchanged, and the layers remain trainable.
    assert all((a == b).all() for a, b in zip(means, normalisation(classifier), strict=True))
    assert all(layer.trainable for layer in classifier.model.layers)


def test_the_same_seed_gives_the_same_network(mnist, hand, replay):
    classifier = DigitClassifier.build("mlp")  # any network: this one is soon compiled
    before, weights = classifier.model.get_weights(), []
    for seed in (3, 3, 4):
        classifier.model.set_weights(before)
        keras.utils.set_random_seed(seed)
        small = sample(replay, 100), sample(mnist.validation, 100)
        classifier.learn(hand[0], *small, seed=seed, verbose=0)
        weights.append(np.concatenate([w.ravel() for w in classifier.model.get_weights()]))
    # Sums on several cores are not the same to the last bit.
    assert np.abs(weights[0] - weights[1]).mean() < np.abs(weights[0] - weights[2]).mean() / 10


# ---- the benchmark's writer


def test_a_writers_corrections_are_misread_and_as_many_wrong_as_asked(classifier, hand):
    assert hand[0].y.tolist() == [7] * 10 + [9] * 10
    answers = [answer.digit for answer in classifier.answers(hand[0].x)]
    assert not any(answer == label for answer, label in zip(answers, hand[0].y, strict=True))
    slips = corrected(classifier, WRITER, 2, np.random.default_rng(5))
    assert (slips.y != hand[0].y).sum() == 2
    assert NON_DIGIT not in slips.y
