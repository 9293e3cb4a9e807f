"""Generates the sample pictures in this folder, and the page's icons, card and sample photos.

`make assets` runs it. The photos are simulated, as those of the benchmark are.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from benchmarks.numbers import page_of_digits
from benchmarks.simulated_photos import DARK_PAPERS, PAPERS, RULE_COLOURS, Scene, take_photo
from digits.data import sample
from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.non_digit_forms import LETTER_FORMS
from digits.data.pen_digits import load_pendigits
from digits.data.strokes import draw, parse_unipen
from digits.page import pwa, samples

HERE = Path(__file__).resolve().parent
SAMPLES = {"seven.png": DIGIT_FORMS[7][1], "not-a-digit.png": LETTER_FORMS["M"][2]}
SEVEN = "0,1 1.2,.5 3.5,.4 6,0! 4.6,3 3.2,6.4 2.4,10 | 1,5.4 3,4.9 5.4,4.8"  # a curved, crossed 7
# The colours of the page, see digits/page/look.py.
PAPER, LINES, INK, PENCIL = (255, 254, 251), (239, 234, 222), (29, 28, 24), (236, 81, 39)
DEEP_PENCIL = (165, 48, 16)


def write_samples() -> None:
    """Draw the sample pictures, black on white, 280×280."""
    for name, form in SAMPLES.items():
        ink = draw(parse_form(form), size=0.62, brush=18)
        picture = Image.fromarray((255 * (1 - ink)).astype(np.uint8))
        picture.filter(ImageFilter.GaussianBlur(0.8)).save(HERE / name, optimize=True)


def write_icons() -> None:
    """Draw the app icon, a crossed 7 on squared paper in a red ring, round and as a square."""
    side = 2048  # four times the largest size, so that the edges are smooth after downscaling
    paper = Image.new("RGB", (side, side), PAPER)
    pencil = ImageDraw.Draw(paper)
    for line in range(side // 16, side, side // 8):
        pencil.line([(line, 0), (line, side)], LINES, side // 128)
        pencil.line([(0, line), (side, line)], LINES, side // 128)
    rim = side // 9
    pencil.ellipse((rim, rim, side - rim, side - rim), outline=PENCIL, width=side // 16)
    ink = draw(parse_form(SEVEN), canvas=side, size=0.42, brush=165)[:, :, None]
    pixels = (1 - ink) * np.asarray(paper, float) + ink * np.array(INK)
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


def write_card() -> None:
    """Draw the card for links to the page: a handwritten 7, how sure it is read, and the name."""
    width, height, scale = 1200, 630, 2  # drawn twice as large, so that the edges are smooth
    down = np.linspace(0, 1, height * scale)[:, None, None]
    paper = (1 - down) * np.array(PENCIL) + down * np.array(DEEP_PENCIL)
    pixels = np.broadcast_to(paper, (height * scale, width * scale, 3)).round().astype(np.uint8)
    card = Image.fromarray(np.ascontiguousarray(pixels))
    pen = ImageDraw.Draw(card)

    def text(x: int, y: int, words: str, size: int, weight: str = "normal") -> None:
        file = font_manager.findfont(
            font_manager.FontProperties(family="DejaVu Sans", weight=weight)
        )
        place = (x * scale, y * scale)
        pen.text(place, words, "white", ImageFont.truetype(file, size * scale), anchor="lm")

    ink = draw(parse_form(SEVEN), canvas=470 * scale, size=0.66, brush=40 * scale)
    sheet = Image.new("L", card.size)
    box = [80 * scale, 80 * scale, 550 * scale, 550 * scale]
    ImageDraw.Draw(sheet).rounded_rectangle(box, 36 * scale, fill=255)
    card.paste("white", mask=sheet)
    mask = Image.fromarray((255 * ink).astype(np.uint8))
    card.paste(Image.new("RGB", mask.size, INK), (box[0], box[1]), mask)
    text(610, 140, pwa.NAME, 66, "bold")
    for row, (digit, share) in enumerate([("7", 1.0), ("1", 0.1), ("2", 0.05), ("9", 0.03)]):
        y = 250 + 62 * row
        text(612, y, digit, 38, "bold" if row == 0 else "normal")
        bar = [660 * scale, (y - 9) * scale, int(660 + 440 * share) * scale, (y + 9) * scale]
        pen.rounded_rectangle(bar, 9 * scale, fill="white" if row == 0 else (165, 180, 252))
    text(612, 520, "A neural network reads it as you draw", 27)
    card.resize((width, height), Image.Resampling.LANCZOS).quantize(128).save(
        pwa.HERE / "card.png", optimize=True
    )


def write_photos() -> None:
    """Take the sample photos of the Upload tab: a digit on ruled paper, one in chalk, a page."""
    scene = Scene(pixels=(640, 640), jpeg=95)
    writers = parse_unipen(load_pendigits(sample.PEN).train)
    page = page_of_digits(writers, lines=2, length=4)
    photos = {
        "four.jpg": (
            parse_form(DIGIT_FORMS[4][0]),
            replace(
                scene, pen="fountain pen", pen_width=1.1, paper=PAPERS["cream"], rules="ruled",
                roll=-8, tilt=(8, 14), falloff=0.3,
            ),
        ),
        "seven.jpg": (
            parse_form(SEVEN),
            replace(
                scene, pen="chalk", pen_width=9, pen_strength=0.85, digit_size=150,
                paper=DARK_PAPERS["green board"], texture=0.04, exposure=0.35, roll=4,
            ),
        ),
        "numbers.jpg": (
            page.all_strokes,
            replace(
                scene, pixels=(900, 900), pen="blue ball pen", pen_width=0.8, rules="squared",
                rule_pitch=5, rule_colour=RULE_COLOURS["grey"], digit_size=60, digit_share=0.75,
                roll=2, falloff=0.2,
            ),
        ),
    }  # fmt: skip
    for name, (strokes, taken) in photos.items():
        photo = take_photo(strokes, taken, np.random.default_rng(7))
        Image.fromarray(photo.picture).save(samples.HERE / name, quality=62, optimize=True)


if __name__ == "__main__":
    write_samples()
    write_icons()
    write_card()
    write_photos()
