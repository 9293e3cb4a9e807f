"""Which models a page offers, and who draws with which."""

import os
import shutil

import numpy as np
import pytest

from digits import DigitClassifier, ModelError
from digits.explain import Explainer
from digits.page.model_store import VISITORS, ModelStore

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
    return Explainer(classifier)


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


def test_a_visitors_choice_is_theirs_alone_and_ends_with_the_visit(store, own):
    store.choose("ada", "always_3")
    store.choose("bob", "always_4")
    chosen = {who: store.explainer(store.choice(who)) for who in ("ada", "bob", "eve", None)}
    assert (answer(chosen["ada"]), answer(chosen["bob"])) == (3, 4)
    assert chosen["eve"] is chosen[None] is own
    assert store.explainer("always_3") is chosen["ada"]  # loaded once
    store.forget("ada")
    assert (store.choice("ada"), store.choice("bob")) == ("mnist_model", "always_4")


@pytest.mark.parametrize(
    "name", ["gone", "", "../outside", "/etc/passwd", "always_3.keras", None, 7, ["always_3"]]
)
def test_only_names_of_the_folder_are_loaded(store, folder, name):
    shutil.copy(folder / "always_3.keras", folder.parent / "outside.keras")
    with pytest.raises(ModelError, match="^That model is gone: choose another one.$"):
        store.choose("ada", name)
    assert store.choice("ada") == "mnist_model"


def test_a_damaged_file_is_one_clear_line_and_the_choice_stays(store, folder):
    store.choose("ada", "always_3")
    (folder / "always_4.keras").write_bytes(b"no model at all")
    with pytest.raises(ModelError) as caught:
        store.choose("ada", "always_4")
    assert str(caught.value) == (
        "The model always_4 cannot be loaded: its file is damaged or is no digit reader. Choose"
        " another one, or train it again."
    )
    assert store.choice("ada") == "always_3"


def test_a_model_that_was_trained_anew_is_loaded_anew(store, folder):
    store.choose("ada", "always_3")
    assert answer(store.explainer("always_3")) == 3
    os.replace(folder / "always_4.keras", folder / "always_3.keras")
    assert answer(store.explainer(store.choice("ada"))) == 4


def test_the_pages_own_model_too_can_be_trained_anew(folder):
    own = Explainer(DigitClassifier.load(folder / "always_3.keras"))
    store = ModelStore(own, folder)
    assert store.names() == ["always_3", "always_4"]
    assert store.explainer(store.choice(None)) is own
    os.replace(folder / "always_4.keras", folder / "always_3.keras")
    assert answer(store.explainer(store.choice(None))) == 4
    (folder / "always_3.keras").unlink()
    assert store.explainer(store.choice(None)) is own  # which needs its file no more


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

    for visitor in range(VISITORS + 1):
        store.choose(f"visitor {visitor}", "always_3")
    assert store.choice("visitor 0") == "mnist_model"
    assert store.choice("visitor 1") == "always_3"
