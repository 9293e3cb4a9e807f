"""Which values the sketchpad accepts and refuses; tests/browser tests drawing on it."""

import base64
import io
import random
import re
import struct
import zlib
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image, ImageDraw

from digits.data import strokes
from digits.errors import ImageError
from digits.images.data_urls import read_png_data_url
from digits.page import sketchpad
from digits.page.sketchpad import Sketchpad

PREFIX = "data:image/png;base64,"
NOT_A_URL = "The sketchpad takes a PNG data URL: text beginning with 'data:image/png;base64,'."
NOT_BASE64 = "The data URL is not valid base64: encode the PNG file anew."
NOT_A_PNG = "The data URL does not hold a PNG: save the picture as PNG and resend."
DAMAGED = "The PNG is damaged or cut short: save the picture anew."


def file_of(picture: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def url_of(data: bytes) -> str:
    return PREFIX + base64.b64encode(data).decode()


def chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def header_claiming(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)


def whole_file_with(pixels: bytes) -> bytes:
    """Right in every checksum, 28 x 28, with these bytes where the compressed pixels belong."""
    return header_claiming(28, 28) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_mode_comes_back_untouched(mode):
    grey = Image.fromarray(np.arange(0, 240, dtype=np.uint8).reshape(12, 20))
    picture = Image.new(mode, (20, 12)) if mode == "I;16" else grey.convert(mode)
    back = read_png_data_url(url_of(file_of(picture)))
    assert (back.mode, back.size) == (mode, (20, 12))
    assert back.tobytes() == picture.tobytes()


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (7, NOT_A_URL),
        (["data:image/png;base64,"], NOT_A_URL),
        ({"path": "/etc/passwd"}, NOT_A_URL),
        ("hello", NOT_A_URL),
        ("data:image/jpeg;base64,/9j/4AAQ", NOT_A_URL),
        (PREFIX + "%%%%", NOT_BASE64),
        (PREFIX + "AAA", NOT_BASE64),
        (PREFIX + "ä", NOT_BASE64),
        (PREFIX, NOT_A_PNG),
        (PREFIX + "AAAA", NOT_A_PNG),
        (url_of(file_of(Image.new("RGB", (9, 9)), "JPEG")), NOT_A_PNG),
        (url_of(header_claiming(28, 28)), DAMAGED),
        (url_of(header_claiming(0, 0)), DAMAGED),
        (url_of(whole_file_with(b"no pixels at all")), DAMAGED),
        (
            url_of(header_claiming(50_000, 50_000)),
            "The picture has 50000 x 50000 pixels: send at most 1 megapixel.",
        ),
        (
            PREFIX + "A" * 6_000_000,
            "The picture is too large: send at most 6 million characters of data URL.",
        ),
    ],
)
def test_whatever_is_no_png_data_url_gets_one_clear_line(payload, message):
    with pytest.raises(ImageError, match=f"^{re.escape(message)}$"):
        read_png_data_url(payload)
    with pytest.raises(gr.Error) as caught:
        Sketchpad().preprocess(payload)
    assert caught.value.message == message


def test_one_megapixel_is_taken_and_one_row_more_is_not():
    assert read_png_data_url(url_of(file_of(Image.new("L", (1000, 1000))))).size == (1000, 1000)
    with pytest.raises(ImageError, match="1000 x 1001 pixels"):
        read_png_data_url(url_of(file_of(Image.new("L", (1000, 1001)))))


def test_a_png_cut_short_anywhere_is_refused():
    picture = Image.new("L", (40, 40), 255)
    ImageDraw.Draw(picture).line((5, 5, 35, 30), fill=0, width=6)
    data = file_of(picture)
    assert len(data) > 100
    for length in range(len(data) - 4):  # the last four bytes protect no pixel, only the end mark
        with pytest.raises(ImageError):
            read_png_data_url(url_of(data[:length]))


def test_a_png_with_flipped_bits_is_refused_in_one_line():
    data = file_of(Image.effect_noise((40, 40), 60))
    dice = random.Random(0)
    for _ in range(300):
        damaged = bytearray(data)
        damaged[dice.randrange(len(data) - 12)] ^= 1 << dice.randrange(8)
        with pytest.raises(ImageError) as caught:
            read_png_data_url(url_of(bytes(damaged)))
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_canvas_is_none(empty):
    assert Sketchpad().preprocess(empty) is None


def test_a_function_can_empty_it_but_not_draw_on_it():
    assert Sketchpad().postprocess(None) is None
    with pytest.raises(ValueError, match="can only be cleared"):
        Sketchpad().postprocess("data:image/png;base64,AAAA")


def test_a_live_interface_takes_it():
    page = gr.Interface(lambda drawing: "", Sketchpad(), "text", live=True, flagging_mode="never")
    (dependency,) = page.config["dependencies"][:1]
    assert dependency["trigger_mode"] == "always_last"


def test_api_users_are_told_what_to_send_and_given_a_working_example():
    component = Sketchpad()
    info = component.api_info()
    assert info["type"] == "string"
    assert "PNG data URL" in info["description"]
    picture = component.preprocess(component.example_payload())
    ink = np.argwhere(~np.asarray(picture))
    assert picture.size == (28, 28)
    assert ink.min(axis=0).tolist() == [4, 14]  # a bar from row 4 to 23
    assert ink.max(axis=0).tolist() == [23, 15]


@pytest.mark.parametrize("width", [9, 27, 18.5, "18", None])
def test_a_pen_of_another_width_is_refused(width):
    with pytest.raises(ValueError, match="from 10 to 26"):
        Sketchpad(pen_width=width)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"side": 27}, "from 28 to 2000, not 27"),
        ({"side": 2001}, "from 28 to 2000, not 2001"),
        ({"side": 280.5}, "from 28 to 2000, not 280.5"),
        ({"side": "280"}, "from 28 to 2000, not '280'"),
        ({"pen_widths": range(0, 27)}, "a range of whole pixels"),
        ({"pen_widths": range(10, 27, 2)}, "a range of whole pixels"),
        ({"pen_widths": range(0)}, "a range of whole pixels"),
        ({"pen_widths": range(10, 282)}, "a range of whole pixels"),
        ({"pen_widths": range(2, 6), "pen_width": 6}, "from 2 to 5, not 6"),
    ],
)
def test_a_size_that_makes_no_sense_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Sketchpad(**settings)


def test_size_and_pens_come_from_one_place_and_reach_the_browser():
    sizes = {"side": 280, "finest_pen": 10, "broadest_pen": 26, "pen_width": 18}
    props = Sketchpad().get_config()["props"]
    assert {name: props[name] for name in sizes} == sizes
    assert (strokes.draw([np.zeros((2, 2))]).shape, strokes.BRUSHES) == ((280, 280), (10.0, 26.0))


@pytest.mark.parametrize("name", ["sketchpad.js", "sketchpad.html", "sketchpad.css"])
def test_the_browsers_files_repeat_none_of_these_numbers(name):
    text = Path(sketchpad.__file__).with_name(name).read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.#])(280|26|18)(?![\w.%])", re.sub(r"<path[^>]*>", "", text))


@pytest.mark.parametrize("name", ["sketchpad.html", "sketchpad.css"])
def test_gradio_finds_no_template_marks_in_the_files(name):
    text = Path(sketchpad.__file__).with_name(name).read_text(encoding="utf-8")
    assert not re.search(r"[`\\]|\$\{|\{\{", text)
