"""The data is found, verified, split; and what is wrong with it is said in one line."""

import gzip
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from digits.data.mnist import load_mnist
from digits.data.pen_digits import load_pendigits
from digits.errors import DataError


def test_mnist_has_three_parts_of_the_stated_shape(mnist):
    assert [part.x.shape for part in mnist] == [
        (55_000, 28, 28),
        (5_000, 28, 28),
        (10_000, 28, 28),
    ]
    assert [part.y.shape for part in mnist] == [(55_000,), (5_000,), (10_000,)]
    assert {part.x.dtype.name for part in mnist} == {"float32"}
    assert (mnist.train.x.min(), mnist.train.x.max()) == (0.0, 1.0)
    # The first labels of the original test file.
    assert mnist.test.y[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_the_validation_part_is_stratified_and_belongs_to_the_seed(mnist):
    everything = np.bincount(np.concatenate([mnist.train.y, mnist.validation.y]))
    assert everything.tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    chosen = np.bincount(mnist.validation.y)
    assert np.abs(chosen - everything / 12).max() < 1
    again, other = load_mnist(seed=0), load_mnist(seed=1)
    assert np.array_equal(again.validation.x, mnist.validation.x)
    assert not np.array_equal(other.validation.x, mnist.validation.x)


def test_another_compression_of_the_same_arrays_is_still_mnist(mnist, tmp_path):
    with np.load(os.environ.get("MNIST_PATH") or _keras_cache()) as original:
        np.savez(tmp_path / "plain.npz", **original)  # uncompressed: another file altogether
    assert np.array_equal(load_mnist(tmp_path / "plain.npz").test.x, mnist.test.x)


def _keras_cache() -> str:
    return os.path.expanduser("~/.keras/datasets/mnist.npz")


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
        (b"", r"is damaged or is no \.npz file: delete it"),
        (b"PK\x03\x04 half a file", r"is damaged or is no \.npz file: delete it"),
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


def test_a_truncated_file_is_damaged(mnist, tmp_path):
    whole = Path(os.environ.get("MNIST_PATH") or _keras_cache()).read_bytes()
    (tmp_path / "mnist.npz").write_bytes(whole[:5_000_000])
    with pytest.raises(DataError, match="is damaged"):
        load_mnist(tmp_path / "mnist.npz")


def test_without_file_and_network_one_line_says_what_to_do_and_nothing_is_left(tmp_path):
    program = (
        "from digits import load_mnist, DigitsError\n"
        "try:\n    load_mnist()\n"
        "except DigitsError as error:\n    print('ERROR', error)\n"
    )
    # A proxy that refuses every connection is a network that is not there.
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


@pytest.fixture(scope="module")
def pen_texts(drawings):
    return load_pendigits()


def test_pen_digits_have_the_stated_count(pen_texts):
    assert pen_texts.train.count("\n.SEGMENT DIGIT") == 7_494
    assert pen_texts.test.count("\n.SEGMENT DIGIT") == 3_498


def test_pen_digits_are_read_plain_gzipped_and_from_a_zip(pen_texts, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "pendigits-orig.tra").write_text(pen_texts.train)
    (folder / "pendigits-orig.tes.gz").write_bytes(gzip.compress(pen_texts.test.encode()))
    assert load_pendigits(folder) == pen_texts
    with zipfile.ZipFile(tmp_path / "pendigits.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pendigits-orig.tra.Z", unix_compress(pen_texts.train.encode()))
        archive.writestr("pendigits-orig.tes.Z", unix_compress(pen_texts.test.encode()))
    assert load_pendigits(tmp_path / "pendigits.zip") == pen_texts


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
