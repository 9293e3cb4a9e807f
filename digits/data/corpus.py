"""What networks are trained on: MNIST, pen digits, synthetic handwriting and non-digits.

Every image but MNIST's is drawn as ink and goes through the same preprocessing as a visitor's
drawing.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from digits.data import CORPORA
from digits.data.digit_forms import synthetic_strokes
from digits.data.handwriting import vary
from digits.data.mnist import Mnist, load_mnist
from digits.data.non_digits import DOODLES, TRACED_SIGNS, draw_non_digit, is_bar, training_kinds
from digits.data.number_candidates import candidate_digits, candidate_non_digits
from digits.data.number_fragments import cut_digits, number_fragments
from digits.data.pen_digits import load_pendigits
from digits.data.printed_text import TEST_FONTS, fonts, print_text
from digits.data.splits import Split, combine, sample
from digits.data.strokes import Drawing, draw_randomly
from digits.errors import DataError
from digits.images.preprocessing import SIZE, to_digit_image

# What the bundled model was trained on besides MNIST.
COPIES = 5  # each pen drawing is written this often, each time in another hand
_SYNTHETIC = "synthetic handwriting"
_CUT = "digits cut out of numbers"
_CANDIDATES = "digits as the reader of numbers cuts them"
_NON_DIGITS = "non-digits"
_TRACED = "signs and letters of many alphabets"
_DOODLES = "random shapes put together"
_FRAGMENTS = "parts and pairs of digits"
_MIXED = "two digits as the reader of numbers cuts them"
MADE = {
    _SYNTHETIC: 30_000,
    _CUT: 8_000,
    _CANDIDATES: 10_000,
    _NON_DIGITS: 20_000,
    _TRACED: 14_000,
    _DOODLES: 8_000,
    _FRAGMENTS: 9_000,
    _MIXED: 4_000,
}
SYNTHETIC_VALIDATION = 1_000  # where there are no drawings to choose by

MEASURING_COPIES = 2
MEASURING_SEED = 2026  # of the drawings to measure on
NON_DIGIT = 10  # the label of an image that shows no digit
PRINTED_SHARE = 0.12  # of the synthetic digits: people also hold up printed ones


def drawn_digits(
    drawings: Sequence[Drawing], *, copies: int = 1, seed: int = 0, varied: bool = True
) -> Split:
    """Draw pen strokes at random places, sizes and brushes.

    Args:
        drawings: the strokes; each is drawn `copies` times.
        copies: how often each is drawn, each time differently.
        seed: of the hands, places, sizes and brushes.
        varied: write them in another hand (to train), or as they are (to measure).

    Returns:
        x: (len(drawings) * copies, 28, 28) float32 in [0, 1], y: their digits, uint8.
    """
    rng = np.random.default_rng(seed)

    def draw_all() -> Iterable[tuple[np.ndarray, int]]:
        for drawing in drawings:
            for _ in range(copies):
                if varied:
                    yield _in_another_hand(drawing.strokes, drawing.digit, rng), drawing.digit
                else:
                    yield draw_randomly(drawing.strokes, rng), drawing.digit

    return _collect(draw_all())


def synthetic_digits(count: int, *, seed: int = 0) -> Split:
    """Draw `count` digits in the forms of `digits.data.digit_forms`, some of them in print."""
    rng = np.random.default_rng(seed)
    names = [name for name in fonts() if name not in TEST_FONTS]

    def invent_all() -> Iterable[tuple[np.ndarray, int]]:
        for index in range(count):
            digit = index % 10
            if rng.random() < PRINTED_SHARE:
                yield print_text(str(digit), rng.choice(names), rng), digit
            else:
                yield _in_another_hand(synthetic_strokes(digit, rng), digit, rng), digit

    return _collect(invent_all())


def non_digits(count: int, *, kinds: Sequence[str] | None = None, seed: int = 0) -> Split:
    """Draw `count` non-digits, each kind equally often.

    Args:
        kinds: names from `digits.data.non_digits.kinds()`; those for training by default.

    Returns:
        x: (count, 28, 28) float32 in [0, 1], y: all `NON_DIGIT`.
    """
    rng = np.random.default_rng(seed)
    kinds = training_kinds() if kinds is None else kinds
    return _collect(
        (draw_non_digit(kinds[index % len(kinds)], rng), NON_DIGIT) for index in range(count)
    )


def _in_another_hand(
    strokes: Sequence[np.ndarray], digit: int, rng: np.random.Generator
) -> np.ndarray:
    """Ink of the strokes as somebody else might write them, still legible."""
    while True:
        ink = draw_randomly(vary(strokes, rng), rng)
        if digit == 1 or not is_bar(ink):
            return ink


def _collect(pictures: Iterable[tuple[np.ndarray, int]]) -> Split:
    made = ((to_digit_image(ink), label) for ink, label in pictures)
    return _split((image, label) for image, label in made if image is not None)


def _split(digit_images: Iterable[tuple[np.ndarray, int]]) -> Split:
    images, labels = [], []
    for image, label in digit_images:
        # Kept as bytes while they are collected: a quarter of the memory.
        images.append((image * 255).round().astype(np.uint8))
        labels.append(label)
    x = np.array(images, np.float32).reshape(-1, SIZE, SIZE) / 255
    return Split(x, np.array(labels, np.uint8))


class TrainingData(NamedTuple):
    """What a network is trained on and chosen by, in named parts."""

    parts: dict[str, Split]
    validation_parts: dict[str, Split]

    @property
    def train(self) -> Split:
        """All parts to train on, in their order; labels 0 to 10, 10 for a non-digit."""
        return combine(*self.parts.values())

    @property
    def validation(self) -> Split:
        """All parts to validate on, in their order; labels 0 to 9."""
        return combine(*self.validation_parts.values())

    @property
    def counts(self) -> dict[str, int]:
        """How many images each part to train on has."""
        return {name: len(part.y) for name, part in self.parts.items()}

    @property
    def validation_counts(self) -> dict[str, int]:
        """How many images each part to validate on has."""
        return {name: len(part.y) for name, part in self.validation_parts.items()}


def training_data(
    name: str = "mnist+pen", *, images: int | None = None, seed: int = 0
) -> TrainingData:
    """Make training and validation data by name.

    Args:
        name: "mnist"; "mnist+pen", all that the bundled model was trained on: MNIST, each image
            twice so that it remains most of the digits, pen digits, synthetic handwriting, digits
            cut out of numbers and non-digits; or "mnist+synthetic", the same without the pen
            digits.
        images: about how many to train on; all by default. Drawing all of them takes minutes.
        seed: of the sample and of every drawing.

    Raises:
        DataError: there are no data of that name, or they cannot be loaded.
    """
    if name not in CORPORA:
        raise DataError(f"there are no data {name!r}: choose {', '.join(CORPORA)}")
    mnist = load_mnist()
    if name == "mnist":
        chosen = sample(mnist.train, images, seed=seed) if images else mnist.train
        return TrainingData({"MNIST digits": chosen}, _validation_data(mnist, name, seed=seed))

    learning: list[Drawing] = []
    if name == "mnist+pen":
        learning = load_pendigits().drawings().train
    # In proportion, where MNIST is the bundled sample.
    whole = len(mnist.train.y) / 55_000
    made = {part: round(count * whole) for part, count in MADE.items()}
    total = 2 * len(mnist.train.y) + COPIES * len(learning) + sum(made.values())
    share = min(1.0, (images or total) / total)
    counts = {part: round(share * count) for part, count in made.items()}
    twice = combine(mnist.train, mnist.train)
    drawings = [drawing for drawing in learning for _ in range(COPIES)]
    if share < 1:
        twice = sample(twice, round(share * len(twice.y)), seed=seed)
        order = np.random.default_rng(seed).permutation(len(drawings))
        drawings = [drawings[i] for i in order[: round(share * len(drawings))]]
    parts = {"MNIST digits, each twice": twice}
    if name == "mnist+pen":
        hands = len({drawing.writer for drawing in learning})
        parts[f"pen digits of {hands} writers"] = drawn_digits(drawings, seed=seed)
    parts[_SYNTHETIC] = synthetic_digits(counts[_SYNTHETIC], seed=seed)
    parts[_CUT] = _collect(cut_digits(counts[_CUT], learning or None, seed=seed))
    parts[_CANDIDATES] = _split(candidate_digits(counts[_CANDIDATES], learning or None, seed=seed))
    parts[_NON_DIGITS] = non_digits(counts[_NON_DIGITS], seed=seed)
    parts[_TRACED] = non_digits(counts[_TRACED], kinds=(TRACED_SIGNS,), seed=seed)
    parts[_DOODLES] = non_digits(counts[_DOODLES], kinds=(DOODLES,), seed=seed)
    cut = number_fragments(counts[_FRAGMENTS], learning or None, seed=seed)
    parts[_FRAGMENTS] = _collect((ink, NON_DIGIT) for ink in cut)
    mixed = candidate_non_digits(counts[_MIXED], learning or None, seed=seed)
    parts[_MIXED] = _split((image, NON_DIGIT) for image in mixed)
    copies = 2 if share == 1 else 1
    return TrainingData(parts, _validation_data(mnist, name, copies=copies, seed=seed))


def validation_data(name: str = "mnist+pen", *, copies: int = 2, seed: int = 0) -> dict[str, Split]:
    """The named parts that `training_data` validates on; they take seconds to make.

    Args:
        name, seed: see `training_data`.
        copies: how often each drawing of the validation writers is drawn.

    Raises:
        DataError: they cannot be loaded.
    """
    return _validation_data(load_mnist(), name, copies=copies, seed=seed)


def _validation_data(
    mnist: Mnist, name: str, *, copies: int = 2, seed: int = 0
) -> dict[str, Split]:
    parts = {"MNIST validation digits": mnist.validation}
    if name == "mnist+pen":
        choosing = load_pendigits().drawings().validation
        drawn = drawn_digits(choosing, copies=copies, varied=False, seed=seed + 1)
        parts["pen digits of the validation writers"] = drawn
    if name == "mnist+synthetic":
        parts["synthetic validation digits"] = synthetic_digits(SYNTHETIC_VALIDATION, seed=seed + 1)
    return parts


def measuring_drawings(*, validation: bool) -> list[Drawing]:
    """The drawings of the validation writers, to choose by; or of the test writers, for the end.

    Raises:
        DataError: the pen digits cannot be loaded.
    """
    drawings = load_pendigits().drawings()
    return drawings.validation if validation else drawings.test


def drawn_to_measure(drawings: Sequence[Drawing]) -> Split:
    """Draw each drawing twice, at random places, sizes and brush widths, to measure on.

    They are the same for every model, so that every text gives the same figure for a model.
    """
    return drawn_digits([*drawings] * MEASURING_COPIES, varied=False, seed=MEASURING_SEED)
