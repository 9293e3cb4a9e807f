"""Pictures that are no digits, so that the network can learn to say so.

Letters drawn and printed, signs, scribbles, blobs, dots and two digits at once; all made here.
Letters that could pass for a digit (O, I, l, S, Z, b, g, q and their like) are left out: to call
a lone O a zero is no mistake. Some kinds are never trained on, so that a test on them tells how
well the network declines what it has not met.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from digits.data.digit_forms import invent_digit, parse_form
from digits.data.handwriting import vary
from digits.data.non_digit_forms import LETTER_FORMS, SIGN_FORMS
from digits.data.printed_text import REPORTING_FONTS, fonts, print_text
from digits.data.strokes import draw, draw_anyhow
from digits.images.canvas import CANVAS

# Never trained on. The first are for choosing (thresholds, recipes), the second for reporting.
CHOOSING_KINDS = ("letter N", "letter n", "letter Y", "sign star", "sign note")
REPORTING_KINDS = (
    "letter E", "letter K", "letter R", "letter h", "letter k",
    "sign heart", "sign spiral", "sign house", "sign cat",
)  # fmt: skip
LETTERS_LIKE_NO_DIGIT = tuple(f"letter {letter}" for letter in "AEFHKMNRTWXYfhkmnwx")
PRINTED_LETTERS = "AEFHKMNRTWXYVfhkmnwxt&?#%@+=*"


def make_nondigit(kind: str, rng: np.random.Generator) -> np.ndarray:
    """Draw one picture of a kind of `kinds()`.

    Returns:
        Ink: (280, 280) float32 in [0, 1], 1 is ink.
    """
    while True:
        ink = _kinds()[kind](rng)
        if not is_bar(ink):
            return ink


def is_bar(ink: np.ndarray) -> bool:
    """Whether a broad pen has filled a drawing and left a tall bar: that is a 1, or nothing."""
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return box.shape[0] > 1.5 * box.shape[1] and box.mean() > 0.5


def kinds() -> tuple[str, ...]:
    """Every kind of non-digit there is, the ones for choosing and reporting among them."""
    return tuple(_kinds())


def training_kinds() -> tuple[str, ...]:
    """The kinds to train on."""
    return tuple(kind for kind in kinds() if kind not in CHOOSING_KINDS + REPORTING_KINDS)


@cache
def _kinds() -> dict[str, Callable[[np.random.Generator], np.ndarray]]:
    drawn = {f"letter {name}": forms for name, forms in LETTER_FORMS.items()}
    drawn |= {f"sign {name}": forms for name, forms in SIGN_FORMS.items()}
    makers = {kind: _from_forms(forms) for kind, forms in drawn.items()}
    return makers | {
        "printed letter": _printed,
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
        return draw_anyhow(vary(parse_form(form), rng), rng)

    return make


def _printed(rng: np.random.Generator) -> np.ndarray:
    names = [name for name in fonts() if name not in REPORTING_FONTS]
    reported = {kind[-1] for kind in CHOOSING_KINDS + REPORTING_KINDS if kind.startswith("letter")}
    letters = [letter for letter in PRINTED_LETTERS if letter not in reported]
    return print_text(rng.choice(letters), rng.choice(names), rng)


def _scribble(rng: np.random.Generator) -> np.ndarray:
    """A pen wandering about: a few sines of any frequency, laid over a drift."""
    t = np.linspace(0, 1, int(rng.integers(60, 200)))[:, None]
    waves = int(rng.integers(3, 7))
    # At least two turns of each sine: an arc alone could pass for a digit.
    speed, phase = rng.uniform(12, 40, (waves, 2)), rng.uniform(0, 6.28, (waves, 2))
    strokes = sum(rng.normal(0, 1, 2) * np.sin(t * speed[i] + phase[i]) for i in range(waves))
    return draw_anyhow([strokes + t * rng.normal(0, 2, 2)], rng)


def _zigzag(rng: np.random.Generator) -> np.ndarray:
    teeth = int(rng.integers(5, 14))
    # Not narrow: a broad pen would fill it, and a filled bar is a 1.
    x = np.linspace(0, rng.uniform(1, 2.5), teeth) + rng.normal(0, 0.03, teeth)
    y = np.where(np.arange(teeth) % 2, 0.0, 1.0) + rng.normal(0, 0.1, teeth)
    return draw_anyhow(vary([np.stack([x, y], 1)], rng, 1.5), rng)


def _dot(rng: np.random.Generator) -> np.ndarray:
    count = int(rng.choice((1, 1, 2, 3)))
    dots = [rng.uniform(0, 1, (1, 2)) for _ in range(count)]
    size = rng.uniform(0.06, 0.12) if count == 1 else rng.uniform(0.2, 0.6)
    return draw(dots, size=size, brush=rng.uniform(10, 26), centre=tuple(rng.uniform(0, 1, 2)))


def _blob(rng: np.random.Generator) -> np.ndarray:
    """A filled round or cornered patch, never a narrow one: a thick bar is a 1."""
    corners = int(rng.integers(3, 14)) if rng.random() < 0.5 else 40
    angle = np.arange(corners) * 6.28 / corners + rng.uniform(0, 4 / corners, corners)
    radius = rng.uniform(0.75, 1, corners) if rng.random() < 0.5 else np.ones(corners)
    reach = rng.uniform(30, 130) * np.exp(rng.normal(0, 0.1, 2))
    outline = np.stack([np.cos(angle), np.sin(angle)], 1) * radius[:, None] * reach + CANVAS / 2
    image = Image.new("L", (CANVAS, CANVAS))
    ImageDraw.Draw(image).polygon([tuple(point) for point in outline], fill=255)
    return np.asarray(image, np.float32) / 255


def _two_digits(rng: np.random.Generator) -> np.ndarray:
    """Two or three digits beside each other."""
    strokes, x = [], 0.0
    for _ in range(int(rng.choice((2, 2, 2, 3)))):
        digit = vary(invent_digit(int(rng.integers(10)), rng), rng, 0.7)
        left = min(stroke[:, 0].min() for stroke in digit)
        right = max(stroke[:, 0].max() for stroke in digit)
        lift = rng.normal(0, 0.6)
        strokes += [stroke + (x - left, lift) for stroke in digit]
        x += right - left + rng.uniform(0.8, 3)
    return draw(strokes, size=rng.uniform(0.5, 0.9), brush=rng.uniform(8, 20))


def _lines(rng: np.random.Generator) -> np.ndarray:
    """Three to six long straight lines, crossing or side by side; of two, a 1 or a 7 could be."""
    count = int(rng.integers(3, 7))
    ends = rng.uniform(0, 1, (count, 2, 2))
    return draw_anyhow([np.linspace(a, b, 8) for a, b in ends], rng)
