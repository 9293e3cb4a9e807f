"""Files that would take long, or much memory, are refused in one line before they are decoded."""

import io
import os
import struct
import zlib
from base64 import b64encode
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digits.errors import ImageError
from digits.images.data_urls import PREFIX, read_png_data_url
from digits.images.decoding import open_image
from digits.images.limits import FORMATS, MEGAPIXELS

PARTS = "consists of too many small parts: save the picture anew"


def file_of(kind: str, size: tuple[int, int] = (9, 9), mode: str = "L", **how: object) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size).save(file, kind, **how)
    return file.getvalue()


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    """A PNG chunk."""
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def png(width: int, height: int, *, bits: int = 8, colour: int = 0, interlaced: int = 0) -> bytes:
    """The beginning of a PNG file, as far as its pixels."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b""))


def refusal(data: bytes, folder: Path) -> str:
    """What is said about a file with this content."""
    (folder / "file").write_bytes(data)
    with pytest.raises(ImageError) as caught:
        open_image(folder / "file")
    return str(caught.value).removeprefix(f"{folder / 'file'} ")


# ---- pixels


@pytest.mark.parametrize("kind", FORMATS)
def test_a_format_has_a_number_of_megapixels_that_is_read_and_one_row_more_is_not(kind, tmp_path):
    width, height = 2000, 500 * MEGAPIXELS[kind]
    (tmp_path / "most").write_bytes(file_of(kind, (width, height)))
    assert max(open_image(tmp_path / "most").size) <= 2560
    assert refusal(file_of(kind, (width, height + 1)), tmp_path) == (
        f"has 2000 x {height + 1} pixels: at most {MEGAPIXELS[kind]} megapixels are read from such "
        f"a {kind} file, and 25 from a JPEG"
    )


@pytest.mark.parametrize(
    "data",
    [
        png(2000, 1501, bits=16, colour=2),
        png(2000, 1501, bits=16, colour=6),
        png(2000, 1501, interlaced=1),
    ],
    ids=["16-bit RGB", "16-bit RGBA", "interlaced"],
)
def test_a_png_that_takes_twice_as_long_may_have_half_the_pixels(data, tmp_path):
    assert "2000 x 1501 pixels: at most 3 megapixels" in refusal(data, tmp_path)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_photo_with_transparency_may_have_two_thirds_of_the_pixels(kind, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (2001, 2000, 4), np.uint8)
    how = {"compress_level": 1} if kind == "PNG" else {"method": 0}
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **how)
    assert "2000 x 2001 pixels: at most 4 megapixels" in refusal(file.getvalue(), tmp_path)


def test_a_screenshot_with_transparency_may_have_all_of_them_as_a_png(tmp_path):
    (tmp_path / "screenshot").write_bytes(file_of("PNG", (2000, 3000), "RGBA"))
    assert open_image(tmp_path / "screenshot").size == (1000, 1500)
    data = file_of("WEBP", (2000, 3000), "RGBA")  # which takes as long whatever it shows
    assert "2000 x 3000 pixels: at most 4 megapixels" in refusal(data, tmp_path)


def test_grey_of_16_bits_does_not_take_longer(tmp_path):
    assert "damaged" in refusal(png(2000, 1501, bits=16), tmp_path)  # it has no pixels


def test_a_progressive_jpeg_may_have_half_the_pixels(tmp_path):
    data = file_of("JPEG", (5000, 2501), progressive=True)
    assert "5000 x 2501 pixels: at most 12.5 megapixels" in refusal(data, tmp_path)
    (tmp_path / "most").write_bytes(file_of("JPEG", (5000, 2500), progressive=True))
    assert open_image(tmp_path / "most").size == (2500, 1250)


def test_a_jpeg_for_printing_may_have_half_the_pixels(tmp_path):
    data = file_of("JPEG", (5000, 2501), "CMYK")
    assert "5000 x 2501 pixels: at most 12.5 megapixels" in refusal(data, tmp_path)
    (tmp_path / "most").write_bytes(file_of("JPEG", (5000, 2500), "CMYK"))
    assert open_image(tmp_path / "most").size == (2500, 1250)


def test_compressed_bmp_files_are_refused(tmp_path):
    data = bytearray(file_of("BMP", (40, 40), "P"))
    data[30] = 1  # run lengths
    assert refusal(bytes(data), tmp_path).startswith("is a compressed BMP")


# ---- parts


PNG, JPEG, GIF = (file_of(kind) for kind in ("PNG", "JPEG", "GIF"))
PICTURE = GIF.index(b",")  # where the first picture of the GIF starts
MANY_PARTS = {
    "empty chunks": PNG[:33] + 500_000 * chunk(b"IDAT") + PNG[33:],
    "unknown chunks": PNG[:33] + 6_000 * chunk(b"teSt") + PNG[33:],
    "fill bytes": JPEG[:2] + 5_000_000 * b"\xff" + JPEG[2:],
    "bytes between segments": JPEG[:2] + 5_000_000 * b"\0" + JPEG[2:],
    "comments of a JPEG": JPEG[:2] + 6_000 * b"\xff\xfe\0\2" + JPEG[2:],
    "scans": JPEG[:-2] + 20 * JPEG[JPEG.index(b"\xff\xda") : -2] + JPEG[-2:],
    # Pillow appends each piece to a copy of those before it.
    "pieces of a comment": GIF[:PICTURE] + b"!\xfe" + 20_000 * (b"\xff" + 255 * b"a") + b"\0",
    "comments of a GIF": GIF[:PICTURE] + 6_000 * b"!\xfe\1a\0" + GIF[PICTURE:],
    "bytes between blocks": GIF[:PICTURE] + 6_000 * b"\0" + GIF[PICTURE:],
}


@pytest.mark.parametrize("name", MANY_PARTS)
def test_a_file_of_too_many_parts_is_refused(name, tmp_path):
    assert refusal(MANY_PARTS[name], tmp_path) == PARTS


def test_a_drawing_of_too_many_parts_is_refused():
    data = PNG[:33] + 300_000 * chunk(b"IDAT") + PNG[33:]
    with pytest.raises(ImageError, match=f"^The PNG {PARTS}.$"):
        read_png_data_url(PREFIX + b64encode(data).decode("ascii"))


def test_a_long_header_is_refused_and_that_of_a_portrait_is_not(tmp_path):
    segment = b"\xff\xe1\xff\xff" + 0xFFFD * b"a"
    assert "too much besides the picture" in refusal(JPEG[:2] + 62 * segment + JPEG[2:], tmp_path)
    (tmp_path / "portrait").write_bytes(JPEG[:2] + 60 * segment + JPEG[2:])
    assert open_image(tmp_path / "portrait").size == (9, 9)


def test_files_of_real_programs_have_few_parts(tmp_path):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 300, 3), np.uint8))
    noise.save(tmp_path / "progressive.jpg", progressive=True)
    noise.save(tmp_path / "phone.jpg", "MPO", save_all=True, append_images=[noise])
    noise.save(tmp_path / "7.png")
    noise.save(tmp_path / "7.gif", comment=3_000 * b"words ", save_all=True, append_images=[noise])
    for file in tmp_path.iterdir():
        assert open_image(file).size == (300, 300)


# ---- what is no file


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    if not hasattr(os, "mkfifo"):
        return
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ImageError, match="is not a regular file"):
        open_image(tmp_path / "pipe")


def test_an_enormous_file_is_refused_unread(tmp_path):
    with (tmp_path / "huge.bmp").open("wb") as file:
        file.truncate(3_000_000_000)
    with pytest.raises(ImageError, match="has 3000 MB: at most 50 MB are read"):
        open_image(tmp_path / "huge.bmp")
