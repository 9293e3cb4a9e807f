"""Exported networks, run by their formats' own runtimes, answer as the original does."""

import warnings

import numpy as np
import onnxruntime
import pytest
import tensorflow as tf

from digits import DigitClassifier, ModelError
from digits.architectures import ARCHITECTURES, build
from digits.export import FORMATS, export


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 1, (40, 28, 28)).astype(np.float32)


def answers_of_onnx(path, x):
    session = onnxruntime.InferenceSession(path)
    assert [(place.name, place.type) for place in session.get_inputs()] == [
        ("images", "tensor(float)")
    ]
    return session.run(None, {"images": x})[0]


def answers_of_saved_model(path, x):
    loaded = tf.saved_model.load(path)
    return loaded.signatures["serving_default"](images=tf.constant(x))["output_0"].numpy()


def answers_of_litert(path, x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        interpreter = tf.lite.Interpreter(str(path))
    (place,) = interpreter.get_input_details()
    interpreter.resize_tensor_input(place["index"], x.shape, strict=True)
    interpreter.allocate_tensors()
    interpreter.set_tensor(place["index"], x)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


READERS = {
    "onnx": answers_of_onnx,
    "tf_saved_model": answers_of_saved_model,
    "litert": answers_of_litert,
}


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_reads_as_the_original_does(classifier, format, images, tmp_path):
    path = tmp_path / "digits"
    check = export(classifier, path, format, images)
    expected = classifier.probabilities(images)
    for count in (1, 7):  # any batch size
        got = READERS[format](path, images[:count, ..., None])
        assert got.shape == (count, 10)
        assert np.abs(got - expected[:count]).max() < 1e-5
    assert check.images == 40
    assert check.difference < 1e-5
    assert check.agreement == 1
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_network_can_be_exported(name, images, tmp_path):
    network = DigitClassifier.build(name)
    for format, form in FORMATS.items():
        assert export(network, tmp_path / f"x{form.ending}", format, images).difference < 1e-5


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_that_answers_otherwise_is_not_kept(format, images, tmp_path):
    network = DigitClassifier.build("mlp")
    network.model = build("mlp")  # its random weights differ from those of the classifier
    with pytest.raises(ModelError, match=r"gives different answers .* differ by up to 0\.\d+"):
        export(network, tmp_path / "digits", format, images)
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_fails_leaves_the_file_that_was_there(classifier, images, tmp_path):
    path = tmp_path / "digits.tflite"
    path.write_text("the one before")
    network = DigitClassifier.build("mlp")
    network.model = build("mlp")
    with pytest.raises(ModelError):
        export(network, path, "litert", images)
    assert path.read_text() == "the one before"
    export(classifier, path, "litert", images)
    assert path.stat().st_size > 1_000_000


def test_a_folder_that_is_there_is_left_alone(classifier, images, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ModelError, match="the folder .* already exists: remove it"):
        export(classifier, tmp_path, "tf_saved_model", images)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("format", FORMATS)
def test_a_place_that_cannot_be_written_is_named(classifier, format, images, tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "digits", tmp_path / "none" / "digits"):
        with pytest.raises(ModelError, match="cannot be written as .*digits .*choose another"):
            export(classifier, place, format, images)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
