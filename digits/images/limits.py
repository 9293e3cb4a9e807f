"""Refuses picture files that would take too long, or too much memory, before they are decoded.

A small file can hold a picture of gigapixels, or a million empty parts that Pillow reads one by
one. Within these limits any picture takes about a quarter of a second of a processor, and a refused
file far less.
"""

import struct
from collections.abc import Iterator
from itertools import islice

from PIL import ImageFile

from digits.errors import ImageError
from digits.images.shrinking import WITH_ALPHA

# The formats that Pillow decodes by itself (for some others it starts other programs), with the
# megapixels that it decodes in about a tenth of a second. JPEG files are reduced while decoding.
MEGAPIXELS = {"PNG": 6, "JPEG": 25, "WEBP": 6, "BMP": 12, "GIF": 9}
FORMATS = tuple(MEGAPIXELS)
TOO_LARGE = f"has too many pixels: at most {MEGAPIXELS['JPEG']} megapixels are read from a JPEG"
DETAILED = 0.25  # bytes of a file for each pixel: screenshots take fewer, and photos more
MAX_BYTES = 50_000_000  # of a file: more than these pixels take
MAX_PARTS = 5_000  # chunks of a PNG, segments of a JPEG, blocks of a GIF before its pixels
MAX_HEADER = 4_000_000  # bytes of a JPEG before its pixels: portraits hold a map of depths there
MAX_SCANS = 20  # of a JPEG: encoders make about 10, and each takes as long as decoding a small one
PNG, JPEG, GIF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8", (b"GIF87a", b"GIF89a")


def check_parts(data: bytes) -> None:
    """Refuse a file with more parts than any program writes; call it before Pillow opens the file.

    Raises:
        ImageError: the message goes on from the file's name.
    """
    if data.startswith(PNG):
        parts = _png_chunks(data)
    elif data.startswith(JPEG):
        parts = _jpeg_segments(data)
    elif data.startswith(GIF):
        parts = _gif_blocks(data)
    else:
        return
    starts = list(islice(parts, MAX_PARTS + 1))
    if len(starts) > MAX_PARTS:
        raise ImageError("consists of too many small parts: save the picture anew")
    if not data.startswith(JPEG) or not starts:
        return
    start = starts[-1]
    if start > MAX_HEADER:
        raise ImageError("holds too much besides the picture: save the picture anew")
    end = data.find(b"\xff\xd9", start)  # in compressed pixels, 0xff comes before a 0
    if data.count(b"\xff\xda", start, end if end > 0 else len(data)) > MAX_SCANS:
        raise ImageError("consists of too many small parts: save the picture anew")


def check_pixels(image: ImageFile.ImageFile, size: int) -> None:
    """Refuse an opened file with too many pixels; call it before they are decoded.

    Args:
        image: as Pillow opened it.
        size: of the file, bytes.

    Raises:
        ImageError: the message goes on from the file's name.
    """
    # MPO is what Pillow calls a JPEG with more pictures behind it, such as a phone's photo.
    kind = "JPEG" if image.format == "MPO" else str(image.format)
    if kind == "BMP" and image.tile and image.tile[0][0] == "bmp_rle":
        raise ImageError("is a compressed BMP, which takes long to decode: save it as PNG or JPEG")
    megapixels = MEGAPIXELS[kind] / (2 if _takes_twice_as_long(image) else 1)
    if image.mode == "CMYK":  # for printing: a fourth channel, and each is kept at full size
        megapixels /= 2
    # Transparency is a fourth channel, too; a PNG screenshot with it is decoded as quickly.
    detailed = kind == "WEBP" or size > DETAILED * image.width * image.height
    if image.mode in WITH_ALPHA and detailed:
        megapixels *= 2 / 3
    if image.width * image.height > 1_000_000 * megapixels:
        raise ImageError(
            f"has {image.width} x {image.height} pixels: at most {megapixels:g} megapixels are "
            f"read from such a {kind} file, and {MEGAPIXELS['JPEG']} from a JPEG"
        )


def _takes_twice_as_long(image: ImageFile.ImageFile) -> bool:
    """Whether this file is a progressive JPEG, an interlaced PNG, or one of 16-bit colours."""
    deep = bool(image.tile) and "16" in str(image.tile[0][3]) and image.mode in ("RGB", "RGBA")
    return "progressive" in image.info or bool(image.info.get("interlace")) or deep


def _png_chunks(data: bytes) -> Iterator[int]:
    """Yield where each chunk starts."""
    start = len(PNG)
    while start + 8 <= len(data):
        yield start
        start += 12 + struct.unpack_from(">I", data, start)[0]


def _jpeg_segments(data: bytes) -> Iterator[int]:
    """Yield where each segment before the pixels starts, and each byte that belongs to none."""
    start = len(JPEG)
    while start + 4 <= len(data):
        yield start
        marker = data[start + 1]
        if data[start] != 0xFF or marker in (0x00, 0xFF):
            start += 1
        elif marker == 0xDA:  # the pixels follow
            return
        elif marker == 0x01 or 0xD0 <= marker <= 0xD9:  # these markers stand alone
            start += 2
        else:
            start += 2 + max(2, struct.unpack_from(">H", data, start + 2)[0])


def _gif_blocks(data: bytes) -> Iterator[int]:
    """Yield where each block before the pixels starts, and each byte that belongs to none."""
    if len(data) < 13:
        return
    start = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while start < len(data) and data[start] != 0x2C:  # a picture
        yield start
        if data[start] != 0x21:  # an extension
            start += 1
            continue
        start += 2
        while start < len(data) and data[start]:
            yield start
            start += 1 + data[start]
        start += 1
