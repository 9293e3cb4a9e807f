"""Data sets are found, verified and split; problems are reported in one line."""

import gzip
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from digits.data.mnist import Mnist, MnistSample, load_mnist
from digits.data.pen_digits import (
    PENDIGITS_SHA256,
    SAMPLE_SHA256,
    PenDigits,
    PenDigitsSample,
    load_pendigits,
)
from digits.errors import DataError


@pytest.fixture(params=["sample", pytest.param("full", marks=pytest.mark.full_data)])
def each_mnist(request, monkeypatch) -> Mnist:
    """The bundled sample, and all of MNIST where it is: what `load_mnist` finds, too."""
    if request.param == "sample":
        return request.getfixturevalue("mnist")
    monkeypatch.setenv("MNIST_PATH", request.getfixturevalue("full_data")["MNIST_PATH"])
    return request.getfixturevalue("full_mnist")


@pytest.fixture(params=["sample", pytest.param("full", marks=pytest.mark.full_data)])
def each_pen_digits(request) -> PenDigits:
    """The same of the pen digits."""
    return request.getfixturevalue("pen_digits" if request.param == "sample" else "most_pen_digits")


def test_mnist_has_three_parts_of_the_stated_shape(each_mnist):
    mnist = each_mnist
    sizes, first_of_the_third = {
        Mnist: ([55_000, 5_000, 10_000], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]),
        MnistSample: ([2_000, 500, 500], [1, 6, 4, 0, 3, 5, 9, 0, 7, 7]),
    }[type(mnist)]
    assert [part.x.shape for part in mnist] == [(size, 28, 28) for size in sizes]
    assert [part.y.shape for part in mnist] == [(size,) for size in sizes]
    assert {part.x.dtype.name for part in mnist} == {"float32"}
    assert (mnist.train.x.min(), mnist.train.x.max()) == (0.0, 1.0)
    assert mnist.test.y[:10].tolist() == first_of_the_third


def test_the_validation_part_is_stratified_and_belongs_to_the_seed(each_mnist):
    mnist = each_mnist
    everything = np.bincount(np.concatenate([mnist.train.y, mnist.validation.y]))
    assert (
        everything.tolist()
        == {
            Mnist: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
            MnistSample: [259, 282, 256, 235, 256, 216, 238, 261, 249, 248],
        }[type(mnist)]
    )
    chosen = np.bincount(mnist.validation.y)
    share = len(mnist.validation.y) / everything.sum()
    assert np.abs(chosen - everything * share).max() < 1
    again, other = load_mnist(seed=0), load_mnist(seed=1)
    assert np.array_equal(again.validation.x, mnist.validation.x)
    assert not np.array_equal(other.validation.x, mnist.validation.x)


def test_another_compression_of_the_same_arrays_is_still_mnist(mnist, tmp_path):
    with np.load(os.environ["MNIST_PATH"]) as original:
        np.savez(tmp_path / "plain.npz", **original)  # uncompressed: a completely different file
    assert np.array_equal(load_mnist(tmp_path / "plain.npz").test.x, mnist.test.x)


def arrays(**changes) -> dict:
    parts = {
        "x_train": np.zeros((9, 28, 28), np.uint8),
        "y_train": np.zeros(9, np.uint8),
        "x_test": np.zeros((9, 28, 28), np.uint8),
        "y_test": np.zeros(9, np.uint8),
    }
    return {name: value for name, value in (parts | changes).items() if value is not None}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, r"there is no MNIST file at .*: correct the path, or leave it out"),
        (b"", r"is damaged or not an \.npz file: delete it"),
        (b"PK\x03\x04 half a file", r"is damaged or not an \.npz file: delete it"),
        (arrays(y_test=None), r"is not MNIST: it has no array 'y_test'"),
        (arrays(), r"is not the original MNIST: its x_train differs; delete it"),
    ],
)
def test_a_wrong_file_is_named_with_what_to_do(tmp_path, content, complaint):
    file = tmp_path / "mnist.npz"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content:
        np.savez(file, **content)
    with pytest.raises(DataError, match=complaint) as caught:
        load_mnist(file)
    assert "\n" not in str(caught.value)
    assert str(file) in str(caught.value)


