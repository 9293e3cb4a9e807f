"""A recipe holds everything that decides a training, and survives being saved in a card."""

import json

import pytest

from digits.errors import DigitsError
from digits.learning.recipe import PRESETS, Augmentation, Recipe

PLAIN = Recipe("mlp", "mnist", epochs=3)
STRONG = PRESETS["standard"].to_dict()["augmentation"]


@pytest.mark.parametrize("name", PRESETS)
def test_it_is_the_same_after_the_way_through_json(name):
    recipe = PRESETS[name].describe({"MNIST digits": 55_000}, {"validation": 5_000}, "ab" * 32)
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


def test_the_standard_recipe_is_that_of_the_bundled_model():
    recipe = PRESETS["standard"]
    assert (recipe.architecture, recipe.data, recipe.images) == ("three_conv", "mnist+pen", None)
    assert (recipe.epochs, recipe.settling_epochs, recipe.total_epochs) == (24, 3, 27)
    assert (recipe.batch_size, recipe.optimizer, recipe.learning_rate) == (256, "adamw", 2e-3)
    assert recipe.augmentation.rotation == 10.0


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"epochs": 0}, "epochs must be at least 1, not 0"),
        ({"batch_size": -1}, "batch size must be at least 1, not -1"),
        ({"images": 0}, "images must be at least 1, not 0"),
        ({"seed": 2**32}, "seed must be from 0 to 4294967295, not 4294967296"),
        ({"learning_rate": 0.0}, "learning rate must be above 0, not 0.0"),
        ({"learning_rate": float("nan")}, "learning rate must be above 0, not nan"),
        ({"weight_decay": -0.1}, "weight decay must be at least 0, not -0.1"),
        ({"optimizer": "lion"}, "optimizer must be adamw or adam, not 'lion'"),
        ({"settling_epochs": 3}, "settling epochs must be 0 without augmentation, not 3"),
        ({"epochs": 10**30}, "epochs must be at most 1,000,000, not 10000"),
        ({"settling_epochs": 10**7, "augmentation": Augmentation()}, "settling epochs must be at"),
        ({"epoch": 3}, "a recipe has no 'epoch': choose from architecture, data"),
    ],
)
def test_what_no_training_could_use_is_refused(changes, complaint):
    with pytest.raises(DigitsError, match=complaint.replace("+", r"\+")):
        PLAIN.changed(changes)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "the recipe is not an object with named values"),
        ([], "the recipe is not an object with named values"),
        ({}, "the recipe lacks 'architecture'"),
        (PLAIN.to_dict() | {"momentum": 0.9}, "has 'momentum', which this version does not know"),
        (PLAIN.to_dict() | {"epochs": "3"}, "the recipe has '3' as 'epochs'"),
        (PLAIN.to_dict() | {"epochs": True}, "the recipe has True as 'epochs'"),
        (PLAIN.to_dict() | {"epochs": 2.5}, "the recipe has 2.5 as 'epochs'"),
        (PLAIN.to_dict() | {"parts": {"MNIST": "many"}}, "as 'parts'"),
        (PLAIN.to_dict() | {"augmentation": {"rotation": 5}}, "the augmentation lacks 'shear'"),
        (PLAIN.to_dict() | {"augmentation": 5}, "the recipe has 5 as 'augmentation'"),
        (PLAIN.to_dict() | {"epochs": -1}, "epochs must be at least 1, not -1"),
        (PLAIN.to_dict() | {"architecture": "a\nb"}, r"has 'a\\nb' as 'architecture'"),
        (PLAIN.to_dict() | {"keras": "3" * 1000}, r"has '3333.*3333' as 'keras'"),
        (PLAIN.to_dict() | {"data": [[[[[[[[]]]]]]]] * 500}, r"as 'data'"),
        (PLAIN.to_dict() | {"parts": {"MNIST": -1}}, "as 'parts'"),
        (PLAIN.to_dict() | {"parts": {"a\nb": 1}}, "as 'parts'"),
        (PLAIN.to_dict() | {"augmentation": STRONG | {"shift": float("nan")}}, "shift must be"),
        (
            PLAIN.to_dict() | {"augmentation": STRONG | {"rotation": 1e9}},
            "from 0 to 180, not 1000000000",
        ),
        (PLAIN.to_dict() | {"augmentation": STRONG | {"thinner": -1}}, "thinner must be from 0"),
    ],
)
def test_a_card_of_another_kind_is_one_clear_line(content, complaint):
    with pytest.raises(DigitsError, match=complaint) as caught:
        Recipe.from_dict(content)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_the_first_difference_is_named():
    assert PLAIN.difference(PLAIN) is None
    other = PLAIN.changed({"data": "mnist+pen", "epochs": 5})
    assert PLAIN.difference(other) == "data mnist, not mnist+pen"
    counted = PLAIN.changed({"parts": {"MNIST digits": 55_000}})
    assert PLAIN.difference(counted) == "parts unknown, not 55,000 MNIST digits"


def test_augmentation_brings_epochs_to_settle_and_takes_them_along():
    augmented = PLAIN.augmented(True)
    assert (augmented.augmentation, augmented.settling_epochs) == (Augmentation(), 3)
    assert augmented.augmented(False) == PLAIN
    assert augmented.changed({"augmentation": None}) == PLAIN
    gentle = PLAIN.changed({"augmentation": Augmentation(rotation=2.0), "settling_epochs": 1})
    assert gentle.augmented(True) == gentle
