"""Prints characters in Matplotlib's fonts, for printed digits and printed letters."""

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digits.images.canvas import CANVAS

REPORTING_FONTS = ("DejaVuSerif", "cmtt10")


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
