"""Reads the data URLs in which browsers send pictures, and writes those that the page shows."""

import base64
import binascii
import io
import struct
import zlib

import numpy as np
from PIL import Image

from digits.errors import ImageError
from digits.images.limits import PNG, check_parts

PREFIX = "data:image/png;base64,"
MAX_PIXELS = 1_000_000
# Enough for a megapixel of 8-bit RGBA that do not compress at all, as base64 takes 4 characters
# for 3 bytes. Longer text is refused before anything is decoded.
MAX_CHARACTERS = 6_000_000


def read_png_data_url(url: str) -> Image.Image:
    """Decode the picture in a PNG data URL from an untrusted sender.

    Args:
        url: text beginning with `data:image/png;base64,`.

    Returns:
        The picture, fully decoded, in the mode of the PNG; at most 1 megapixel.

    Raises:
        ImageError: the text is not a PNG data URL, or the PNG is damaged, cut short or too large.
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
    # The first 24 bytes state the size, so gigapixels are refused before decoding.
    if len(data) < 24 or data[:8] != PNG or data[12:16] != b"IHDR":
        raise ImageError("The data URL does not hold a PNG: save the picture as PNG and resend.")
    width, height = struct.unpack(">II", data[16:24])
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"The picture has {width} x {height} pixels: send at most"
            f" {MAX_PIXELS // 1_000_000} megapixel."
        )
    try:
        check_parts(data)
    except ImageError as error:
        raise ImageError(f"The PNG {error}.") from None
    try:
        # verify() finds damaged and missing chunks, load() damaged pixels. A picture that was
        # verified cannot be loaded, so it is opened twice.
        Image.open(io.BytesIO(data), formats=["PNG"]).verify()
        picture = Image.open(io.BytesIO(data), formats=["PNG"])
        picture.load()
    except Exception:  # on untrusted data, decoders raise more kinds than they document
        raise ImageError("The PNG is damaged or cut short: save the picture anew.") from None
    return picture


def data_url(pixels: np.ndarray, kind: str = "PNG") -> str:
    """Encode (H, W) grey or (H, W, 3) RGB pixels as a data URL.

    Args:
        pixels: uint8, or float32 in [0, 1].
        kind: "PNG", or "JPEG" for photos.
    """
    if pixels.dtype != np.uint8:
        pixels = np.round(pixels * 255).astype(np.uint8)
    file = io.BytesIO()
    # For the smooth pictures of the page, run lengths make files as small in half the time.
    Image.fromarray(pixels).save(file, kind, compress_type=zlib.Z_RLE)
    text = base64.b64encode(file.getvalue()).decode("ascii")
    return f"data:image/{kind.lower()};base64,{text}"
