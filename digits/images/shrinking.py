"""Shrinks large pictures while they are still bytes, so that a photo never fills the memory.

A phone's photo of 48 megapixels would be 580 MB as floats. A digit needs none of that: photos are
read at 640 pixels. So JPEG files are decoded at a half, a quarter or an eighth of their size, and
every other large picture is averaged in bands before anything makes floats of it.
"""

from PIL import Image

# Pixels. A picture with a longer side is shrunk by a whole number, to more than half of this, four
# times finer than photos are read. Screenshots and sketchpads are smaller and stay as they are.
LARGEST = 2560
LARGEST_WITH_ALPHA = 1600  # each pixel takes twice as long
BAND = 64  # rows of the shrunk picture that are made at a time
WITH_ALPHA = ("RGBA", "LA", "PA", "RGBa", "La")


def largest(alpha: bool) -> int:
    """The longest side that a picture may have, in pixels, with or without an alpha channel."""
    return LARGEST_WITH_ALPHA if alpha else LARGEST


def draft(image: Image.Image) -> None:
    """Have a large JPEG file decoded smaller; call it before the pixels are loaded.

    Scaling is part of the JPEG transform, so the large picture never exists. The file is scaled by
    1, 2, 4 or 8, and never below what `shrink` would make of it. Other formats ignore the request.
    """
    factor = shrinks_by(image)
    if factor > 1:
        image.draft(None, (max(1, image.width // factor), max(1, image.height // factor)))


def shrink(image: Image.Image) -> Image.Image:
    """Bring a picture into a mode with plain channels, and to at most `largest` pixels a side.

    Blocks of pixels are averaged, with colours weighted by their opacity.

    Returns:
        A picture in mode L, RGB, RGBA, I;16 (or one of its variants), I or F.

    Raises:
        ValueError: Pillow cannot convert the picture's mode.
        OSError: the pixels of a picture that was opened but not loaded are damaged.
    """
    factor = shrinks_by(image)
    if factor == 1:
        return _plain(image)
    size = (-(-image.width // factor), -(-image.height // factor))
    bands = [_band(image, top, factor) for top in range(0, size[1], BAND)]
    shrunk = Image.new(bands[0].mode, size)
    for number, band in enumerate(bands):
        shrunk.paste(band, (0, BAND * number))
    return shrunk.convert("I;16") if image.mode.startswith("I;16") else shrunk


def shrinks_by(image: Image.Image) -> int:
    """The whole number to shrink a picture by, 1 for none."""
    return max(1, -(-max(image.size) // largest(image.mode in WITH_ALPHA)))


def _band(image: Image.Image, top: int, factor: int) -> Image.Image:
    """BAND rows of the shrunk picture, from row `top` on; the last band may be lower."""
    rows = (top * factor, min((top + BAND) * factor, image.height))
    band = image.crop((0, rows[0], image.width, rows[1]))
    if band.mode == "CMYK":  # its four inks are averaged as well as three colours, and sooner
        return _plain(band.reduce(factor))
    band = _plain(band)
    if band.mode.startswith("I;16"):  # Pillow averages 8 and 32 bits only
        band = band.convert("I")
    return band.reduce(factor)


def _plain(image: Image.Image) -> Image.Image:
    """The picture without palettes, colour spaces other than RGB, and premultiplied alpha."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return image
    if image.mode == "La":  # Pillow has no direct conversion from it to RGBA
        image = image.convert("LA")
    if "transparency" in image.info or image.mode in WITH_ALPHA:
        mode = "RGBA"
    else:
        mode = "L" if image.mode in ("1", "L") else "RGB"
    return image if image.mode == mode else image.convert(mode)
