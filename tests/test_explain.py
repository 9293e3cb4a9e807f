"""The explainer's results, compared with the same arithmetic done here in NumPy."""

from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest
from keras import layers as kl

from digits import DigitClassifier
from digits.data.corpus import drawn_digits
from digits.data.pen_digits import PenDigits, PenDigitsSample
from digits.errors import DigitsError
from digits.explain import Explainer, Layer, layers
from digits.images.colour_maps import for_and_against, heat, mosaic, tint
from digits.images.preprocessing import to_digit_image


@pytest.fixture(scope="module")
def explainer(classifier) -> Explainer:
    return Explainer(classifier)


@pytest.fixture(scope="module")
def written(held_out) -> tuple[np.ndarray, np.ndarray]:
    """200 of the validation writers' drawings."""
    chosen = np.random.default_rng(4).permutation(len(held_out))[:200]
    split = drawn_digits([held_out[index] for index in chosen], varied=False)
    return split.x, split.y


@pytest.fixture
def digit(seven) -> np.ndarray:
    return to_digit_image(seven)


def network(*stack: keras.Layer, seed: int = 0) -> Explainer:
    keras.utils.set_random_seed(seed)
    return Explainer(DigitClassifier(keras.Sequential([kl.Input((28, 28, 1)), *stack])))


def two_convolutions() -> Explainer:
    return network(
        kl.Conv2D(3, 5, name="edges"),  # 24 x 24
        kl.MaxPooling2D(name="half"),  # 12 x 12
        kl.ReLU(name="kept"),
        kl.Conv2D(4, 5, activation="relu", name="parts"),  # 8 x 8
        kl.MaxPooling2D(name="quarter"),  # 4 x 4
        kl.Flatten(name="list"),
        kl.Dropout(0.5, name="gaps"),
        kl.Dense(10, activation="softmax", name="answer"),
    )


def dense_only() -> Explainer:
    return network(kl.Flatten(), kl.Dense(16, activation="relu"), kl.Dense(10), kl.Softmax())


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores.astype(np.float64) - scores.max())
    return powers / powers.sum()


# ---- where it looked


def removed(images: np.ndarray, order: np.ndarray, share: float) -> np.ndarray:
    """The images after erasing pixels in `order`, up to `share` of all ink."""
    left = images.reshape(len(images), -1).copy()
    ink = np.take_along_axis(left, order, axis=1).cumsum(axis=1)
    first = ink <= share * ink[:, -1:]
    for row, pixels, gone in zip(left, order, first, strict=True):
        row[pixels[gone]] = 0
    return left.reshape(images.shape)


def test_the_answer_hangs_on_the_ink_where_it_looked(explainer, written, pen_digits):
    images, _ = written
    probabilities = explainer.classifier.probabilities(images)
    answers = probabilities.argmax(axis=1)

    def confidence(changed):
        of_answer = np.take_along_axis(
            explainer.classifier.probabilities(changed), answers[:, None], axis=1
        )
        return of_answer.mean()

    maps = np.stack(
        [explainer.saliency(x, int(digit)) for x, digit in zip(images, answers, strict=True)]
    )
    ink = images.reshape(len(images), -1) > 0
    flat = maps.reshape(len(images), -1)
    chance = np.random.default_rng(0).random(flat.shape)
    most, any_, least = (
        confidence(removed(images, np.argsort(np.where(ink, order, np.inf), axis=1), 0.2))
        for order in (-flat, chance, flat)
    )
    assert confidence(images) > 0.95
    # The network was trained on the sample's writers, so its answers for them are more stable.
    by_chance, by_choice = {PenDigits: (0.12, 0.15), PenDigitsSample: (0.08, 0.1)}[type(pen_digits)]
    assert most < any_ - by_chance
    assert most < least - by_choice


def test_of_a_weighted_sum_the_map_is_ink_times_weight(digit):
    # Only digit 3 has weights, so its log-odds are their sum and a constant: a straight line.
    linear = network(kl.Flatten(), kl.Dense(10, activation="softmax"))
    weights = np.zeros((784, 10), np.float32)
    weights[:, 3] = np.random.default_rng(1).normal(0, 0.05, 784)
    linear.classifier.model.layers[-1].set_weights([weights, np.zeros(10, np.float32)])

    product = digit * weights[:, 3].reshape(28, 28)
    bell = np.exp(-(np.arange(-27, 28) ** 2) / (2 * 1.5**2))
    expected = product
    for axis in (0, 1):
        expected = np.apply_along_axis(lambda line: np.convolve(line, bell)[27:55], axis, expected)
    expected = np.maximum(expected, 0) / expected.max()
    assert linear.saliency(digit, 3) == pytest.approx(expected, abs=1e-3)


def test_few_steps_find_the_places_of_many(explainer, written, monkeypatch):
    images, digits = written
    monkeypatch.setattr("digits.explain.STEPS", 64)
    thorough = Explainer(explainer.classifier)
    likeness = [
        np.corrcoef(
            *(one.saliency(image, int(digit))[image > 0.1] for one in (explainer, thorough))
        )
        for image, digit in zip(images[:60], digits, strict=False)
    ]
    assert np.mean(likeness, axis=0)[0, 1] > 0.97


