"""Draws non-digit images, so that the network learns to decline them.

They are letters, drawn and printed, signs, scribbles, blobs, dots and several digits at once, all
synthetic; `digits.data.number_fragments` adds what is cut out of numbers by mistake. Letters that
look like a digit (O, I, l, S, Z, b, g, q and others) are left out: reading a single O as a zero is
no mistake. Some kinds are held out from training, to measure how well the network declines
out-of-distribution images.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from digits.data.digit_forms import parse_form, synthetic_strokes
from digits.data.handwriting import vary
from digits.data.non_digit_forms import LETTER_FORMS, SIGN_FORMS
from digits.data.printed_text import TEST_FONTS, fonts, print_text
from digits.data.strokes import draw, draw_randomly
from digits.images.canvas import CANVAS

# Held out from training: the first to choose thresholds and recipes by, the second to report on.
VALIDATION_KINDS = (
    "letter N", "letter n", "letter Y",
    "sign note", "sign boat", "sign hat", "sign bird",
)  # fmt: skip
TEST_KINDS = (
    "letter E", "letter K", "letter R", "letter h", "letter k",
    "sign house", "sign cat", "sign umbrella", "sign key", "sign bell", "sign glasses",
    "sign mushroom", "sign car",
)  # fmt: skip
# Letters and signs of many alphabets, as `assets.trace_signs` traced them.
TRACED_SIGNS = "traced sign"
DOODLES = "doodle"  # random shapes put together: what people draw is endless
# Kinds of drawn letters that nobody takes for a digit.
UNAMBIGUOUS_LETTERS = tuple(f"letter {letter}" for letter in "AEFHKMNRTWXYfhkmnwx")
PRINTED_LETTERS = "AEFHKMNRTWXYVfhkmnwxt&?#%@+=*"


def draw_non_digit(kind: str, rng: np.random.Generator) -> np.ndarray:
    """Draw one image of one of `kinds()`.

    Returns:
        Ink: (280, 280) float32 in [0, 1], 1 is ink.
    """
    while True:
        ink = _kinds()[kind](rng)
        if not is_bar(ink):
            return ink


def is_bar(ink: np.ndarray) -> bool:
    """Whether a drawing is only a tall filled bar, as a broad pen makes it: that would be a 1."""
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return box.shape[0] > 1.5 * box.shape[1] and box.mean() > 0.5


def kinds() -> tuple[str, ...]:
    """All kinds of non-digits, including those held out for validation and test."""
    return tuple(_kinds())


def training_kinds() -> tuple[str, ...]:
    """The kinds to train on: all but those held out."""
    return tuple(kind for kind in kinds() if kind not in VALIDATION_KINDS + TEST_KINDS)


@cache
def _kinds() -> dict[str, Callable[[np.random.Generator], np.ndarray]]:
    drawn = {f"letter {name}": forms for name, forms in LETTER_FORMS.items()}
    drawn |= {f"sign {name}": forms for name, forms in SIGN_FORMS.items()}
    makers = {kind: _from_forms(forms) for kind, forms in drawn.items()}
    return makers | {
        "printed letter": _printed,
        TRACED_SIGNS: _from_forms(_traced_forms()),
        DOODLES: _doodle,
        "scribble": _scribble,
        "zigzag": _zigzag,
        "dot": _dot,
        "blob": _blob,
        "two digits": _two_digits,
        "lines": _lines,
    }


def _from_forms(forms: tuple[str, ...]) -> Callable[[np.random.Generator], np.ndarray]:
    def make(rng: np.random.Generator) -> np.ndarray:
        form = forms[rng.integers(len(forms))]
        return draw_randomly(vary(parse_form(form), rng), rng)

    return make


def _traced_forms() -> tuple[str, ...]:
    file = Path(__file__).with_name("traced_signs.json")
    return tuple(json.loads(file.read_text(encoding="utf-8")).values())


def _printed(rng: np.random.Generator) -> np.ndarray:
    names = [name for name in fonts() if name not in TEST_FONTS]
    held_out = {kind[-1] for kind in VALIDATION_KINDS + TEST_KINDS if kind.startswith("letter")}
    letters = [letter for letter in PRINTED_LETTERS if letter not in held_out]
    return print_text(rng.choice(letters), rng.choice(names), rng)


def _scribble(rng: np.random.Generator) -> np.ndarray:
    """A wandering pen: a sum of sines plus a drift."""
    t = np.linspace(0, 1, int(rng.integers(60, 200)))[:, None]
    waves = int(rng.integers(3, 7))
    # At least two periods of each sine: a single arc could look like a digit.
    speed, phase = rng.uniform(12, 40, (waves, 2)), rng.uniform(0, 6.28, (waves, 2))
    strokes = sum(rng.normal(0, 1, 2) * np.sin(t * speed[i] + phase[i]) for i in range(waves))
    return draw_randomly([strokes + t * rng.normal(0, 2, 2)], rng)


def _doodle(rng: np.random.Generator) -> np.ndarray:
    """Three to six simple shapes, beside, above or within each other."""
    strokes: list[np.ndarray] = []
    # A corner or a wave that no digit has, so that circles and lines alone do not make one.
    chosen = [rng.integers(4), *rng.integers(len(_DOODLE_SHAPES), size=rng.integers(2, 6))]
    for shape in (_DOODLE_SHAPES[index] for index in chosen):
        size = np.exp(rng.normal(-0.7, 0.4)) * np.exp(rng.normal(0, 0.35, 2))
        turn = rng.choice((0, rng.uniform(0, 6.28)))
        cos, sin = np.cos(turn), np.sin(turn)
        stroke = shape(rng) * size @ np.array([[cos, sin], [-sin, cos]])
        if strokes:  # from anywhere on what is there already, or in the middle of it
            drawn = np.concatenate(strokes)
            start = drawn[rng.integers(len(drawn))] if rng.random() < 0.75 else drawn.mean(0)
            stroke = stroke - (stroke[rng.integers(len(stroke))] if rng.random() < 0.6 else 0)
            stroke = stroke + start
        strokes.append(stroke)
        if rng.random() < 0.3:  # a second one, as wheels, eyes and ears come in pairs
            low, high = strokes[-1].min(0), strokes[-1].max(0)
            apart = (high - low) * rng.uniform(1.0, 2.0) + 0.05
            strokes.append(stroke + apart * ((1, 0) if rng.random() < 0.7 else (0, 1)))
    return draw_randomly(vary(strokes, rng, 0.7), rng)


def _polygon(rng: np.random.Generator) -> np.ndarray:
    """A closed outline of three to six corners, regular or not."""
    corners = int(rng.integers(3, 7))
    angle = np.arange(corners) * 6.28 / corners
    radius = rng.uniform(0.6, 1, corners) if rng.random() < 0.5 else np.ones(corners)
    points = np.stack([np.cos(angle), np.sin(angle)], 1) * radius[:, None]
    return _dense(np.concatenate([points, points[:1]]))


def _box(rng: np.random.Generator) -> np.ndarray:
    return _dense(np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1.0)]))


def _wave(rng: np.random.Generator) -> np.ndarray:
    """A row of arcs or teeth."""
    t = np.linspace(0, 1, 60)
    turns = rng.uniform(2, 4) * 6.28 * t
    high = np.sin(turns) if rng.random() < 0.4 else np.abs(np.sin(turns / 2)) * 2
    return np.stack([2 * t - 1, -0.3 * high], 1)


def _star(rng: np.random.Generator) -> np.ndarray:
    points = int(rng.integers(4, 8))
    angle = np.arange(2 * points + 1) * 3.1416 / points
    radius = np.where(np.arange(2 * points + 1) % 2, rng.uniform(0.3, 0.6), 1.0)
    return _dense(np.stack([np.cos(angle), np.sin(angle)], 1) * radius[:, None])


def _circle(rng: np.random.Generator) -> np.ndarray:
    """A circle, or a part of one."""
    start, length = rng.uniform(0, 6.28), 6.28 if rng.random() < 0.5 else rng.uniform(2, 6)
    angle = np.linspace(start, start + length, 40)
    return np.stack([np.cos(angle), np.sin(angle)], 1)


def _line(rng: np.random.Generator) -> np.ndarray:
    return np.stack([np.linspace(-1, 1, 16), np.zeros(16)], 1)


def _spiral(rng: np.random.Generator) -> np.ndarray:
    t = np.linspace(0.1, 1, 60)
    turns = rng.uniform(1.5, 3) * 6.28 * t
    return np.stack([np.cos(turns), np.sin(turns)], 1) * t[:, None]


_DOODLE_SHAPES = (_polygon, _box, _wave, _star, _circle, _line, _circle, _line, _spiral)


def _dense(corners: np.ndarray) -> np.ndarray:
    """Points along the straight lines between corners."""
    parts = [np.linspace(a, b, 8) for a, b in zip(corners[:-1], corners[1:], strict=True)]
    return np.concatenate(parts)


def _zigzag(rng: np.random.Generator) -> np.ndarray:
    teeth = int(rng.integers(5, 14))
    # Not narrow: a broad pen would fill it, and a filled bar looks like a 1.
    x = np.linspace(0, rng.uniform(1, 2.5), teeth) + rng.normal(0, 0.03, teeth)
    y = np.where(np.arange(teeth) % 2, 0.0, 1.0) + rng.normal(0, 0.1, teeth)
    return draw_randomly(vary([np.stack([x, y], 1)], rng, 1.5), rng)


def _dot(rng: np.random.Generator) -> np.ndarray:
    count = int(rng.choice((1, 1, 2, 3)))
    dots = [rng.uniform(0, 1, (1, 2)) for _ in range(count)]
    size = rng.uniform(0.06, 0.12) if count == 1 else rng.uniform(0.2, 0.6)
    return draw(dots, size=size, brush=rng.uniform(10, 26), centre=tuple(rng.uniform(0, 1, 2)))


def _blob(rng: np.random.Generator) -> np.ndarray:
    """A filled disc or polygon, never a narrow one, as a thick bar looks like a 1."""
    corners = int(rng.integers(3, 14)) if rng.random() < 0.5 else 40
    angle = np.arange(corners) * 6.28 / corners + rng.uniform(0, 4 / corners, corners)
    radius = rng.uniform(0.75, 1, corners) if rng.random() < 0.5 else np.ones(corners)
    reach = rng.uniform(30, 130) * np.exp(rng.normal(0, 0.1, 2))
    outline = np.stack([np.cos(angle), np.sin(angle)], 1) * radius[:, None] * reach + CANVAS / 2
    image = Image.new("L", (CANVAS, CANVAS))
    ImageDraw.Draw(image).polygon([tuple(point) for point in outline], fill=255)
    return np.asarray(image, np.float32) / 255


def _two_digits(rng: np.random.Generator) -> np.ndarray:
    """Two or three digits side by side."""
    strokes, x = [], 0.0
    for _ in range(int(rng.choice((2, 2, 2, 3)))):
        digit = vary(synthetic_strokes(int(rng.integers(10)), rng), rng, 0.7)
        left = min(stroke[:, 0].min() for stroke in digit)
        right = max(stroke[:, 0].max() for stroke in digit)
        lift = rng.normal(0, 0.6)
        strokes += [stroke + (x - left, lift) for stroke in digit]
        x += right - left + rng.uniform(0.8, 3)
    return draw(strokes, size=rng.uniform(0.5, 0.9), brush=rng.uniform(8, 20))


def _lines(rng: np.random.Generator) -> np.ndarray:
    """Three to six long straight lines; two could look like a 1 or a 7."""
    count = int(rng.integers(3, 7))
    ends = rng.uniform(0, 1, (count, 2, 2))
    return draw_randomly([np.linspace(a, b, 8) for a, b in ends], rng)
