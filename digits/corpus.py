"""What the network learns from besides MNIST: drawn digits, invented ones, and pictures of none.

Every picture is drawn as ink and goes through the same preprocessing as a visitor's drawing.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from digits.dataset import Split
from digits.nondigits import (
    REPORTING_FONTS,
    fonts,
    is_bar,
    make_nondigit,
    print_text,
    training_kinds,
)
from digits.pen import Drawing, draw_anyhow, vary
from digits.preprocessing import SIZE, to_digit_image
from digits.styles import invent_digit

VALIDATION_WRITERS = range(25, 31)  # of the 30 training writers; the other 24 are trained on
NO_DIGIT = 10  # the label of a picture that shows no digit
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
                    yield draw_anyhow(drawing.strokes, rng), drawing.digit

    return _collect(draw_all())


def invented_digits(count: int, *, seed: int = 0) -> Split:
    """Draw `count` digits in the forms of `digits.styles`, some of them in print."""
    rng = np.random.default_rng(seed)
    names = [name for name in fonts() if name not in REPORTING_FONTS]

    def invent_all() -> Iterable[tuple[np.ndarray, int]]:
        for index in range(count):
            digit = index % 10
            if rng.random() < PRINTED_SHARE:
                yield print_text(str(digit), rng.choice(names), rng), digit
            else:
                yield _in_another_hand(invent_digit(digit, rng), digit, rng), digit

    return _collect(invent_all())


def non_digits(count: int, *, kinds: Sequence[str] | None = None, seed: int = 0) -> Split:
    """Draw `count` pictures that are no digits, each kind as often as the others.

    Args:
        kinds: names from `digits.nondigits.kinds()`; those for training by default.

    Returns:
        x: (count, 28, 28) float32 in [0, 1], y: all `NO_DIGIT`.
    """
    rng = np.random.default_rng(seed)
    kinds = training_kinds() if kinds is None else kinds
    return _collect(
        (make_nondigit(kinds[index % len(kinds)], rng), NO_DIGIT) for index in range(count)
    )


def _in_another_hand(
    strokes: Sequence[np.ndarray], digit: int, rng: np.random.Generator
) -> np.ndarray:
    """Ink of the strokes as somebody else might write them, and could still read them."""
    while True:
        ink = draw_anyhow(vary(strokes, rng), rng)
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


def combine(*parts: Split) -> Split:
    """One split of all the parts, in their order."""
    return Split(
        np.concatenate([part.x for part in parts]), np.concatenate([part.y for part in parts])
    )


def sample(split: Split, count: int, *, seed: int = 0) -> Split:
    """Up to `count` images of a split, drawn at random without repeats."""
    count = min(count, len(split.y))
    chosen = np.random.default_rng(seed).choice(len(split.y), count, replace=False)
    return Split(split.x[chosen], split.y[chosen])