def test_the_map_is_of_the_best_digit_unless_another_is_named(explainer, digit):
    best = int(explainer.classifier.probabilities(digit[None]).argmax())
    assert (explainer.saliency(digit) == explainer.saliency(digit, best)).all()
    assert np.abs(explainer.saliency(digit) - explainer.saliency(digit, 4)).max() > 0.3


def test_the_map_stays_at_the_ink(explainer, written):
    images, _ = written
    for image in images[:20]:
        heat_map = explainer.saliency(image)
        assert (heat_map.shape, heat_map.dtype) == ((28, 28), np.float32)
        assert (heat_map.min(), heat_map.max()) == (0, 1)
        rows, columns = np.nonzero(image)
        away = np.ones((28, 28), bool)
        for row, column in zip(rows, columns, strict=True):
            away[max(row - 6, 0) : row + 7, max(column - 6, 0) : column + 7] = False
        assert heat_map[away].max(initial=0) < 0.01


@pytest.mark.parametrize("make", [two_convolutions, dense_only])
def test_empty_paper_is_not_explained(make):
    blank = np.zeros((28, 28), np.float32)
    assert (make().saliency(blank) == 0).all()
    assert (make().overlay(blank) == 0).all()


def test_threads_get_the_same_maps_as_one(explainer, written):
    images, digits = written
    work = list(zip(images[:40], digits[:40].tolist(), strict=True))
    alone = [explainer.saliency(*task) for task in work]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda task: explainer.saliency(*task), work))
    for one, other in zip(alone, together, strict=True):
        assert one == pytest.approx(other, abs=1e-3)


@pytest.mark.parametrize("image", [np.zeros((27, 28)), np.zeros((1, 28, 28)), np.zeros(784)])
def test_another_shape_is_refused(explainer, image):
    for explain in (explainer.saliency, explainer.feature_maps, explainer.evidence):
        with pytest.raises(DigitsError, match=r"has the shape \(28, 28\)"):
            explain(image)


@pytest.mark.parametrize("wrong", [-1, 10, 2.5])
def test_another_digit_is_refused(explainer, digit, wrong):
    with pytest.raises(DigitsError, match="a digit is 0 to 9"):
        explainer.saliency(digit, wrong)


# ---- what each convolution found


def test_the_maps_are_what_arithmetic_makes_them(digit):
    net = two_convolutions()
    kernel, bias = net.classifier.model.get_layer("edges").get_weights()
    windows = np.lib.stride_tricks.sliding_window_view(digit, (5, 5))
    answers = np.einsum("hwij,ijc->hwc", windows, kernel[:, :, 0]) + bias
    pooled = answers.reshape(12, 2, 12, 2, 3).max(axis=(1, 3))

    outputs = net.layer_outputs(digit)
    assert list(outputs) == ["edges", "half", "kept", "parts", "quarter"]
    assert outputs["edges"] == pytest.approx(answers, abs=1e-5)
    found = net.feature_maps(digit)
    assert {name: maps.shape for name, maps in found.items()} == {
        "edges": (12, 12, 3),
        "parts": (4, 4, 4),
    }
    assert found["edges"] == pytest.approx(np.maximum(pooled, 0), abs=1e-5)


def test_the_bundled_network_has_a_map_for_each_filter(explainer, digit):
    found = explainer.feature_maps(digit)
    kernels = {
        layer.name: layer.kernel.shape
        for layer in explainer.classifier.model.layers
        if isinstance(layer, keras.layers.Conv2D)
    }
    assert len(kernels) >= 2
    assert {name: maps.shape[2] for name, maps in found.items()} == {
        name: shape[3] for name, shape in kernels.items()
    }
    assert all(maps.dtype == np.float32 and maps.max() > 0 for maps in found.values())


def test_a_network_without_convolutions_has_no_maps(digit):
    assert dense_only().feature_maps(digit) == {}


# ---- how the answer adds up


def test_the_scores_make_the_probabilities(explainer, written):
    images, _ = written
    for image, probabilities in zip(
        images[:50], explainer.classifier.probabilities(images[:50]), strict=True
    ):
        scores = explainer.evidence(image).scores
        assert scores.sum() == pytest.approx(0, abs=1e-3)
        assert softmax(scores) == pytest.approx(probabilities, abs=1e-5)
        precise = probabilities > 1e-30  # smaller ones have lost precision
        constant = np.log(probabilities[precise]) - scores[precise]
        assert constant == pytest.approx(constant.mean(), abs=1e-2)


def test_the_places_and_the_bias_make_the_scores(explainer, digit):
    evidence = explainer.evidence(digit)
    bias = explainer.classifier.model.layers[-1].bias.numpy()
    assert evidence.places.shape[0] == 10
    total = evidence.places.sum(axis=(1, 2)) + bias - bias.mean()
    assert total == pytest.approx(evidence.scores, abs=1e-3)


