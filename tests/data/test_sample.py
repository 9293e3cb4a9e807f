"""The bundled sample is part of the training data, and is never mistaken for the full data."""

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from digits.commands.evaluate import digits_to_read
from digits.data import sample
from digits.data.mnist import Mnist, MnistSample, load_mnist
from digits.data.pen_digits import PenDigits, PenDigitsSample, load_pendigits
from digits.data.strokes import parse_unipen
from digits.errors import DataError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def small() -> Mnist:
    return load_mnist(sample.MNIST)


def make(folder: Path, **variables: object) -> subprocess.CompletedProcess:
    """Run `python -m digits.data.sample FOLDER`."""
    return subprocess.run(
        [sys.executable, "-m", "digits.data.sample", folder],
        cwd=ROOT,
        env=os.environ | {name: str(value) for name, value in variables.items()},
        capture_output=True,
        text=True,
    )


def test_it_is_small_and_its_licences_lie_beside_it():
    sizes = {path.name: path.stat().st_size for path in sample.FOLDER.iterdir() if path.is_file()}
    assert sizes["mnist-sample.npz"] < 500_000
    pen = [size for name, size in sizes.items() if name.startswith("pendigits-sample.")]
    assert len(pen) == 2
    assert sum(pen) < 300_000
    text = (sample.FOLDER / "README.md").read_text(encoding="utf-8")
    assert "CC BY-SA 3.0" in text
    assert "CC BY 4.0" in text
    named = set(re.findall(r"`([\w-]+-sample\.[\w.-]+)`", text))
    assert named == {name for name in sizes if "-sample." in name}


def test_its_parts_share_no_image_and_no_writer(small):
    assert isinstance(small, MnistSample)
    images = [{image.tobytes() for image in part.x} for part in small]
    assert [len(part) for part in images] == [2_000, 500, 500]
    assert len(set.union(*images)) == 3_000
    pen = load_pendigits(sample.PEN)
    assert isinstance(pen, PenDigitsSample)
    writers = [{drawing.writer for drawing in part} for part in pen.drawings()]
    assert writers == [set(range(1, 25)), {25, 26}, {27, 28}]


def test_nothing_in_it_is_called_the_test_set(monkeypatch):
    monkeypatch.setenv("MNIST_PATH", str(sample.MNIST))
    monkeypatch.setenv("PENDIGITS_PATH", str(sample.PEN))
    assert list(digits_to_read("mnist+pen", validation=False)) == [
        "MNIST sample, held out",
        "Pen sample, held-out writers",
    ]
    assert "MNIST sample validation" in digits_to_read("mnist", validation=True)
    with np.load(sample.MNIST) as arrays:
        assert [name for name in arrays if "test" in name] == []


def test_a_changed_sample_is_refused(tmp_path):
    with np.load(sample.MNIST) as original:
        arrays = dict(original)
    arrays["y_held_out"][0] += 1
    np.savez(tmp_path / "changed.npz", **arrays)
    with pytest.raises(DataError, match="is not the bundled sample of MNIST: its y_held_out diff"):
        load_mnist(tmp_path / "changed.npz")
    text = load_pendigits(sample.PEN).train.replace("267", "268")
    (tmp_path / "pendigits-sample.training").write_text(text)
    with pytest.raises(DataError, match=r"pendigits-sample\.training in .* is not the original"):
        load_pendigits(tmp_path)


def test_it_is_not_made_from_itself(tmp_path):
    done = make(tmp_path / "new", MNIST_PATH=sample.MNIST)
    assert done.returncode == 1
    error = done.stderr.splitlines()[-1]
    assert error.startswith("error: MNIST_PATH names the sample, which is made from the full data")
    assert not (tmp_path / "new").exists()


@pytest.mark.full_data
def test_the_script_makes_it_again_from_the_full_data(full_data, tmp_path):
    assert make(tmp_path, **full_data).returncode == 0
    # Another zlib may compress differently, but the contents must be the same.
    with np.load(sample.MNIST) as ours, np.load(tmp_path / sample.MNIST.name) as made:
        assert list(ours) == list(made)
        assert all(np.array_equal(ours[name], made[name]) for name in ours)
    for path in sample.FOLDER.glob("*.gz"):
        made = gzip.decompress((tmp_path / path.name).read_bytes())
        assert made == gzip.decompress(path.read_bytes())


@pytest.mark.full_data
def test_all_of_it_is_training_data_and_the_bundled_model_was_not_trained_on_its_images(
    small, full_mnist, most_pen_digits
):
    assert type(full_mnist) is Mnist
    assert type(most_pen_digits) is PenDigits
    validation = {image.tobytes() for image in full_mnist.validation.x}
    test = {image.tobytes() for image in full_mnist.test.x}
    for part in small:
        assert {image.tobytes() for image in part.x} <= validation - test
    originals = {
        (drawing.digit, drawing.writer, *(stroke.tobytes() for stroke in drawing.strokes))
        for drawing in most_pen_digits.drawings().train
    }
    for text in load_pendigits(sample.PEN):
        for drawing in parse_unipen(text):
            strokes = (stroke.tobytes() for stroke in drawing.strokes)
            assert (drawing.digit, drawing.writer, *strokes) in originals
