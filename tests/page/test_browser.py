"""The page serves what the browser reads with: a script, and networks in their latest version."""

import json
import re

import keras
import pytest
from keras import layers
from page_requests import ask

from digits.classifier import DigitClassifier
from digits.page.browser.scripts import head
from digits.page.demo import build_demo, launch_options
from digits.web_weights import to_web


@pytest.fixture(scope="module")
def netloc(classifier, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    DigitClassifier.build("mlp").save(folder / "an mlp – new.keras")
    unknown = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Flatten(),
            layers.LeakyReLU(name="leaky"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    DigitClassifier(unknown).save(folder / "strange.keras")
    demo = build_demo(classifier, models=folder)
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield address.removeprefix("http://").rstrip("/")
    demo.close(verbose=False)


def test_the_network_is_the_pages_own_and_kept_until_it_changes(netloc, classifier):
    status, headers, content = ask(netloc, "GET", "/network.bin")
    headers = {name.lower(): value for name, value in headers.items()}
    assert (status, headers["content-type"]) == (200, "application/octet-stream")
    assert content == to_web(classifier.model)
    assert headers["x-model"] == "mnist_model"
    assert headers["cache-control"] == "no-cache"
    status, _, content = ask(netloc, "GET", "/network.bin", If_None_Match=headers["etag"])
    assert (status, content) == (304, b"")
    status, _, _ = ask(netloc, "GET", "/network.bin", If_None_Match='"another"')
    assert status == 200


def test_a_model_of_the_menu_is_asked_for_by_name(netloc, classifier):
    name = "an%20mlp%20%E2%80%93%20new"
    status, headers, content = ask(netloc, "GET", f"/network.bin?model={name}")
    headers = {name.lower(): value for name, value in headers.items()}
    assert (status, headers["x-model"]) == (200, name)
    assert content != to_web(classifier.model)


def test_a_network_that_cannot_run_there_says_why(netloc):
    status, _, content = ask(netloc, "GET", "/network.bin?model=strange")
    assert status == 200
    assert json.loads(content)["problem"].startswith("the layer LeakyReLU (leaky) cannot run")


@pytest.mark.parametrize("name", ["none", "..%2F..%2Fmodels%2Fmnist_model", "%00", ""])
def test_any_other_name_is_refused_in_one_line(netloc, name):
    status, _, content = ask(netloc, "GET", f"/network.bin?model={name}")
    assert (status, json.loads(content)["error"]) == (
        404,
        "That model is gone: choose another one.",
    )


def test_the_script_may_be_kept_because_its_address_changes_with_it(netloc):
    (address,) = re.findall(r'src="(reader\.js\?v=[0-9a-f]{16})"', head())
    status, headers, content = ask(netloc, "GET", f"/{address}")
    headers = {name.lower(): value for name, value in headers.items()}
    assert (status, headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert b"function makeNetwork" in content
    assert address.encode() in ask(netloc, "GET", "/")[2]