def test_a_truncated_file_is_damaged(tmp_path):
    whole = Path(os.environ["MNIST_PATH"]).read_bytes()
    (tmp_path / "mnist.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="is damaged"):
        load_mnist(tmp_path / "mnist.npz")


def test_without_file_and_network_one_line_says_what_to_do_and_nothing_is_left(tmp_path):
    program = (
        "from digits import load_mnist, DigitsError\n"
        "try:\n    load_mnist()\n"
        "except DigitsError as error:\n    print('ERROR', error)\n"
    )
    # A proxy that refuses every connection simulates a missing network.
    closed = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    environment = {k: v for k, v in os.environ.items() if k not in ("MNIST_PATH", "no_proxy")}
    result = subprocess.run(
        [sys.executable, "-c", program],
        env=environment | closed | {"KERAS_HOME": str(tmp_path), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(
        r"^ERROR MNIST is not on this machine and could not be downloaded: .*MNIST_PATH.*$",
        result.stdout,
        re.M,
    )
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.rglob("*.npz"))


def test_pen_digits_have_the_stated_count(each_pen_digits):
    counts = [text.count("\n.SEGMENT DIGIT") for text in each_pen_digits]
    stated = {PenDigits: [7_494, 3_498], PenDigitsSample: [1_240, 280]}
    assert counts == stated[type(each_pen_digits)]


def test_pen_digits_are_split_by_writer(each_pen_digits):
    parts = each_pen_digits.drawings()
    writers = [sorted({drawing.writer for drawing in part}) for part in parts]
    assert (
        writers
        == {
            # The 14 test writers are not writers 1 to 14 of the training part.
            PenDigits: [list(range(1, 29)), [29, 30], list(range(1, 15))],
            PenDigitsSample: [list(range(1, 25)), [25, 26], [27, 28]],
        }[type(each_pen_digits)]
    )


def test_pen_digits_are_read_plain_gzipped_and_from_a_zip(each_pen_digits, tmp_path):
    pen_digits = each_pen_digits
    is_sample = isinstance(pen_digits, PenDigitsSample)
    first, second = SAMPLE_SHA256 if is_sample else PENDIGITS_SHA256
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / first).write_text(pen_digits.train)
    (folder / f"{second}.gz").write_bytes(gzip.compress(pen_digits.test.encode()))
    assert load_pendigits(folder) == pen_digits
    with zipfile.ZipFile(tmp_path / "pendigits.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{first}.Z", unix_compress(pen_digits.train.encode()))
        archive.writestr(f"{second}.Z", unix_compress(pen_digits.test.encode()))
    assert load_pendigits(tmp_path / "pendigits.zip") == pen_digits


def unix_compress(data: bytes) -> bytes:
    """The simplest valid .Z file: 9-bit literals, and a clear code before any code grows."""
    clear, block = 256, 247  # 247 literals and the clear code are 31 groups of eight codes
    out = bytearray(b"\x1f\x9d\x90")
    for start in range(0, len(data), block):
        codes = [*data[start : start + block], clear]
        bits = sum(code << (9 * place) for place, code in enumerate(codes))
        out += bits.to_bytes(-(-9 * len(codes) // 8), "little")
    return bytes(out)


def test_wrong_pen_digits_are_named(tmp_path):
    with pytest.raises(DataError, match=r"there is no pendigits-orig\.tra \(plain, \.gz or \.Z\)"):
        load_pendigits(tmp_path)
    (tmp_path / "pendigits-orig.tra").write_text("something else")
    with pytest.raises(DataError, match=r"pendigits-orig\.tra in .* is not the original"):
        load_pendigits(tmp_path)
    (tmp_path / "broken.zip").write_bytes(b"PK no zip")
    with pytest.raises(DataError, match="is damaged"):
        load_pendigits(tmp_path / "broken.zip")
