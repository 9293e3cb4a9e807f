"""Which models a page offers, and what happens if one cannot be loaded."""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import gradio as gr
import numpy as np
import pytest
from page_requests import RUN, ask, post

from digits import DigitClassifier, ModelError
from digits.page.demo import build_demo
from digits.page.model_menu import ModelMenu, chosen_model, model_menu, refreshed_menu
from digits.page.model_store import ModelStore
from digits.page.own_model import OwnModel
from digits.page.serving import running
from digits.page.sketchpad import EXAMPLE
from digits.saving import DEFAULT_MODEL

BLANK = np.zeros((1, 28, 28), np.float32)


def stubborn(path, digit: int) -> None:
    """Save a model that answers the same digit to everything."""
    classifier = DigitClassifier.build("mlp")
    last = classifier.model.layers[-1]
    kernel, bias = last.get_weights()
    last.set_weights([0 * kernel, 20 * (np.arange(10) == digit).astype(np.float32)])
    classifier.save(path)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    for digit in (3, 4):
        stubborn(folder / f"always_{digit}.keras", digit)
    return folder


@pytest.fixture
def folder(saved, tmp_path):
    shutil.copytree(saved, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(scope="module")
def own(classifier):
    return OwnModel.of(classifier)


@pytest.fixture
def store(own, folder):
    return ModelStore(own, folder)


def answer(explainer) -> int:
    return int(explainer.classifier.probabilities(BLANK).argmax())


def test_the_pages_own_model_comes_first_and_later_files_are_found(store, folder):
    assert store.names() == ["mnist_model", "always_3", "always_4"]
    (folder / "my_mlp.part.keras").write_bytes(b"half")  # while it is being saved
    (folder / "notes.txt").write_text("no model")
    shutil.copy(folder / "always_3.keras", folder / "a_new_one.keras")
    assert store.names() == ["mnist_model", "a_new_one", "always_3", "always_4"]


def test_without_a_folder_there_is_but_one(own, folder):
    assert ModelStore(own).names() == ["mnist_model"]
    assert ModelStore(own, folder / "not made yet").names() == ["mnist_model"]


def test_each_name_is_its_model_loaded_once(store, own):
    always_3, always_4 = store.explainer("always_3"), store.explainer("always_4")
    assert (answer(always_3), answer(always_4)) == (3, 4)
    assert store.explainer("mnist_model") is own.explainer
    assert store.explainer("always_3") is always_3


BAD_NAMES = [
    "gone", "", "../outside", "/etc/passwd", "always_3.keras", None, 7, True, ["always_3"],
    {"name": "always_3"}, "<img src=x onerror=alert(1)>", "always_3\x00",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
def test_only_names_of_the_folder_are_loaded(store, folder, name):
    shutil.copy(folder / "always_3.keras", folder.parent / "outside.keras")
    with pytest.raises(ModelError, match="^That model is gone: choose another one.$"):
        store.explainer(name)


def test_a_damaged_file_is_one_clear_line_that_does_not_name_the_folder(store, folder):
    (folder / "always_4.keras").write_bytes(b"no model at all")
    with pytest.raises(ModelError) as caught:
        store.explainer("always_4")
    assert str(caught.value) == (
        "The model always_4 cannot be loaded: its file is damaged or holds no model that reads"
        " digits. Choose another one, or train it again."
    )
    assert answer(store.explainer("always_3")) == 3


def test_a_model_that_was_trained_anew_is_loaded_anew(store, folder):
    assert answer(store.explainer("always_3")) == 3
    os.replace(folder / "always_4.keras", folder / "always_3.keras")
    assert answer(store.explainer("always_3")) == 4


@pytest.mark.parametrize("when", [0, 2**32], ids=["1970", "2106"])
def test_a_clock_that_jumps_hides_no_new_model(store, folder, when):
    os.utime(folder / "always_3.keras", (when, when))
    assert answer(store.explainer("always_3")) == 3
    os.utime(folder / "always_4.keras", (when, when))  # older than, or as old as, the one it knows
    os.replace(folder / "always_4.keras", folder / "always_3.keras")
    assert answer(store.explainer("always_3")) == 4


def test_the_pages_own_model_too_can_be_trained_anew(folder):
    own = OwnModel.of(DigitClassifier.load(folder / "always_3.keras"))
    store = ModelStore(own, folder)
    assert store.names() == ["always_3", "always_4"]
    assert store.explainer(store.own_name) is own.explainer
    os.replace(folder / "always_4.keras", folder / "always_3.keras")
    assert answer(store.explainer(store.own_name)) == 4
    (folder / "always_3.keras").unlink()
    assert store.explainer(store.own_name) is own.explainer  # which needs its file no more


def test_what_is_kept_is_bounded(store, folder, monkeypatch):
    monkeypatch.setattr("digits.page.model_store.LOADED", 2)
    shutil.copy(folder / "always_3.keras", folder / "another.keras")
    first = store.explainer("always_3")
    store.explainer("always_4")
    assert store.explainer("always_3") is first  # still there, and now the youngest
    store.explainer("another")
    assert store.explainer("always_3") is first
    store.explainer("always_4")
    store.explainer("another")
    assert store.explainer("always_3") is not first


# ---- the menu


@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
def test_the_menu_hands_over_whatever_it_holds(name):
    assert ModelMenu(["mnist_model"]).preprocess(name) == name


def test_the_menu_offers_every_model_and_shows_the_pages_own(store, own):
    menu = model_menu(store)
    assert [value for _, value in menu.choices] == ["mnist_model", "always_3", "always_4"]
    assert (menu.value, menu.visible) == ("mnist_model", True)
    refreshed = refreshed_menu(store, "always_4")
    assert (refreshed["value"], refreshed["choices"]) == (
        "always_4",
        [
            ("The shipped one · mnist_model", "mnist_model"),
            ("always_3", "always_3"),
            ("always_4", "always_4"),
        ],
    )
    assert refreshed_menu(store)["value"] == "mnist_model"
    assert model_menu(ModelStore(own)).visible is False


def test_what_the_menu_shows_is_what_answers(store):
    explainer, menu = chosen_model(store, "always_3")
    assert answer(explainer) == 3
    assert menu == gr.skip()


@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
def test_if_a_model_cannot_be_had_the_pages_own_answers_and_the_menu_says_so(store, own, name):
    message = "^That model is gone: choose another one. Until then, mnist_model answers.$"
    with pytest.warns(UserWarning, match=message):  # on the page it is a gr.Warning
        assert chosen_model(store, name) == (own.explainer, "mnist_model")


def test_if_the_pages_own_cannot_be_had_either_that_is_one_clear_line(folder):
    store = ModelStore(OwnModel.of(DigitClassifier.load(folder / "always_3.keras")), folder)
    (folder / "always_3.keras").write_bytes(b"no model at all")
    with pytest.raises(gr.Error) as caught:
        chosen_model(store, "gone")
    assert caught.value.message.startswith("The model always_3 cannot be loaded")
    assert "\n" not in caught.value.message


# ---- the page's own model, which loads while the page is shown


def test_the_page_is_shown_before_its_model_is_loaded_and_a_drawing_waits_for_it():
    own = OwnModel.in_file(DEFAULT_MODEL)
    demo = build_demo(own)
    with running(demo, "127.0.0.1", 0) as address:
        netloc = urlsplit(address).netloc
        assert ask(netloc, "GET", "/")[0] == 200
        assert own.is_ready() is False
        status, _, content = ask(netloc, "GET", "/health")
        assert (status, json.loads(content)["status"]) == (503, "loading the model")
        with ThreadPoolExecutor(1) as visitor:
            asked = visitor.submit(post, netloc, RUN, {"data": [EXAMPLE]})
            own.start_loading()
            status, content = asked.result(60)
        assert (status, json.loads(content)["data"][0]["label"]) == (200, "1")
        assert own.is_ready() is True
        assert ask(netloc, "GET", "/health")[0] == 200


def test_a_model_that_cannot_be_loaded_is_told_to_all_who_wait(tmp_path):
    (tmp_path / "damaged.keras").write_bytes(b"no model at all")
    own = OwnModel.in_file(tmp_path / "damaged.keras")
    own.start_loading()
    with pytest.raises(ModelError, match="is damaged or is no Keras model"):
        _ = own.explainer
    with pytest.raises(ModelError, match="is damaged or is no Keras model"):
        own.is_ready()
    demo = build_demo(own)
    with running(demo, "127.0.0.1", 0) as address:
        netloc = urlsplit(address).netloc
        status, _, content = ask(netloc, "GET", "/health")
        assert (status, json.loads(content)["status"]) == (503, "the model cannot be loaded")
        status, line = post(netloc, RUN, {"data": [EXAMPLE]})
        assert (status, line) == (
            422,
            "The page's own model cannot be loaded: the terminal in which it runs says why.",
        )
