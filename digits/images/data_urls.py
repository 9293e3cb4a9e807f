"""Pictures as text: reads the data URLs that browsers send, and writes those the page shows."""

import base64
import binascii
import io
import struct

import numpy as np
from PIL import Image

from digits.errors import ImageError

PREFIX = "data:image/png;base64,"


SIGNATURE = b"\x89PNG\r\n\x1a\n"


MAX_PIXELS = 4_000_000


# Room for 4 megapixels of 8-bit RGBA that does not compress at all, in base64's 4 characters for
# 3 bytes; a longer text is refused before anything is decoded.
MAX_CHARACTERS = 24_000_000


def read_png_data_url(url: str) -> Image.Image:
    """Decode a PNG data URL into the picture it holds, trusting nothing in it.

    Args:
        url: text that begins with `data:image/png;base64,`.

    Returns:
        The picture, fully decoded, in whatever mode the PNG has; at most 4 megapixels.

    Raises:
        ImageError: it is no PNG data URL, the PNG is damaged or cut short, or it is too large.
    """
    if not isinstance(url, str) or not url.startswith(PREFIX):
        raise ImageError(f"The sketchpad takes a PNG data URL: text beginning with '{PREFIX}'.")
    if len(url) > MAX_CHARACTERS:
        raise ImageError(
            f"The picture is too large: send at most {MAX_CHARACTERS // 1_000_000} million"
            " characters of data URL."
        )
    try:
        data = base64.b64decode(url[len(PREFIX) :], validate=True)
    except (binascii.Error, ValueError):
        raise ImageError("The data URL is not valid base64: encode the PNG file anew.") from None
    # The size stands in the first 24 bytes: a claim of gigapixels is refused before decoding.
    if len(data) < 24 or data[:8] != SIGNATURE or data[12:16] != b"IHDR":
        raise ImageError("The data URL does not hold a PNG: save the picture as PNG and resend.")
    width, height = struct.unpack(">II", data[16:24])
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"The picture has {width} x {height} pixels: send at most"
            f" {MAX_PIXELS // 1_000_000} megapixels."
        )
    try:
        # verify() finds damaged and missing chunks, load() damaged pixels; each spoils the other.
        Image.open(io.BytesIO(data), formats=["PNG"]).verify()
        picture = Image.open(io.BytesIO(data), formats=["PNG"])
        picture.load()
    except Exception:  # a decoder fed by strangers fails in more ways than its manual lists
        raise ImageError("The PNG is damaged or cut short: save the picture anew.") from None
    return picture


def data_url(pixels: np.ndarray, kind: str = "PNG") -> str:
    """Write (H, W) grey or (H, W, 3) RGB pixels as a data URL.

    Args:
        pixels: uint8, or float32 in [0, 1].
        kind: "PNG", or "JPEG" where it is a photo.
    """
    if pixels.dtype != np.uint8:
        pixels = np.round(pixels * 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    text = base64.b64encode(file.getvalue()).decode("ascii")
    return f"data:image/{kind.lower()};base64,{text}"
