"""Writes a network in formats that other programs read, and checks that it reads the same there."""

import os
import tempfile
import warnings
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

# Rounding alone makes about 1e-6; from here on it is another network.
LARGEST_DIFFERENCE = 1e-4
# For any number of images; unnamed, the input would be called by a number that Keras counts up.
INPUT = [keras.InputSpec(shape=(None, SIZE, SIZE, 1), dtype="float32", name="images")]


class Check(NamedTuple):
    """How an exported network compares with the original."""

    images: int
    difference: float  # the largest between two probabilities
    agreement: float  # 0 to 1: the share of the images with the same most likely digit


class Format(NamedTuple):
    """How a network is written in a format, and read again by that format's own runtime."""

    ending: str  # of the file's or the folder's name
    packages: tuple[str, ...]  # needed beyond requirements.txt
    write: Callable[[keras.Model, Path], None]
    read: Callable[[Path, np.ndarray], np.ndarray]  # (N, 28, 28, 1) to (N, 10), both float32


def export(classifier: DigitClassifier, path: Path, format: str, images: np.ndarray) -> Check:
    """Write a classifier's network in another format, and compare it with the original.

    Its input "images" is (N, 28, 28, 1) float32 in [0, 1], 1 is ink, for any N; its output is
    (N, 10) probabilities. Making pictures into such images is left to the program that uses it:
    `digits.images.preprocessing` shows how.

    Args:
        path: the file to write; for "tf_saved_model" the folder, which must not be there yet.
        format: a name of `FORMATS`.
        images: (N, 28, 28) float32 in [0, 1], to compare on.

    Raises:
        ModelError: a package is missing, the place cannot be written, or the exported network
            answers otherwise than the original. Then nothing is left behind, and what was there
            before is whole.
    """
    form = FORMATS[format]
    missing = [name for name in form.packages if find_spec(name) is None]
    if missing:
        raise ModelError(
            f"the format {format} needs the Python package {missing[0]}: "
            "pip install -r requirements-export.txt"
        )
    if path.is_dir():
        raise ModelError(f"there is a folder {path} already: remove it, or name another place")
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
            part = Path(folder) / path.name
            form.write(classifier.model, part)
            check = _compare(classifier.probabilities(images), form.read(part, images[..., None]))
            if not check.difference <= LARGEST_DIFFERENCE:  # NaN is a difference too
                raise ModelError(
                    f"the export to {format} answers otherwise than the network itself: "
                    f"probabilities differ by up to {check.difference:.2g}; nothing was written"
                )
            os.replace(part, path)
    except (OSError, tf.errors.OpError) as error:  # TensorFlow writes some files by itself
        reason = getattr(error, "strerror", None) or "writing broke off"
        raise ModelError(
            f"the network cannot be written as {path} ({reason}): choose another place, or make "
            "room there"
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
    loaded = tf.saved_model.load(str(path))  # its variables live as long as this name
    return loaded.serve(images).numpy()


def _write_onnx(model: keras.Model, path: Path) -> None:
    model.export(str(path), format="onnx", verbose=False, input_signature=INPUT)


def _read_onnx(path: Path, images: np.ndarray) -> np.ndarray:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {"images": images})[0]


def _write_litert(model: keras.Model, path: Path) -> None:
    """By way of a SavedModel: Keras itself has this format from 3.13 on, for Python 3.11 on."""
    with tempfile.TemporaryDirectory() as folder:
        _write_saved_model(model, Path(folder))
        path.write_bytes(tf.lite.TFLiteConverter.from_saved_model(folder).convert())


def _read_litert(path: Path, images: np.ndarray) -> np.ndarray:
    with warnings.catch_warnings():
        # TensorFlow warns that its LiteRT will move into a package of its own.
        warnings.simplefilter("ignore")
        interpreter = tf.lite.Interpreter(str(path))
    return interpreter.get_signature_runner()(images=images)["output_0"]


FORMATS = {
    "onnx": Format(".onnx", ("tf2onnx", "onnxruntime"), _write_onnx, _read_onnx),
    "tf_saved_model": Format("_saved_model", (), _write_saved_model, _read_saved_model),
    "litert": Format(".tflite", (), _write_litert, _read_litert),
}
