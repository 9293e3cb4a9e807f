"""Generates the sample pictures in this folder and the page's icons: `make assets`."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.non_digit_forms import LETTER_FORMS
from digits.data.strokes import draw
from digits.page import pwa

HERE = Path(__file__).resolve().parent
SAMPLES = {"seven.png": DIGIT_FORMS[7][1], "not-a-digit.png": LETTER_FORMS["M"][2]}
SEVEN = "0,1 1.2,.5 3.5,.4 6,0! 4.6,3 3.2,6.4 2.4,10 | 1,5.4 3,4.9 5.4,4.8"  # a curved, crossed 7
INDIGO, DEEP_INDIGO = (99, 102, 241), (67, 56, 202)  # the page's primary colour, shades 500 and 700


def write_samples() -> None:
    """Draw the sample pictures, black on white, 280×280."""
    for name, form in SAMPLES.items():
        ink = draw(parse_form(form), size=0.62, brush=18)
        picture = Image.fromarray((255 * (1 - ink)).astype(np.uint8))
        picture.filter(ImageFilter.GaussianBlur(0.8)).save(HERE / name, optimize=True)


def write_icons() -> None:
    """Draw the app icon, a crossed white 7 on indigo, with round corners and as a square."""
    side = 2048  # four times the largest size, so that the edges are smooth after downscaling
    ink = draw(parse_form(SEVEN), canvas=side, size=0.6, brush=185)
    down = np.linspace(0, 1, side)[:, None, None]
    paper = (1 - down) * np.array(INDIGO) + down * np.array(DEEP_INDIGO)
    pixels = paper + ink[:, :, None] * (255 - paper)
    whole = Image.fromarray(pixels.round().astype(np.uint8))
    corners = Image.new("L", (side, side))
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, side - 1, side - 1), side // 5, fill=255)
    rounded = whole.copy()
    rounded.putalpha(corners)
    for name, picture, size in [
        ("icon-192.png", rounded, 192),
        ("icon-512.png", rounded, 512),
        ("icon-whole-512.png", whole, 512),
    ]:
        picture.resize((size, size), Image.Resampling.LANCZOS).save(pwa.HERE / name, optimize=True)


if __name__ == "__main__":
    write_samples()
    write_icons()
