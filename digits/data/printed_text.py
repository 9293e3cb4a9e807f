"""Draws characters in the fonts that Matplotlib ships, for printed digits and letters.

The fonts are DejaVu, STIX and Computer Modern (BaKoMa); all may be used freely, and no font file is
part of this project.
"""

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digits.images.canvas import CANVAS

TEST_FONTS = ("DejaVuSerif", "cmtt10")  # held out: never trained on


@cache
def fonts() -> dict[str, Path]:
    """The text fonts that Matplotlib ships, by name; fonts of symbols are left out."""
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    symbols = (
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
        file.stem: file
        for file in sorted(folder.glob("*.ttf"))
        if not file.stem.startswith(symbols)
    }


def print_text(text: str, font: str, rng: np.random.Generator) -> np.ndarray:
    """Draw text in one of `fonts()`, at a random size and slightly rotated.

    Returns:
        Ink: (280, 280) float32 in [0, 1], 1 is ink.
    """
    image = Image.new("L", (CANVAS, CANVAS))
    size = int(rng.uniform(90, 220))
    ImageDraw.Draw(image).text(
        (CANVAS / 2, CANVAS / 2), text, 255, ImageFont.truetype(str(fonts()[font]), size), "mm"
    )
    return np.asarray(image.rotate(rng.normal(0, 5), Image.Resampling.BILINEAR), np.float32) / 255
