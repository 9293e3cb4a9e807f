"""Pictures that are no digits, so that the network can learn to say so.

Letters drawn and printed, signs, scribbles, blobs, dots and two digits at once; all made here.
Letters that could pass for a digit (O, I, l, S, Z, b, g, q and their like) are left out: to call
a lone O a zero is no mistake. Some kinds are never trained on, so that a test on them tells how
well the network declines what it has not met.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digits.pen import CANVAS, draw, draw_anyhow, vary
from digits.styles import invent_digit, parse_form

# The same notation as in `digits.styles`: strokes parted by |, x,y points, ! for a corner.
LETTER_FORMS = {
    "A": ("0,10 3,0! 6,10 | 1,6.5 5,6.5", "0,10 1,3 3,0 5,3 6,10 | .5,6 5.5,6"),
    "E": ("6,0 0,0! 0,10! 6,10 | 0,5 4.5,5", "0,0 0,10 | 0,0 6,0 | 0,5 5,5 | 0,10 6,10"),
    "F": ("6,0 0,0! 0,10 | 0,5 4.5,5", "1,0 1,10 | 1,0 6,0 | 1,4.5 5,4.5"),
    "H": ("0,0 0,10 | 6,0 6,10 | 0,5 6,5",),
    "K": ("0,0 0,10 | 6,0 0,5.5! 6,10", "0,0 0,10 | 5.5,0 .3,5.5 | 2,4.5 6,10"),
    "M": (
        "0,10 0,0! 3,6! 6,0! 6,10",
        "0,10 1,0! 3.5,7! 6,0! 7,10",
        "0,10 1,1 2,1 3.5,7! 5,1 6,1 7,10",
    ),
    "N": ("0,10 0,0! 6,10! 6,0", "0,10 .5,1 1.2,1 5,9.5 5.8,9 6,0"),
    "R": ("0,10 0,0! 4,0 5.6,2.5 4,5 0,5! 6,10", "0,0 0,10 | 0,.5 4,0 5,3 0,5! 2,5 6,10"),
    "T": ("0,0 6,0 | 3,0 3,10", "-.5,.3 6.5,0 | 3,.2 2.8,10"),
    "W": ("0,0 1.5,10! 3.5,3! 5.5,10! 7,0", "0,0 1,8 2.5,9 3.5,4! 4.5,9 6,8 7,0"),
    "X": ("0,0 6,10 | 6,0 0,10",),
    "Y": ("0,0 3,5! 3,10 | 6,0 3,5", "0,0 3,5! 6,0 | 3,5 3,10"),
    "V": ("0,0 3,10! 6,0",),
    "f": ("5,.5 3.5,0 2.5,2 2.5,10 | .5,4 5,4", "5,1 4,0 2.6,2 2.4,8 1.6,10 | .6,4.5 5,4"),
    "h": ("0,0 0,10! .3,6 3,4 5,6 5,10", "1,0 .4,10! 1.5,5.5 4,4.5 4.6,7 4.6,9.5 6,9.5"),
    "k": ("0,0 0,10 | 4.5,3.5 0,7! 5,10", "1,0 .5,10 | .6,7 3.5,4 4,5.5 1,7! 5,10"),
    "m": ("0,4 0,10! .2,6 1.8,4 3,6 3,10! 3.2,6 4.8,4 6,6 6,10",),
    "n": ("0,4 0,10! .3,6 3,4 5,6 5,10", "0,4.5 .6,10! 1.4,5.5 3.5,4 4.6,6 4.8,9.6 6,9.4"),
    "w": ("0,4 1.5,10! 3,5! 4.5,10! 6,4", "0,4 .4,9 2.2,9.4 3,5! 3.6,9.4 5.6,9 6,4"),
    "x": ("0,4 5,10 | 5,4 0,10",),
    "t": ("2.5,0 2.5,8.5 3.6,10 5,9 | .5,3.5 5,3.5",),
}
SIGN_FORMS = {
    "plus": ("3,2 3,8 | 0,5 6,5",),
    "hash": ("2,0 1.5,10 | 4.5,0 4,10 | 0,3 6,3 | 0,7 6,7",),
    "arrow": ("0,5 8,5 | 5,2 8,5! 5,8", "8,5 0,5 | 3,2 0,5! 3,8"),
    "down arrow": ("3,0 3,9 | 0,6 3,9! 6,6",),
    "tick": ("0,6 2.5,9.5! 8,0",),
    "star": ("1,10 4,0! 7,10! 0,3.8! 8,3.8! 1,10",),
    "triangle": ("0,9 4,1! 8,9! 0,9",),
    "square": ("0,0 0,8! 8,8! 8,0! 0,0",),
    "dash": ("0,5 8,5", "0,5 2,4 4,6 6,4 8,5"),
    "smiley": (
        "4,0 1,1 0,4 1,7 4,8 7,7 8,4 7,1 4,0 | 2.8,2.6 2.8,3.2 | 5.2,2.6 5.2,3.2 | 2,5 4,6.4 6,5",
        "2,0 2,1.5 | 5,0 5,1.5 | 0,4 1.5,6 3.5,6.6 5.5,6 7,4",
    ),
    "question": ("0,2 1,.4 3,0 5,1.4 4.6,3.6 3,5.4 3,7 | 3,9.6 3,10",),
    "percent": ("6,0 0,10 | 1,1 0,2 1,3 2,2 1,1 | 5,7 4,8 5,9 6,8 5,7",),
    "note": ("1,8 0,9 1,10 2,9 1,8 | 2,9 2,0! 6,1! 6,3",),
    "asterisk": ("4,0 4,8 | .5,2 7.5,6 | 7.5,2 .5,6",),
    "flower": ("4,3 2,0 4,-1 6,0 4,3 7,2 8,4 7,6 4,3 5,6 4,8 2,6 4,3 1,5 0,3 1,1 4,3 | 4,8 4,14",),
    "grid": ("0,0 0,8 | 3,0 3,8 | 6,0 6,8 | 0,0 6,0 | 0,4 6,4 | 0,8 6,8",),
    "fish": ("0,4 3,1.4 6,1.6 8.4,4 6,6.4 3,6.6 0,4! -2,1.6! -2,6.4! 0,4 | 6.6,3.4 6.6,3.7",),
    "tree": ("4,0 1,4! 3,4! 0,8! 8,8! 5,4! 7,4! 4,0 | 4,8 4,11",),
    "sun": (
        "4,2 2.4,2.6 2,4 2.6,5.6 4,6 5.6,5.4 6,4 5.4,2.6 4,2 | 4,1 4,-.6 | 4,7 4,8.6 | 1,4 -.6,4"
        " | 7,4 8.6,4 | 1.8,1.8 .8,.8 | 6.2,1.8 7.2,.8 | 1.8,6.2 .8,7.2 | 6.2,6.2 7.2,7.2",
    ),
    "cloud": ("1,6 0,4.6 1,3.2 2.2,3.4 3,1.6 5,1.4 6,3 7.6,3 8.4,4.6 7.4,6 1,6",),
    "flag": ("0,0 0,10 | 0,.4 6,1! 5,2.6! 6,4.4! 0,4.4",),
    "cup": ("0,1 .6,8! 5.4,8! 6,1! 0,1 | 6,2.4 8,2.6 7.8,5.4 5.6,5.8",),
    "boat": ("0,6 1.6,8.6! 6.6,8.6! 8.4,6! 0,6 | 4,6 4,0! 7,4.6! 4,4.8",),
    "person": (
        "4,0 3,.8 3.2,2 4,2.4 4.8,2 5,.8 4,0 | 4,2.4 4,6.4 | 1.6,4 6.4,4 | 2,9.6 4,6.4! 6,9.6",
    ),
    "envelope": ("0,0 8,0! 8,5.4! 0,5.4! 0,0 | 0,0 4,3! 8,0",),
    "pi": ("0,1 1,.2 7,.2 | 2.2,.4 1.6,7.6 | 5,.4 5,6.4 6.4,7.6",),
    "ladder": ("0,0 0,10 | 4,0 4,10 | 0,2 4,2 | 0,4 4,4 | 0,6 4,6 | 0,8 4,8",),
    "heart": ("4,8 .6,4.4 .4,1.6 2,.2 4,2! 6,.2 7.6,1.6 7.4,4.4 4,8",),
    "spiral": (
        "4,4 5,4 5,5.2 3.4,5.4 2.8,3.6 4.4,2.4 6.4,3.4 6.2,6 4,7.2 1.4,5.8 1.4,2.4 4,.6 7.6,1.6",
    ),
    "house": ("0,10 0,4! 4,0! 8,4! 8,10! 0,10 | 3,10 3,6! 5,6! 5,10",),
    "cat": (
        "4,2 1,2.6 0,5 1,8 4,9 7,8 8,5 7,2.6 4,2 | 1,3 .6,0! 3,2 | 7,3 7.4,0! 5,2"
        " | 3,5 3,5.4 | 5,5 5,5.4",
    ),
}
# Never trained on. The first are for choosing (thresholds, recipes), the second for reporting.
CHOOSING_KINDS = ("letter N", "letter n", "letter Y", "sign star", "sign note")
REPORTING_KINDS = (
    "letter E", "letter K", "letter R", "letter h", "letter k",
    "sign heart", "sign spiral", "sign house", "sign cat",
)  # fmt: skip
REPORTING_FONTS = ("DejaVuSerif", "cmtt10")
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


@cache
def fonts() -> dict[str, Path]:
    """The text fonts that come with Matplotlib, by name."""
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    signs = (
        "cmex",
        "cmsy",
        "cmmi",
        "STIXSiz",
        "STIXNonUni",
        "LastResort",
        "DejaVuSansDisplay",
        "DejaVuSerifDisplay",
    )
    return {
        file.stem: file for file in sorted(folder.glob("*.ttf")) if not file.stem.startswith(signs)
    }


def print_text(text: str, font: str, rng: np.random.Generator) -> np.ndarray:
    """Print text in one of `fonts()`, a little turned: ink, (280, 280) float32 in [0, 1]."""
    image = Image.new("L", (CANVAS, CANVAS))
    size = int(rng.uniform(90, 220))
    ImageDraw.Draw(image).text(
        (CANVAS / 2, CANVAS / 2), text, 255, ImageFont.truetype(str(fonts()[font]), size), "mm"
    )
    return np.asarray(image.rotate(rng.normal(0, 5), Image.Resampling.BILINEAR), np.float32) / 255


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
