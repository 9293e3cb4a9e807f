"""Whatever enters as a picture is answered, or refused in one line: properties, tried at random.

In the tests these are a few thousand examples, always the same ones; `make fuzz` tries other and
many more. `FUZZ_EXAMPLES` is the number of examples in all.
"""

import base64
import io
import os
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from digits.errors import ImageError
from digits.images.data_urls import PREFIX, read_png_data_url
from digits.images.decoding import Picture
from digits.images.limits import FORMATS
from digits.images.preprocessing import digit_image

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2000"))
FUZZING = "FUZZ_EXAMPLES" in os.environ
MODES = (
    "1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "I", "F", "LA", "PA", "RGBX",
    "RGBa", "La", "I;16", "I;16L", "I;16B", "I;16N",
)  # fmt: skip


def examples(share: float) -> settings:
    """A share of the examples: the same ones in every run of the tests, others when fuzzing."""
    return settings(
        max_examples=max(1, round(share * EXAMPLES)),
        derandomize=not FUZZING,
        database=None,
        deadline=None,  # a time would depend on what else the machine does
        suppress_health_check=list(HealthCheck),
    )


def check_answer(picture: Picture) -> None:
    """The picture is answered by a digit image or None, or refused in one line."""
    try:
        image = digit_image(picture)
    except ImageError as error:
        assert "\n" not in str(error) and len(str(error)) < 300
        return
    if image is not None:
        assert (image.shape, image.dtype) == ((28, 28), np.float32)
        assert image.min() >= 0 and image.max() == 1


def check_url(url: object) -> None:
    """What was sent as a data URL is answered or refused."""
    try:
        picture = read_png_data_url(url)
    except ImageError as error:
        assert "\n" not in str(error) and len(str(error)) < 300
    else:
        check_answer(picture)


def check_file(data: bytes) -> None:
    """A file with this content is answered or refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        path.write_bytes(data)
        check_answer(path)


# ---- arrays and PIL images

SHAPES = st.one_of(
    arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=6),
    st.tuples(st.integers(1, 160), st.integers(1, 160)),
    st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 5)),
)


@examples(0.25)
@given(arrays.arrays(st.one_of(arrays.scalar_dtypes(), arrays.array_dtypes()), SHAPES))
def test_any_array_is_answered_or_refused(array):
    check_answer(array)


@examples(0.1)
@given(
    st.integers(0, 2**32),
    st.sampled_from(["?", "u1", "i1", ">u2", "<u2", "i4", "u8", "f2", "f4", ">f8"]),
    st.sampled_from([(120, 110), (300, 200, 1), (130, 101, 2), (101, 120, 3), (110, 110, 4)]),
    st.floats(width=32, allow_nan=False),
)
def test_any_array_as_large_as_a_photo_is_answered_or_refused(seed, dtype, shape, contrast):
    noise = np.random.default_rng(seed).random(shape)
    with np.errstate(all="ignore"):
        check_answer((noise * contrast).astype(dtype))


@st.composite
def pil_images(draw: st.DrawFn) -> Image.Image:
    """An image of any mode with any content, and the transparency that files bring along."""
    mode = draw(st.sampled_from(MODES))
    size = draw(st.tuples(st.integers(0, 130), st.integers(0, 130)))
    image = Image.new(mode, size)
    if draw(st.booleans()) and 0 not in size:
        content = draw(st.binary(min_size=1, max_size=64))
        needed = len(image.tobytes())
        image = Image.frombytes(mode, size, (content * (needed // len(content) + 1))[:needed])
    transparency = st.one_of(st.none(), st.integers(-1, 300), st.binary(max_size=4))
    if (clear := draw(transparency)) is not None:
        image.info["transparency"] = clear
    return image


@examples(0.15)
@given(pil_images())
def test_any_pil_image_is_answered_or_refused(image):
    check_answer(image)


# ---- files


def file_of(kind: str, mode: str, side: int, **how: object) -> bytes:
    """A picture of a slanted bar as a file."""
    rows, columns = np.indices((side, side))
    bar = Image.fromarray(np.uint8(255 * (abs(rows - columns) > side // 8)))
    file = io.BytesIO()
    bar.convert(mode).save(file, kind, **how)
    return file.getvalue()


EXIF = Image.Exif()
EXIF[0x0112] = 6
WHOLE = [
    *(file_of("PNG", mode, 30) for mode in ("1", "L", "P", "RGB", "RGBA", "LA", "I;16")),
    file_of("PNG", "L", 120, exif=EXIF),
    *(file_of("JPEG", mode, 30) for mode in ("L", "RGB", "CMYK")),
    file_of("JPEG", "RGB", 120, progressive=True, exif=EXIF),
    *(file_of("BMP", mode, 20) for mode in ("1", "L", "RGB", "RGBA")),
    *(file_of("GIF", mode, 30) for mode in ("L", "RGB")),
    file_of("GIF", "L", 9, save_all=True, append_images=[Image.new("L", (9, 9))], comment="a"),
    file_of("WEBP", "RGB", 30),
    file_of("WEBP", "RGBA", 30, lossless=True),
    file_of("WEBP", "RGB", 9, save_all=True, append_images=[Image.new("RGB", (9, 9))]),
    file_of("MPO", "RGB", 9, save_all=True, append_images=[Image.new("RGB", (9, 9))]),
    file_of("TIFF", "L", 9),
    file_of("PPM", "L", 9),
]


@st.composite
def damaged_files(draw: st.DrawFn, whole: list[bytes] = WHOLE) -> bytes:
    """A file with bytes overwritten, cut out, put in twice, or cut off."""
    data = bytearray(draw(st.sampled_from(whole)))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(data)))
        end = place + draw(st.integers(0, 40))
        change = draw(st.sampled_from(["write", "write", "insert", "remove", "repeat", "cut"]))
        if change == "write":
            new = draw(st.binary(min_size=1, max_size=4))
            data[place : place + len(new)] = new
        elif change == "insert":
            data[place:place] = draw(st.binary(max_size=20))
        elif change == "remove":
            del data[place:end]
        elif change == "repeat":
            data[place:place] = data[place:end] * draw(st.integers(1, 30))
        else:
            del data[place:]
    return bytes(data)


def test_the_undamaged_files_are_of_every_format():
    kinds = {Image.open(io.BytesIO(data)).format for data in WHOLE}
    assert set(FORMATS) < kinds


@examples(0.3)
@given(damaged_files())
def test_any_damaged_file_is_answered_or_refused(data):
    check_file(data)


@examples(0.05)
@given(st.sampled_from([b"", *(data[:26] for data in WHOLE)]), st.binary(max_size=300))
def test_any_bytes_after_the_beginning_of_a_file_are_answered_or_refused(start, rest):
    check_file(start + rest)


# ---- data URLs


def url_of(data: bytes) -> str:
    """A file as a data URL."""
    return PREFIX + base64.b64encode(data).decode("ascii")


PNGS = [data for data in WHOLE if data.startswith(b"\x89PNG")]
URLS = st.one_of(
    st.none(),
    st.integers(),
    st.text(max_size=60),
    st.text(max_size=60).map(PREFIX.__add__),
    st.binary(max_size=60),
    damaged_files(PNGS).map(url_of),
)


@examples(0.15)
@given(URLS)
def test_any_data_url_is_answered_or_refused(url):
    check_url(url)
