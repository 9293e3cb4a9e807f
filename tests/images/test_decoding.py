"""Every picture is scaled by the range of its type, and large ones are shrunk before that."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from digits.errors import ImageError
from digits.images.decoding import open_image, to_colours
from digits.images.preprocessing import digit_image

ROOT = Path(__file__).resolve().parents[2]
INTEGERS = ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8")

# ---- masks


def bar() -> tuple[np.ndarray, np.ndarray]:
    """A mask with a bar of 40 rows and 4 columns, and the digit image of it."""
    mask = np.zeros((100, 100), bool)
    mask[10:50, 30:34] = True
    expected = np.zeros((28, 28), np.float32)
    expected[5:25, 14:16] = 1
    return mask, expected


@pytest.mark.parametrize("dtype", ["bool", *INTEGERS, ">i2", ">u2", ">i4", ">u8"])
def test_a_mask_of_any_integer_type_is_ink_on_full_scale(dtype):
    mask, expected = bar()
    for ink_is_1 in (mask, ~mask):
        assert np.array_equal(digit_image(ink_is_1.astype(dtype)), expected)
        assert np.array_equal(digit_image(ink_is_1.astype(dtype)[:, :, None]), expected)


@pytest.mark.parametrize("dtype", ["bool", *INTEGERS])
@pytest.mark.parametrize("value", [0, 1])
def test_a_mask_of_one_value_shows_no_ink(dtype, value):
    assert digit_image(np.full((50, 40), value, dtype)) is None


def test_an_almost_black_picture_is_no_mask(tmp_path):
    mask, _ = bar()
    black = Image.fromarray(mask.astype(np.uint8))  # 1 of 255
    black.save(tmp_path / "black.png")
    colour = np.repeat(mask.astype(np.uint8)[:, :, None], 3, axis=2)
    for picture in (black, tmp_path / "black.png", colour):
        assert to_colours(picture).max() == np.float32(1 / 255)
        assert digit_image(picture) is None


def test_two_is_no_value_of_a_mask():
    mask, _ = bar()
    assert digit_image(2 * mask.astype(np.uint8)) is None


# ---- the full scale of a type


@pytest.mark.parametrize(
    ("dtype", "values", "expected"),
    [
        ("bool", [0, 1, 1], [0, 1, 1]),
        ("u1", [0, 51, 255], [0, 0.2, 1]),
        ("u1", [0, 2, 1], [0, 2 / 255, 1 / 255]),
        ("i2", [0, 51, 255], [0, 0.2, 1]),
        (">i4", [0, 51, 255], [0, 0.2, 1]),
        ("i8", [0, 13107, 256], [0, 0.2, 256 / 65535]),
        ("u4", [0, 20_000, 100_000], [0, 0.2, 1]),
        ("u8", [0, 2**62, 2**63], [0, 0.5, 1]),
        ("u2", [0, 13107, 65535], [0, 0.2, 1]),
        ("u2", [0, 51, 255], [0, 51 / 65535, 255 / 65535]),
        (">u2", [0, 13107, 65535], [0, 0.2, 1]),
        (">u2", [0, 51, 255], [0, 51 / 65535, 255 / 65535]),
        ("f2", [0, 0.25, 1], [0, 0.25, 1]),
        ("f2", [-1, 0, 1], [0, 0.5, 1]),
        ("f2", [0, 51, 255], [0, 0.2, 1]),
        (">f4", [0, 0.25, 0.5], [0, 0.25, 0.5]),
        (">f8", [-0.5, 0, 1], [0.25, 0.5, 1]),
        ("f8", [0, 51, 204], [0, 0.2, 0.8]),
        ("g", [0, 0.25, 1], [0, 0.25, 1]),
    ],
)
def test_values_are_divided_by_the_full_scale_of_their_type(dtype, values, expected):
    colours = to_colours(np.array([values]).astype(dtype))
    assert (colours.dtype, colours.shape) == (np.float32, (1, 3, 1))
    assert colours.ravel().tolist() == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        (np.array([[0, 1e300]]), "not finite numbers"),
        (np.array([[0, np.inf]], np.float16), "not finite numbers"),
        (np.array([[0, np.nan]], ">f4"), "not finite numbers"),
        (np.array([[0, -1]], np.int8), "the smallest is -1"),
        (np.array([[0j, 1]]), "this array holds complex128$"),
        (np.zeros((2, 2), [(9 * f"{name}\n", "i1") for name in "abcdefghi"]), "holds void72$"),
    ],
)
def test_values_without_a_scale_are_refused(values, complaint):
    with pytest.raises(ImageError, match=complaint):
        to_colours(values)


def test_an_array_is_left_as_it_was():
    for dtype in ("f4", "u1", "u2", ">u2"):
        array = (np.arange(12).reshape(3, 4) * 20).astype(dtype)
        before = array.copy()
        to_colours(array)
        assert np.array_equal(array, before)


# ---- modes of PIL images

MODES = (
    "1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "I", "F", "LA", "PA", "RGBX",
    "RGBa", "La", "I;16", "I;16L", "I;16B", "I;16N",
)  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(30, 20), (3000, 20)])
def test_every_mode_gives_colours_or_one_clear_error(mode, size):
    try:
        colours = to_colours(Image.new(mode, size))
    except ImageError as error:
        assert "convert it to RGB" in str(error) and "\n" not in str(error)
    else:
        assert colours.shape[:2] == ((20, 30) if size[0] == 30 else (10, 1500))
        assert 0 <= colours.min() <= colours.max() <= 1


def test_premultiplied_grey_is_read():
    mask, expected = bar()
    alpha = Image.fromarray(np.uint8(255 * mask))
    picture = Image.merge("LA", [Image.new("L", alpha.size, 0), alpha]).convert("La")
    assert np.array_equal(digit_image(picture), expected)


def test_big_endian_16_bits_are_read():
    mask, expected = bar()
    picture = Image.frombytes("I;16B", (100, 100), (mask * 65535).astype(">u2").tobytes())
    assert np.array_equal(digit_image(picture), expected)


def test_a_damaged_file_opened_by_pillow_is_one_error(tmp_path):
    Image.fromarray(np.uint8(255 * bar()[0])).resize((900, 900)).save(tmp_path / "cut.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:300])
    with Image.open(tmp_path / "cut.png") as picture, pytest.raises(ImageError, match="is damaged"):
        to_colours(picture)


# ---- large pictures


def large(width: int, height: int) -> Image.Image:
    """A thick dark cross on grey paper, its upright a third from the left."""
    image = Image.new("RGB", (width, height), (200, 190, 180))
    pen = ImageDraw.Draw(image)
    pen.line(
        (width // 3, height // 8, width // 3, height - height // 8), (20, 30, 90), height // 20
    )
    pen.line((width // 8, height // 2, width - width // 8, height // 2), (20, 30, 90), height // 20)
    return image


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((2560, 100), (100, 2560)),  # as it is
        ((100, 2560), (2560, 100)),
        ((2561, 100), (50, 1281)),  # by two
        ((4032, 302), (151, 2016)),
        ((6000, 400), (100, 1500)),  # a JPEG by two while decoding and by two after; a PNG by three
        ((8064, 605), (152, 2016)),  # by four
        ((9001, 3), (1, 2251)),
    ],
)
def test_files_of_more_than_2560_pixels_a_side_are_shrunk(size, expected, tmp_path):
    large(*size).save(tmp_path / "photo.jpg")
    large(*size).save(tmp_path / "photo.png")
    assert to_colours(tmp_path / "photo.jpg").shape == (*expected, 3)
    if size[0] != 6000:
        assert to_colours(tmp_path / "photo.png").shape == (*expected, 3)
    else:
        assert to_colours(tmp_path / "photo.png").shape == (134, 2000, 3)


@pytest.mark.parametrize("name", ["7.jpg", "7.png", "7.webp", "7.bmp"])
def test_a_large_file_keeps_its_colours(name, tmp_path):
    large(2800, 2100).save(tmp_path / name)
    colours = to_colours(tmp_path / name)
    assert colours.shape == (1050, 1400, 3)
    assert np.abs(255 * colours[100, 100] - (200, 190, 180)).max() < 3
    assert np.abs(255 * colours[525, 700] - (20, 30, 90)).max() < 3


@pytest.mark.parametrize("name", ["7.jpg", "7.png"])
@pytest.mark.parametrize(("orientation", "turn"), [(1, 0), (3, 180), (6, 90), (8, 270)])
def test_a_large_file_is_turned_by_its_orientation(name, orientation, turn, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = orientation
    large(3000, 1000).rotate(turn, expand=True).save(tmp_path / name, exif=exif)
    opened = open_image(tmp_path / name)
    assert opened.size == (1500, 500)
    assert opened.getexif().get(0x0112, 1) == 1  # it is not turned again
    pixels = np.asarray(opened, float)
    assert np.abs(pixels[100, 500] - (20, 30, 90)).max() < 4  # the upright
    assert np.abs(pixels[100, 1000] - (200, 190, 180)).max() < 4


def test_large_pictures_of_16_bits_palettes_and_transparency_are_shrunk(tmp_path):
    grey = np.asarray(large(2800, 2100).convert("L"))
    Image.fromarray(grey.astype(np.uint16) * 257).save(tmp_path / "16-bit.png")
    large(2800, 2100).quantize(8).save(tmp_path / "palette.png")
    Image.fromarray(grey < 100).save(tmp_path / "1-bit.png")
    alpha = Image.fromarray(np.uint8(255 * (grey < 100)))
    black = Image.new("L", alpha.size, 0)
    Image.merge("RGBA", [black, black, black, alpha]).save(tmp_path / "alpha.png")
    clear = Image.fromarray(np.uint8(grey < 100)).convert("P")
    clear.putpalette([255, 255, 255, 0, 0, 0])
    clear.save(tmp_path / "transparent palette.png", transparency=0)

    expected = digit_image(tmp_path / "1-bit.png")
    for file in sorted(tmp_path.iterdir()):
        assert to_colours(file).shape[:2] == (1050, 1400), file.name
        assert np.abs(digit_image(file) - expected).max() < 0.02, file.name
    assert to_colours(tmp_path / "16-bit.png").max() == pytest.approx(grey.max() / 255, abs=1e-4)


def test_a_large_picture_gives_the_same_from_file_pil_image_and_array(tmp_path):
    picture = large(2801, 1999)
    picture.save(tmp_path / "7.png")
    expected = to_colours(tmp_path / "7.png")
    assert expected.shape == (1000, 1401, 3)
    assert np.array_equal(to_colours(picture), expected)
    assert np.array_equal(to_colours(np.asarray(picture)), expected)
    grey = np.asarray(picture.convert("L"))
    assert np.array_equal(to_colours(grey[:, :, None]), to_colours(grey))
    with_alpha = np.dstack([grey, np.full_like(grey, 255)])
    assert np.array_equal(to_colours(with_alpha)[:, :, :1], to_colours(grey))


def test_the_transparent_pixels_beside_a_stroke_do_not_colour_it():
    colour = np.full((3000, 400, 4), (0, 0, 0, 0), np.uint8)  # black, and invisible
    colour[:, 201:] = (250, 240, 230, 255)
    colours = to_colours(colour)
    # Column 100 is half covered: half of the light colour and half of the black paper.
    assert (255 * colours[1000, 100]).tolist() == pytest.approx([125, 120, 115], abs=2)
    assert (255 * colours[1000, 150]).tolist() == pytest.approx([250, 240, 230], abs=1e-3)


PEAK = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-c", sys.argv[1], sys.argv[2]], check=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(peak // (1 << 20 if sys.platform == "darwin" else 1 << 10))
"""
READ = """
import sys
from digits.images.preprocessing import digit_image
assert digit_image(sys.argv[1]) is not None
"""


@pytest.mark.parametrize(
    ("name", "size"), [("25.jpg", (5760, 4320)), ("12.jpg", (4032, 3024)), ("6.png", (2816, 2112))]
)
def test_a_large_photo_does_not_fill_the_memory(name, size, tmp_path):
    # The floats of these photos would take 299, 146 and 71 MB. Most of what is measured belongs to
    # Python and its libraries, and to the floats of the photo once it is shrunk.
    large(*size).save(tmp_path / name)
    # A process of its own between pytest and the one measured: a new process counts the memory of
    # the one it was forked from.
    command = [sys.executable, "-c", PEAK, READ, str(tmp_path / name)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert 20 < int(result.stdout) < 260
