"""Draws what a reader of numbers cuts out by mistake: parts of digits, pairs, one and a half.

A network that is trained to decline them can judge where one digit of a number ends and the next
begins. `cut_digits` draws the counterpart: single digits as the right cut leaves them, with a
little of themselves missing or a little of the neighbour still there.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from PIL import Image

from digits.data.numbers import compose, draw_digits, of_one_hand
from digits.data.strokes import Drawing, by_writer
from digits.images.canvas import CANVAS

# Parts of digits that are digits themselves: the right half of a 9 is a 1, that of an 8 a 3.
LEFT_PARTS = (0, 2, 3, 4, 5, 6, 8, 9)
RIGHT_PARTS = (0, 2, 4, 5, 6)
STRAIGHT = 0.2  # spread across by spread along: a part as straight as this could be a 1
HEIGHT = 110  # pixels: of the digits from which fragments are cut
PRESSED = (0.1, 0.95)  # touching digits are pressed into each other, for harder cuts
KINDS = ("part", "pair", "one and a half")


def number_fragments(
    count: int, drawings: Sequence[Drawing] | None = None, *, seed: int = 0
) -> Iterator[np.ndarray]:
    """Draw parts of cut digits, joined pairs and one and a half digits, each equally often.

    Args:
        count: how many.
        drawings: digits of any writers, of whose numbers half of the fragments are cut; the other
            half, or by default all, are cut from invented handwriting.
        seed: of everything.

    Yields:
        Ink: (280, 280) float32 in [0, 1], 1 is ink; no digit.
    """
    rng = np.random.default_rng(seed)
    hands = by_writer(drawings or ())
    for index in range(count):
        fragment = None
        while fragment is None:
            left, right, digits = _neighbours(hands, rng)
            fragment = _fragment(KINDS[index % len(KINDS)], left, right, digits, rng)
        yield _on_canvas(fragment, rng)


def cut_digits(
    count: int, drawings: Sequence[Drawing] | None = None, *, seed: int = 0
) -> Iterator[tuple[np.ndarray, int]]:
    """Draw digits as they are cut from a number: (ink, digit); arguments as for `number_fragments`.

    At most a tenth of a digit is missing, and at most a twelfth of its ink is its neighbour's.

    Yields:
        Ink: (280, 280) float32 in [0, 1], 1 is ink; and the digit, 0 to 9.
    """
    rng = np.random.default_rng(seed)
    hands = by_writer(drawings or ())
    made = 0
    while made < count:
        left, right, digits = _neighbours(hands, rng)
        own, other = (left, right) if rng.random() < 0.5 else (right, left)
        digit = digits[0] if own is left else digits[1]
        cut = _cut_between(left, right, rng)
        side = cut if own is left else 1 - cut
        kept = np.maximum(own, other) * side
        missing = 1 - (own * side).sum() / own.sum()
        foreign = (np.clip(other - own, 0, 1) * side).sum() / own.sum()
        if missing < 0.1 and foreign < 1 / 12:
            made += 1
            yield _on_canvas(kept, rng), digit


def _neighbours(
    hands: list[list[Drawing]], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """Two digits side by side, most of them touching: the ink of each, and which they are."""
    pair = of_one_hand(hands, 2, rng)
    number = compose(pair, rng, touching=0.6, overlapping=0.2, touch=PRESSED)
    left, right = draw_digits(number, HEIGHT)
    return left, right, (number.digits[0], number.digits[1])


def _fragment(
    kind: str,
    left: np.ndarray,
    right: np.ndarray,
    digits: tuple[int, int],
    rng: np.random.Generator,
) -> np.ndarray | None:
    """Cut a fragment out of two neighbours; None where it could be taken for a digit."""
    if kind == "pair":
        return np.maximum(left, right)
    of_left = bool(rng.random() < 0.5)  # whose part it is: the right part of the left digit
    digit, ink = (digits[0], left) if of_left else (digits[1], right)
    if digit not in (RIGHT_PARTS if of_left else LEFT_PARTS):
        return None
    columns = np.flatnonzero(ink.any(0))
    # More than half of a digit could still be read as that digit.
    share = rng.uniform(0.25, 0.5) if kind == "part" else rng.uniform(0.35, 0.65)
    at = columns[0] + (1 - share if of_left else share) * (columns[-1] - columns[0])
    side = _side_of(ink.shape, at, rng)
    part = ink * (1 - side if of_left else side)
    if part.sum() < 0.2 * ink.sum() or _is_straight(part):
        return None
    if kind == "part":
        return part
    whole = right if of_left else left
    return np.maximum(part, whole) if part.sum() > 0.25 * whole.sum() else None


def _side_of(shape: tuple[int, int], at: float, rng: np.random.Generator) -> np.ndarray:
    """1 on the left of a nearly upright cut through column `at`, 0 on its right."""
    rows = np.arange(shape[0]) - shape[0] / 2
    edge = (
        at + rng.normal(0, 0.12) * rows + rng.normal(0, 3) * np.sin(rows / 20 + rng.uniform(0, 6))
    )
    return (np.arange(shape[1]) < edge[:, None]).astype(np.float32)


def _cut_between(left: np.ndarray, right: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """1 on the left of a cut along the middle between two digits, 0 on its right."""
    end = left.shape[1] - 1 - (left[:, ::-1] > 0).argmax(1)
    start = (right > 0).argmax(1)
    both = np.flatnonzero(left.any(1) & right.any(1))
    if not both.size:  # one is all above the other
        both = np.arange(len(left))
        end = start = np.full(len(left), (np.flatnonzero(left.any(0))[-1] + start.max()) / 2)
    edge = np.interp(np.arange(len(left)), both, ((end + start) / 2)[both]).astype(np.float32)
    edge = cv2.GaussianBlur(edge[:, None], (1, 0), 0, sigmaY=rng.uniform(2, 25)).reshape(-1, 1)
    return (np.arange(left.shape[1]) < edge + rng.normal(0, 3)).astype(np.float32)


def _is_straight(ink: np.ndarray) -> bool:
    """Whether ink is one nearly straight line, as a 1 is."""
    rows, columns = np.nonzero(ink > 0.5)
    if len(rows) < 10:
        return True
    spread = np.linalg.eigvalsh(np.cov(np.stack([rows, columns]).astype(float)))
    return bool(np.sqrt(spread[0] / spread[1]) < STRAIGHT)


def _on_canvas(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The ink, cropped, at a random size and place on a canvas."""
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    cropped = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = rng.uniform(0.35, 0.9) * CANVAS / max(cropped.shape)
    height, width = (max(1, min(CANVAS, round(side * scale))) for side in cropped.shape)
    fitted = np.asarray(Image.fromarray(cropped).resize((width, height), Image.Resampling.BILINEAR))
    top, left = rng.integers(CANVAS - height + 1), rng.integers(CANVAS - width + 1)
    canvas = np.zeros((CANVAS, CANVAS), np.float32)
    canvas[top : top + height, left : left + width] = fitted.clip(0, 1)
    return canvas