def test_of_one_layer_the_places_are_ink_times_weight(digit):
    net = network(kl.Flatten(), kl.Dense(10, use_bias=False, activation="softmax"))
    weights = net.classifier.model.layers[-1].kernel.numpy().T.reshape(10, 28, 28)
    parts = digit * weights
    evidence = net.evidence(digit)
    assert evidence.places == pytest.approx(parts - parts.mean(axis=0), abs=1e-6)
    assert evidence.window == (0, 0, 28, 28)


def test_the_window_of_the_places():
    assert two_convolutions().evidence(np.zeros((28, 28))).window == (6, 6, 22, 22)


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_each_place_lies_amid_the_pixels_that_it_was_computed_from(padding):
    net = network(
        kl.Conv2D(2, 3, strides=2, padding=padding, name="first"),
        kl.AveragePooling2D(2, padding=padding),
        kl.Conv2D(2, (3, 1), padding=padding),
        kl.Flatten(),
        kl.Dense(10, activation="softmax"),
    )
    blank = np.zeros((28, 28), np.float32)
    top, left, bottom, right = net.evidence(blank).window
    before = list(net.feature_maps(blank).values())[-1]
    height, width, _ = before.shape
    row, column = height // 2, width // 2
    felt = np.zeros((28, 28), bool)
    for pixel in np.ndindex(28, 28):
        dotted = blank.copy()
        dotted[pixel] = 1
        after = list(net.feature_maps(dotted).values())[-1]
        felt[pixel] = np.abs(after - before)[row, column].max() > 1e-6
    rows, columns = np.flatnonzero(felt.any(axis=1)), np.flatnonzero(felt.any(axis=0))
    assert top + (row + 0.5) * (bottom - top) / height == (rows[0] + rows[-1] + 1) / 2
    assert left + (column + 0.5) * (right - left) / width == (columns[0] + columns[-1] + 1) / 2


def test_where_the_last_layer_weighs_no_maps_there_are_scores_alone(digit):
    net = dense_only()
    evidence = net.evidence(digit)
    assert (evidence.places, evidence.window) == (None, None)
    assert softmax(evidence.scores) == pytest.approx(
        net.classifier.probabilities(digit[None])[0], abs=1e-5
    )


def test_a_last_layer_of_another_kind_is_not_explained(digit):
    net = network(kl.Conv2D(10, 28), kl.Flatten(), kl.Softmax())
    assert net.evidence(digit) is None
    assert net.saliency(digit).max() == 1


# ---- the table


def test_the_layers_are_listed_with_their_shapes_and_parameters():
    assert layers(two_convolutions().classifier.model) == [
        Layer("edges", "Conv2D", (24, 24, 3), 78),
        Layer("half", "MaxPooling2D", (12, 12, 3), 0),
        Layer("kept", "ReLU", (12, 12, 3), 0),
        Layer("parts", "Conv2D", (8, 8, 4), 304),
        Layer("quarter", "MaxPooling2D", (4, 4, 4), 0),
        Layer("list", "Flatten", (64,), 0),
        Layer("gaps", "Dropout", (64,), 0),
        Layer("answer", "Dense", (10,), 650),
    ]


# ---- pictures


def lightness(colours: np.ndarray) -> np.ndarray:
    """Relative luminance, as WCAG defines it: 0 is black, 1 is white."""
    shares = colours / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_more_heat_is_lighter():
    assert (np.diff(lightness(heat(np.linspace(0, 1, 20)))) > 0).all()


def test_for_and_against_differ_by_blue_and_lighten_with_the_amount():
    colours = for_and_against(np.linspace(-1, 1, 21))
    assert (np.diff(lightness(colours[10:])) > 0).all()
    assert (np.diff(lightness(colours[:11])) < 0).all()
    red, _, blue = colours.astype(int).T
    assert (blue[:10] > red[:10]).all()
    assert (red[11:] > blue[11:]).all()


def test_the_tint_colours_strokes_and_leaves_paper_black():
    image, values = np.zeros((2, 28, 28), np.float32)
    image[10:18, 4:24] = 1
    values[:, 14:] = 1
    picture = tint(image, values)
    assert (picture.shape, picture.dtype) == ((168, 168, 3), np.uint8)
    assert (picture[:48] == 0).all()
    cool, hot = lightness(picture[84, [36, 132]])
    assert hot > 0.8
    assert (cool + 0.05) / 0.05 > 3  # WCAG's contrast of graphics, against black
    assert hot > 3 * cool


def test_a_mosaic_has_transparent_gaps():
    tiles = np.arange(1, 4, dtype=np.uint8).reshape(3, 1, 1, 1).repeat(3, axis=3)
    sheet = mosaic(tiles, columns=2, gap=1)
    assert sheet[:, :, 3].tolist() == [[255, 0, 255], [0, 0, 0], [255, 0, 0]]
    assert sheet[:, :, 0].tolist() == [[1, 0, 2], [0, 0, 0], [3, 0, 0]]
