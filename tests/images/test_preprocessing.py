"""Any picture of a digit is converted to an image as in MNIST."""

import warnings

import numpy as np
import pytest
from PIL import Image

from digits.data.strokes import draw
from digits.errors import ImageError
from digits.images.preprocessing import digit_image, to_digit_image, to_ink


def on_canvas(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An MNIST image, enlarged ten times, somewhere on a larger black canvas."""
    canvas = np.zeros((420, 380), np.float32)
    top, left = rng.integers(0, 140), rng.integers(0, 100)
    canvas[top : top + 280, left : left + 280] = np.kron(image, np.ones((10, 10)))
    return canvas


def test_mnist_images_enlarged_and_moved_come_back_as_themselves(mnist):
    rng = np.random.default_rng(0)
    images = mnist.train.x[:1000]
    errors = [np.abs(digit_image(on_canvas(image, rng)) - image).mean() for image in images]
    # Measured: 0.0002 on average; five of the thousand fit 20×20 only by their haze.
    assert np.mean(errors) < 0.001
    assert np.mean(np.array(errors) < 0.002) >= 0.99


def test_an_mnist_image_itself_is_left_as_it_is(mnist):
    errors = [np.abs(digit_image(image) - image).mean() for image in mnist.train.x[:1000]]
    assert np.mean(errors) < 0.001


def test_the_digit_fits_20_by_20_and_its_mass_is_centred(seven):
    image = to_digit_image(seven)
    assert (image.shape, image.dtype) == ((28, 28), np.float32)
    rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
    assert rows[-1] - rows[0] + 1 == 20
    assert columns[-1] - columns[0] + 1 == 12  # 40 of 64 pixels wide: 12.5 of 20
    mass = image.sum()
    assert (image.sum(1) @ np.arange(28)) / mass == pytest.approx(14, abs=0.5)
    assert (image.sum(0) @ np.arange(28)) / mass == pytest.approx(14, abs=0.5)
    assert image.max() == 1.0


def test_a_bar_is_averaged_exactly():
    # 40 rows and 4 columns of ink: shrunk by two to 20 rows of 2 columns.
    ink = np.zeros((100, 100), np.float32)
    ink[10:50, 30:34] = 1
    expected = np.zeros((28, 28), np.float32)
    expected[5:25, 14:16] = 1  # centre of mass at 14.5: half a pixel is as near as it gets
    assert np.array_equal(to_digit_image(ink), expected)


def as_modes(seven: np.ndarray) -> dict:
    """The same 7 in every image mode and array type."""
    grey = Image.fromarray(((1 - seven) * 255).astype(np.uint8))  # dark on white
    alpha = Image.fromarray((seven * 255).astype(np.uint8))
    rgba = Image.merge("RGBA", [Image.new("L", grey.size, 0)] * 3 + [alpha])
    white_ink = Image.merge("RGBA", [Image.new("L", grey.size, 255)] * 3 + [alpha])
    palette = grey.convert("P")
    return {
        "1": grey.convert("1", dither=Image.Dither.NONE),
        "L": grey,
        "L light on dark": alpha,
        "LA": Image.merge("LA", [Image.new("L", grey.size, 0), alpha]),
        "P": palette,
        "RGB": grey.convert("RGB"),
        "RGBA opaque": grey.convert("RGBA"),
        "RGBA transparent, black ink": rgba,
        "RGBA transparent, white ink": white_ink,
        "CMYK": grey.convert("CMYK"),
        "I;16": Image.fromarray(((1 - seven) * 65535).astype(np.uint16)),
        "I": Image.fromarray(((1 - seven) * 65535).astype(np.int32)),
        "F": Image.fromarray((1 - seven).astype(np.float32)),
        "F to 255": Image.fromarray((255 * (1 - seven)).astype(np.float32)),
        "bool array": seven > 0.5,
        "uint8 array": (seven * 255).astype(np.uint8),
        "uint16 array": (seven * 65535).astype(np.uint16),
        "float array -1 to 1": seven.astype(np.float64) * 2 - 1,
        "array with one channel": seven[:, :, None],
        "RGB array": np.repeat((255 * (1 - seven)).astype(np.uint8)[:, :, None], 3, 2),
        "blue on yellow": np.where(
            seven[:, :, None] > 0.5, np.uint8([30, 40, 160]), np.uint8([250, 240, 150])
        ),
        "pale pencil": (255 - 60 * seven).astype(np.uint8),
    }


def test_polarity_transparency_and_mode_make_no_difference(seven):
    expected = to_digit_image(seven)
    for mode, picture in as_modes(seven).items():
        got = digit_image(picture)
        assert got is not None, mode
        assert np.abs(got - expected).max() < 0.01, mode


def test_a_palette_with_a_transparent_colour_is_understood(seven, tmp_path):
    picture = Image.new("P", (seven.shape[1], seven.shape[0]))
    picture.putpalette([255, 255, 255, 0, 0, 0])
    picture.putdata((seven > 0.5).astype(np.uint8).ravel().tolist())
    picture.save(tmp_path / "seven.png", transparency=0)
    assert np.array_equal(digit_image(tmp_path / "seven.png"), to_digit_image(seven))


def test_a_digit_that_fills_the_picture_is_told_from_its_paper():
    ink = draw([np.array([[0, 0], [6, 0], [2, 10]])], canvas=60, size=1.0, brush=14)
    for picture in (ink, 1 - ink):
        assert np.abs(digit_image(picture) - to_digit_image(ink)).max() < 0.01


def test_noisy_grey_paper_changes_little(seven):
    rng = np.random.default_rng(0)
    for spread in (2, 5, 10):
        noisy = 200 - 150 * seven + rng.normal(0, spread, seven.shape)
        image = digit_image(noisy.clip(0, 255).astype(np.uint8))
        assert np.abs(image - to_digit_image(seven)).mean() < 0.02, spread


@pytest.mark.parametrize(
    "blank",
    [
        np.zeros((280, 280), np.uint8),
        np.full((280, 280), 255, np.uint8),
        np.full((5, 7, 3), 130, np.uint8),
        np.zeros((50, 50, 4), np.uint8),
        Image.new("RGBA", (280, 280), (255, 255, 255, 0)),
        Image.new("LA", (10, 10), (0, 0)),
        Image.new("1", (1, 1)),
        np.random.default_rng(0).integers(250, 256, (100, 100), np.uint8),  # noisy white paper
    ],
)
def test_no_ink_is_no_digit(blank):
    assert digit_image(blank) is None


def test_every_size_from_one_pixel_up_gives_a_digit_image():
    assert to_digit_image(np.ones((1, 1), np.float32)).shape == (28, 28)
    for shape in [(1, 1), (1, 2), (2, 1), (3, 3), (1, 500), (500, 1), (4, 7), (1000, 900)]:
        picture = np.full(shape, 255, np.uint8)
        picture[shape[0] // 2, shape[1] // 2] = 0
        image = digit_image(picture)
        assert image is None or (image.shape == (28, 28) and 0 <= image.min() <= image.max() <= 1)


def test_moving_the_drawing_changes_nothing():
    strokes = [np.array([[0, 2], [3, 0], [6, 2], [0, 10], [6, 10]])]
    ink = draw(strokes, size=0.5, brush=14)
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    digit = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    images = []
    for top, left in [(3, 5), (100, 20), (130, 140)]:
        canvas = np.zeros((280, 280), np.float32)
        canvas[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
        images.append(digit_image(canvas))
    assert np.array_equal(images[0], images[1])
    assert np.array_equal(images[0], images[2])


@pytest.mark.parametrize(
    ("picture", "complaint"),
    [
        (np.zeros((28, 28, 5)), r"a picture has the shape \(H, W\).*this one has \(28, 28, 5\)"),
        (np.zeros((0, 28)), r"this one has \(0, 28\)"),
        (np.zeros(784), r"this one has \(784,\)"),
        (np.array([["7"]]), r"a picture must hold numbers, this array holds str32"),
        (np.full((9, 9), np.nan), r"not finite numbers"),
        (np.full((9, 9), -5), r"pixel values must not be negative .* the smallest is -5"),
        (None, r"a picture must hold numbers, this array holds object"),
    ],
)
def test_what_is_no_picture_is_refused_in_one_line(picture, complaint):
    with pytest.raises(ImageError, match=complaint) as caught:
        to_ink(picture)
    assert "\n" not in str(caught.value)


def test_files_that_are_no_pictures_are_refused_in_one_line(seven, tmp_path):
    whole = tmp_path / "seven.png"
    Image.fromarray((seven * 255).astype(np.uint8)).save(whole)
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "cut.png").write_bytes(whole.read_bytes()[:60])
    for name, complaint in [
        ("text.png", "is not a readable picture, or is damaged"),
        ("cut.png", "is not a readable picture, or is damaged"),
        ("absent.png", "there is no file"),
        ("", "is a folder"),
    ]:
        with pytest.raises(ImageError, match=complaint):
            digit_image(tmp_path / name)
    assert digit_image(whole) is not None
    assert digit_image(str(whole)) is not None


def test_a_decompression_bomb_is_refused_before_it_is_unpacked(tmp_path):
    # A PNG of 60 kB that would unpack to 400 megapixels.
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    with (
        warnings.catch_warnings(),
        pytest.raises(ImageError, match="has too many pixels: at most 25"),
    ):
        warnings.simplefilter("default")
        digit_image(tmp_path / "bomb.png")


def test_a_photo_is_turned_the_way_its_camera_was_held(seven, tmp_path):
    picture = Image.fromarray(((1 - seven) * 255).astype(np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned by 90° clockwise
    picture.rotate(90, expand=True).save(tmp_path / "turned.png", exif=exif)
    assert np.abs(digit_image(tmp_path / "turned.png") - to_digit_image(seven)).max() < 0.01
