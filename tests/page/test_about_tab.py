"""What the About tab shows of a model card, whatever files are beside the model."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from html_reader import Reader

from digits import DigitClassifier
from digits.model_card import checked_card
from digits.page.demo import build_demo
from digits.page.tabs.about import about

UNREADABLE = "This model came without a readable card"
CARD = {
    "task": "reads digits",
    "architecture": "mine",
    "parameters": 1234567,
    "saved": "2026-01-02",
    "recipe": {
        "data": "mnist+pen",
        "seed": 4,
        "epochs": 28,
        "settling_epochs": 3,
        "batch_size": 256,
        "optimizer": "adamw",
        "augmentation": {"rotation": 10.0},
        "parts": {"MNIST digits, each twice": 110000, "pen digits": 0, "non-digits": 16000},
    },
    "figures": {
        "mnist_test": {"count": 10000, "accuracy": 0.9875, "calibration_error": 0.01},
        "pen_test_writers": {"count": 6996, "accuracy": 0.993, "calibration_error": 0.0025},
        "validation": {"count": 5000, "accuracy": 0.99},
        "non_digits": {"declined": 0.98},
    },
}


def told(card: object, model: str | None = "models/mine.keras") -> str:
    """The text of the tab, with single spaces."""
    html = about(checked_card(card), model and Path(model), threshold=0.5)
    return " ".join(Reader(html).text.split())


def test_the_whole_card_is_told():
    text = told(CARD)
    for sentence in [
        "The network is mine, with 1,234,567 parameters. It was saved on 2026-01-02. It reads"
        " digits.",
        "What it was trained on 110,000 images: MNIST digits, each twice 16,000 images: non-digits"
        " Training took 28 epochs with augmentation, then 3 without. Each batch held 256 images."
        " The optimizer was adamw. The seed was 4.",
        "To train it again: python3 mnist_classification.py train --like models/mine.json",
        "It reads 98.75 % of the 10,000 MNIST test digits correctly.",
        "It reads 99.00 % of the 5,000 validation digits correctly.",
        "It reads 99.30 % of 6,996 pen drawings by 14 people correctly,",
        "it differs from the accuracy by 1.00 % on MNIST and by 0.25 % on the pen drawings.",
        "It rejects 98.0 % of the non-digits,",
        "If it is less than 50 % sure of every digit, it names none.",
    ]:
        assert sentence in text
    assert "pen digits" not in text  # there were none


def test_what_the_card_does_not_hold_is_not_told():
    text = told({"architecture": "mine"})
    assert "The model The network is mine. What it was trained on The card does not say." in text
    assert "How well it reads The card does not say." in text
    assert "14 people" not in text
    assert "SHA-256" not in text
    assert "--like" not in text
    short = told({"recipe": {"epochs": 2, "augmentation": None}})
    assert "Training took 2 epochs without augmentation." in short


@pytest.mark.parametrize(
    ("model", "data", "command"),
    [
        ("models/mine.keras", "mnist", "--like models/mine.json"),
        ("somewhere/secret/mine.keras", "mnist", "--like mine.json"),
        ("models/a b.keras", "mnist", "--like 'models/a b.json'"),
        ("models/mine.keras", "custom", None),
        ("models/mine.keras", None, None),
        (None, "mnist", None),
    ],
)
def test_how_to_train_it_again(model, data, command):
    text = told({"recipe": {"epochs": 2, "data": data}}, model)
    assert "secret" not in text
    if command:
        assert f"mnist_classification.py train {command}" in text
    else:
        assert "train --like" not in text


def test_text_of_a_card_is_shown_as_it_is():
    strange = "<script>alert('x')</script>\"&{{ card }}**"
    card = {
        "architecture": strange,
        "task": strange,
        "recipe": {"epochs": 1, "data": "mnist", "optimizer": strange, "parts": {strange: 5}},
    }
    page = Reader(about(checked_card(card), Path(f"{strange[:20]}.keras"), threshold=0.5))
    assert page.all("script") == []
    assert page.text.count(strange) == 4


# ---- whatever files are beside the model


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """A classifier with its model file in a folder of its own."""
    classifier = DigitClassifier.build("mlp")
    classifier.save(tmp_path_factory.mktemp("models") / "mine.keras")
    return classifier


def sha256(classifier) -> dict[str, str]:
    """What tells that a card is this model's."""
    return {"sha256": hashlib.sha256(classifier.path.read_bytes()).hexdigest()}


