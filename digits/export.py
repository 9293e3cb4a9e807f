"""Exports a network to other formats, and verifies that it gives the same answers there."""

import os
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from digits.classifier import DigitClassifier
from digits.errors import ModelError
from digits.images.preprocessing import SIZE
from digits.litert import interpreter, to_litert

# Rounding alone causes differences of about 1e-6; a larger one than this means a wrong export.
LARGEST_DIFFERENCE = 1e-4
# Any batch size. Without a name, the input would be named after a counter inside Keras.
INPUT = [keras.InputSpec(shape=(None, SIZE, SIZE, 1), dtype="float32", name="images")]


class Check(NamedTuple):
    """How an exported network's answers compare with the original's."""

    images: int
    difference: float  # the largest difference between two probabilities
    agreement: float  # 0 to 1: the share of images with the same most likely digit


class Format(NamedTuple):
    """How to write a network in a format, and how to run it with that format's own runtime."""

    name: str
    ending: str  # of the file or folder name
    packages: tuple[str, ...]  # required in addition to requirements.txt
    write: Callable[[keras.Model, Path], None]
    read: Callable[[Path, np.ndarray], np.ndarray]  # (N, 28, 28, 1) to (N, 10), both float32
    largest_difference: float = LARGEST_DIFFERENCE  # between two probabilities


def export(
    classifier: DigitClassifier, path: Path, format: str | Format, images: np.ndarray
) -> Check:
    """Export a classifier's network to another format, and compare it with the original.

    The exported network's input "images" is (N, 28, 28, 1) float32 in [0, 1], 1 is ink, for any N;
    its output is (N, 10) probabilities. Preprocessing is left to the program that uses it: see
    `digits.images.preprocessing`.

    Args:
        path: the file to write; for "tf_saved_model" the folder, which must not exist yet.
        format: the name of one of `FORMATS`, or another format.
        images: (N, 28, 28) float32 in [0, 1], for the comparison.

    Raises:
        ModelError: a package is missing, the path cannot be written, or the exported network
            gives different answers. Then nothing is left behind, and existing files are intact.
    """
    form = FORMATS[format] if isinstance(format, str) else format
    missing = [name for name in form.packages if find_spec(name) is None]
    if missing:
        raise ModelError(
            f"the format {form.name} needs the Python package {missing[0]}: "
            "pip install -r requirements-export.txt"
        )
    if path.is_dir():
        raise ModelError(f"the folder {path} already exists: remove it, or choose another path")
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
            part = Path(folder) / path.name
            form.write(classifier.model, part)
            check = _compare(classifier.probabilities(images), form.read(part, images[..., None]))
            if not check.difference <= form.largest_difference:  # written so that NaN fails, too
                raise ModelError(
                    f"the {form.name} export gives different answers from the original network: "
                    f"probabilities differ by up to {check.difference:.2g}; nothing was written"
                )
            os.replace(part, path)
    except (OSError, tf.errors.OpError) as error:  # the latter for files that TensorFlow writes
        reason = getattr(error, "strerror", None) or "writing failed"
        raise ModelError(
            f"the network cannot be written as {path} ({reason}): choose another path, or free "
            "some space there"
        ) from error
    return check


def _compare(expected: np.ndarray, got: np.ndarray) -> Check:
    return Check(
        len(expected),
        float(np.abs(expected - got).max()),
        float((expected.argmax(1) == got.argmax(1)).mean()),
    )


def _write_saved_model(model: keras.Model, path: Path) -> None:
    model.export(str(path), format="tf_saved_model", verbose=False, input_signature=INPUT)


def _read_saved_model(path: Path, images: np.ndarray) -> np.ndarray:
    loaded = tf.saved_model.load(str(path))  # keep a reference: it owns the variables
    return loaded.serve(images).numpy()


def _write_onnx(model: keras.Model, path: Path) -> None:
    model.export(str(path), format="onnx", verbose=False, input_signature=INPUT)


def _read_onnx(path: Path, images: np.ndarray) -> np.ndarray:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {"images": images})[0]


def _write_litert(model: keras.Model, path: Path) -> None:
    path.write_bytes(to_litert(model))


def _read_litert(path: Path, images: np.ndarray) -> np.ndarray:
    run = interpreter(path.read_bytes()).get_signature_runner()
    return run(images=images)["output_0"]


FORMATS = {
    form.name: form
    for form in (
        Format("onnx", ".onnx", ("tf2onnx", "onnxruntime"), _write_onnx, _read_onnx),
        Format("tf_saved_model", "_saved_model", (), _write_saved_model, _read_saved_model),
        Format("litert", ".tflite", (), _write_litert, _read_litert),
    )
}
