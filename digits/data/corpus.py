"""What the network learns from besides MNIST: drawn digits, invented ones, and pictures of none.

Every picture is drawn as ink and goes through the same preprocessing as a visitor's drawing.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from digits.data.digit_forms import synthetic_strokes
from digits.data.handwriting import vary
from digits.data.mnist import load_mnist
from digits.data.non_digits import draw_non_digit, is_bar, training_kinds
from digits.data.pen_digits import VALIDATION_WRITERS as VALIDATION_WRITERS
from digits.data.pen_digits import load_pendigits
from digits.data.printed_text import TEST_FONTS, fonts, print_text
from digits.data.splits import Split, combine, sample
from digits.data.strokes import Drawing, draw_randomly
from digits.errors import DataError
from digits.images.preprocessing import SIZE, to_digit_image

# What the shipped model learns from, besides MNIST.
COPIES = 5  # each pen drawing is written so often, each time in another hand
INVENTED = 24_000
NON_DIGITS = 16_000

NON_DIGIT = 10  # the label of a picture that shows no digit
PRINTED_SHARE = 0.12  # of the invented digits: people also hold up printed ones


def drawn_digits(
    drawings: Sequence[Drawing], *, copies: int = 1, seed: int = 0, varied: bool = True
) -> Split:
    """Draw pen strokes at random places, sizes and brushes.

    Args:
        drawings: the strokes; each is drawn `copies` times.
        varied: write them again in another hand (for training), or as they are (to measure).

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
    """Draw `count` pictures that are no digits, each kind as often as the others.

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
    """Ink of the strokes as somebody else might write them, and could still read them."""
    while True:
        ink = draw_randomly(vary(strokes, rng), rng)
        if digit == 1 or not is_bar(ink):
            return ink


def _collect(pictures: Iterable[tuple[np.ndarray, int]]) -> Split:
    images, labels = [], []
    for ink, label in pictures:
        image = to_digit_image(ink)
        if image is not None:
            # Kept as bytes while they are collected: a quarter of the memory.
            images.append((image * 255).round().astype(np.uint8))
            labels.append(label)
    x = np.array(images, np.float32).reshape(-1, SIZE, SIZE) / 255
    return Split(x, np.array(labels, np.uint8))


def measuring_drawings(*, validation: bool) -> list[Drawing]:
    """The drawings of the validation writers, to choose by; or of the test writers, for the end.

    Raises:
        DataError: the pen digits cannot be had.
    """
    drawings = load_pendigits().drawings()
    return drawings.validation if validation else drawings.test


def training_data(
    name: str = "mnist+pen", *, images: int | None = None, seed: int = 0
) -> tuple[Split, Split]:
    """Training and validation data by name.

    Args:
        name: "mnist"; or "mnist+pen", all that the shipped model learns from: MNIST, taken twice
            so that it stays the larger half, pen digits, invented ones and pictures of none.
        images: about how many to train on; all by default. Drawing all takes minutes.

    Returns:
        The training part, whose labels go to 10, no digit; and the validation part.

    Raises:
        DataError: there are no data of that name, or they cannot be had.
    """
    if name not in ("mnist", "mnist+pen"):
        raise DataError(f"there are no data {name!r}: choose mnist or mnist+pen")
    mnist = load_mnist()
    if name == "mnist":
        return sample(mnist.train, images or len(mnist.train.y), seed=seed), mnist.validation
    learning, choosing, _ = load_pendigits().drawings()
    learning = learning * COPIES
    total = 2 * len(mnist.train.y) + len(learning) + INVENTED + NON_DIGITS
    share = min(1, (images or total) / total)
    if share < 1:
        chosen = np.random.default_rng(seed).permutation(len(learning))
        learning = [learning[i] for i in chosen[: round(share * len(learning))]]
    train = combine(
        sample(combine(mnist.train, mnist.train), round(2 * share * len(mnist.train.y)), seed=seed),
        drawn_digits(learning, seed=seed),
        synthetic_digits(round(share * INVENTED), seed=seed),
        non_digits(round(share * NON_DIGITS), seed=seed),
    )
    drawn = drawn_digits(choosing, copies=2 if share == 1 else 1, varied=False, seed=seed + 1)
    return train, combine(mnist.validation, drawn)