def with_card(classifier, folder: Path, card: bytes | None) -> DigitClassifier:
    """The model as it is loaded beside this card."""
    shutil.copy(classifier.path, folder / "mine.keras")
    if card is not None:
        (folder / "mine.json").write_bytes(card)
    return DigitClassifier.load(folder / "mine.keras")


def shown_on_the_page(classifier, folder: Path, card: bytes | None) -> str:
    classifier = with_card(classifier, folder, card)
    parts = build_demo(classifier, models=folder).get_config_file()["components"]
    (html,) = [part["props"]["value"] for part in parts if part["props"].get("elem_id") == "card"]
    return " ".join(Reader(html).text.split())


@pytest.mark.parametrize(
    "card",
    [
        None,
        b"",
        b"{ torn",
        b"[1, 2, 3]",
        b"7",
        b"null",
        b"{}",
        b'{"architecture": 5}',
        b'{"architecture": "\xff"}',
        b'{"architecture": "\\ud800"}',
        b"[" * 100_000,
        b'{"trained_on": 3, "figures": {"mnist_test": [], "no_digits": "x"}, "recipe": []}',
        json.dumps(CARD).encode() + b" " * 1_000_000,
    ],
    ids=lambda card: repr(card)[:40],
)
def test_a_card_that_is_none_is_called_unreadable(mine, tmp_path, card):
    loaded = with_card(mine, tmp_path, card)
    assert UNREADABLE in told(loaded.card, loaded.path)


@pytest.mark.parametrize("card", [None, b"{ torn"])
def test_a_card_that_is_none_does_not_keep_the_page_from_starting(mine, tmp_path, card):
    assert UNREADABLE in shown_on_the_page(mine, tmp_path, card)


def test_the_card_of_another_model_is_not_shown(mine, tmp_path):
    other = CARD | {"sha256": "0" * 64}
    text = shown_on_the_page(mine, tmp_path, json.dumps(other).encode())
    assert UNREADABLE in text
    assert "The terminal in which the page runs says what is wrong with its card." in text


def test_that_the_file_is_the_cards_is_checked_and_said(mine, tmp_path):
    text = shown_on_the_page(mine, tmp_path, json.dumps(CARD | sha256(mine)).encode())
    start = sha256(mine)["sha256"][:12]
    assert f"checked against its card: the SHA-256 {start}… is the same." in text


def test_of_a_card_that_is_partly_broken_the_rest_is_shown(mine, tmp_path):
    broken = CARD | sha256(mine) | {"parameters": [], "recipe": {"epochs": "x"}, "saved": {}}
    broken["figures"] = CARD["figures"] | {"validation": {"count": None, "accuracy": "0.99"}}
    text = shown_on_the_page(mine, tmp_path, json.dumps(broken).encode())
    assert UNREADABLE not in text
    assert "The network is mine." in text
    assert "98.75 % of the 10,000 MNIST test digits" in text
    assert "validation digits" not in text


def test_the_card_of_an_older_version_is_shown_as_far_as_it_goes(mine, tmp_path):
    old = {key: CARD[key] for key in ("task", "architecture", "parameters", "saved", "figures")}
    old |= sha256(mine) | {
        "trained_on": {"MNIST": 55000, "no digits": 16000},
        "settings": {"epochs": 31},
    }
    text = shown_on_the_page(mine, tmp_path, json.dumps(old).encode())
    assert "The network is mine, with 1,234,567 parameters" in text
    assert "What it was trained on The card does not say." in text
