"""`export` as a person runs it: a checked file, or nothing."""

import sys

import numpy as np
import onnxruntime
import pytest
from command_line import MAIN, ON_A_FULL_DISK, ROOT, names, run

WITHOUT_TF2ONNX = f"import sys; sys.modules['tf2onnx'] = None; {MAIN}"


def test_export_writes_a_checked_file(classifier, mnist, tmp_path):
    code, out, err = run("export", "--format", "onnx", folder=tmp_path, fresh=True)
    assert (code, err) == (0, "")
    wrote, takes, compared = out.splitlines()
    assert wrote == "Wrote mnist_model.onnx, 1.4 MB."
    assert "(N, 28, 28, 1) float32 in [0, 1], 1 is ink" in takes
    count = min(1000, len(mnist.validation.y))
    assert compared.startswith(f"Compared with mnist_model.keras on {count:,} images: 100.0 % ")
    x = mnist.validation.x[:5]
    session = onnxruntime.InferenceSession(tmp_path / "mnist_model.onnx")
    (got,) = session.run(None, {"images": x[..., None]})
    assert np.abs(got - classifier.probabilities(x)).max() < 1e-5
    assert names(tmp_path) == ["mnist_model.onnx"]


def test_export_needs_no_data(tmp_path):
    flags = ["export", "--format", "litert", "--output", "digits.tflite"]
    code, out, err = run(*flags, MNIST_PATH=tmp_path / "none", folder=tmp_path)
    assert (code, err) == (0, "")
    assert "on 1,000 images" in out
    assert names(tmp_path) == ["digits.tflite"]


def test_export_names_the_package_that_is_missing(tmp_path):
    python = ("-c", WITHOUT_TF2ONNX)
    code, out, err = run(
        "export", "--format", "onnx", python=python, PYTHONPATH=ROOT, folder=tmp_path
    )
    line = "error: the format onnx needs the Python package tf2onnx: "
    assert (code, out, err) == (1, "", f"{line}pip install -r requirements-export.txt\n")
    assert names(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit a file's size")
@pytest.mark.parametrize("format", ["onnx", "tf_saved_model"])
def test_an_export_that_is_too_large_for_the_disk_leaves_nothing(format, tmp_path):
    flags = ["export", "--format", format, "--output", "digits"]
    code, out, err = run(*flags, python=("-c", ON_A_FULL_DISK), PYTHONPATH=ROOT, folder=tmp_path)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("error: the network cannot be written as digits (")
    assert names(tmp_path) == []
