"""Model cards are validated when they are read."""

from datetime import date

import pytest

from digits.model_card import Measured, ModelCard, TrainingFacts, checked_card

CARD = {
    "task": "reads digits",
    "recipe": {
        "architecture": "three_conv",
        "data": "mnist+pen",
        "images": None,
        "seed": 0,
        "epochs": 28,
        "settling_epochs": 3,
        "batch_size": 256,
        "optimizer": "adamw",
        "learning_rate": 0.002,
        "augmentation": {"rotation": 10.0},
        "parts": {"MNIST digits, each twice": 110000, "non-digits": 16000},
        "validation_parts": {"MNIST digits": 5000},
    },
    "training": {"epochs": 31, "changes": [[1.5, "dropout", 0.0]]},
    "figures": {
        "mnist_test": {"count": 10000, "accuracy": 0.9951, "calibration_error": 0.0018},
        "pen_test_writers": {"count": 6996, "accuracy": 0.993, "calibration_error": 0.0025},
        "validation": {"count": 5000, "accuracy": 0.99},
        "non_digits": {"threshold": 0.96, "declined": 0.98, "auroc": 0.996},
    },
    "saved": "2026-11-22",
    "architecture": "three_conv",
    "parameters": 275498,
    "sha256": "0f" * 32,
}
NOTHING = ModelCard(*[None] * 10)


def test_a_whole_card_is_read():
    assert checked_card(CARD) == ModelCard(
        task="reads digits",
        architecture="three_conv",
        parameters=275498,
        saved=date(2026, 11, 22),
        training=TrainingFacts(
            data="mnist+pen",
            parts={"MNIST digits, each twice": 110000, "non-digits": 16000},
            seed=0,
            epochs=28,
            settling_epochs=3,
            batch_size=256,
            optimizer="adamw",
            augmented=True,
            changed=True,
        ),
        mnist_test=Measured(10000, 0.9951, 0.0018),
        validation=Measured(5000, 0.99, None),
        pen_test_writers=Measured(6996, 0.993, 0.0025),
        declined=0.98,
        sha256="0f" * 32,
    )


@pytest.mark.parametrize(
    "content",
    [
        [],
        7,
        None,
        "a card",
        {},
        {"architecture": 5},
        {"architecture": "\ud800", "parameters": True, "saved": "yesterday", "task": "a\nb"},
        {"figures": [0.99], "recipe": "three_conv", "parameters": -1},
        {"figures": {"mnist_test": {"count": 10000, "accuracy": float("nan")}}},
        {"figures": {"mnist_test": {"count": "10000", "accuracy": 0.99}}},
        {"figures": {"validation": {"count": 0, "accuracy": 1.0}, "non_digits": 3}},
        {"recipe": {"epochs": 2.5, "parts": {"MNIST": 55000}}},
        {"architecture": "x" * 10_000, "task": "  "},
        {"sha256": "0f" * 32},
    ],
)
def test_a_card_without_anything_valid_is_no_card(content):
    assert checked_card(content) is None


def test_what_is_valid_is_kept_and_the_rest_dropped():
    card = {
        "architecture": "mine",
        "parameters": "many",
        "saved": 2026,
        "figures": {
            "mnist_test": {"count": 100, "accuracy": 0.5, "calibration_error": "small"},
            "validation": {"count": 100, "accuracy": 50},
        },
        "recipe": {"epochs": 2, "parts": {"MNIST": 55000, "": 3, "pen": "some"}, "seed": -1},
    }
    assert checked_card(card) == NOTHING._replace(
        architecture="mine",
        training=TrainingFacts(None, {"MNIST": 55000}, None, 2, None, None, None, None),
        mnist_test=Measured(100, 0.5, None),
    )


@pytest.mark.parametrize(
    ("recipe", "augmented"),
    [
        ({"augmentation": {"rotation": 10.0}}, True),
        ({"augmentation": None}, False),
        ({}, None),
    ],
)
def test_whether_images_were_augmented(recipe, augmented):
    assert checked_card({"recipe": {"epochs": 1, **recipe}}).training.augmented is augmented
