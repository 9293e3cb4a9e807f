"""`train`: trains a network of your choice, and saves it as a model file."""

import argparse
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digits.commands.arguments import keras_file, positive, seed
from digits.console import print_how_to_draw, progress_style, start_up_notes_hidden
from digits.data import CORPORA
from digits.learning.recipe import PRESETS, Recipe
from digits.model_card import card_content, checked_card

if TYPE_CHECKING:  # TensorFlow takes seconds to import
    from digits.classifier import DigitClassifier

SUMMARY = "train a network and save it as a model file"
USES_MODEL = False
STANDARD = "standard"  # the default preset


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    start = parser.add_mutually_exclusive_group()
    start.add_argument(
        "--preset",
        choices=PRESETS,
        help=f"the recipe to start from; the options below change it (default: {STANDARD})",
    )
    start.add_argument(
        "--like",
        type=Path,
        metavar="CARD",
        help="start from the recipe in a model card instead, such as models/mnist_model.json",
    )
    parser.add_argument(
        "--architecture", metavar="NAME", help="the network to train, such as two_conv"
    )
    parser.add_argument("--data", choices=CORPORA, help="what to train on")
    parser.add_argument("--images", type=positive, metavar="N", help="train on only N images")
    parser.add_argument(
        "--epochs",
        type=positive,
        metavar="N",
        help="epochs, not counting those without augmentation at the end",
    )
    parser.add_argument("--batch-size", type=positive, metavar="N", help="images per step")
    parser.add_argument(
        "--seed", type=seed, metavar="N", help="the same seed gives the same network (default: 0)"
    )
    parser.add_argument(
        "--augment",
        action=argparse.BooleanOptionalAction,
        help="augment the training images, then train a few epochs without augmentation",
    )
    parser.add_argument(
        "--output",
        type=keras_file,
        metavar="PATH",
        help="the model file to write (default: models/<architecture>.keras)",
    )
    parser.add_argument(
        "--resume", action="store_true", help="continue an interrupted training run"
    )


def run(args: argparse.Namespace) -> int:
    """Train as `args` specify; after Ctrl-C, save the best network so far and return 130."""
    recipe = chosen_recipe(args)
    original = card_content(args.like) if args.like else {}  # read now: it may be gone by then
    with start_up_notes_hidden():
        import keras

        from digits.classifier import DigitClassifier
        from digits.data.corpus import training_data
        from digits.learning.training import TrainingInterrupted
        from digits.saving import check_writable

        keras.utils.set_random_seed(recipe.seed)
        classifier = DigitClassifier.build(recipe.architecture)
    output = args.output or Path("models") / f"{recipe.architecture}.keras"
    check_writable(output, classifier.model, checkpoints=True)
    checkpoint = output.with_suffix(".training")
    if recipe.data != "mnist":
        print("Drawing the digits to train on ...", flush=True)
    data = training_data(recipe.data, images=recipe.images, seed=recipe.seed)
    train, validation = data.train, data.validation
    recipe = recipe.changed({"parts": data.counts, "validation_parts": data.validation_counts})
    del data  # training keeps its own copy; the parts would double the memory
    started = time.perf_counter()
    try:
        classifier.train(
            train,
            validation,
            recipe=recipe.changed({"data_sha256": None}),
            checkpoint=checkpoint,
            resume=args.resume,
            verbose=progress_style(),
        )
    except TrainingInterrupted as interrupted:
        again = shlex.join([*sys.argv, *([] if args.resume else ["--resume"])])
        done = len(interrupted.history.get("loss", []))
        if done:
            classifier.save(output)
            print(f"\nStopped after {done} epochs. The best network so far is saved as {output}.")
        else:
            print("\nStopped during the first epoch: there is nothing to save yet.")
        print(f"To continue: python3 {again}")
        return 130
    minutes = (time.perf_counter() - started) / 60
    classifier.card["training"]["minutes"] = round(minutes, 1)
    classifier.save(output)
    checkpoint.unlink(missing_ok=True)
    accuracy = classifier.card["figures"]["validation"]["accuracy"]
    print(
        f"Saved {output} after {minutes:.1f} minutes: it reads {100 * accuracy:.2f} % of the "
        "validation digits."
    )
    if args.like:
        print(comparison_with_card(args.like, original, classifier))
    print_how_to_draw(output)
    return 0


def chosen_recipe(args: argparse.Namespace) -> Recipe:
    """The recipe that `args` name, with their options applied to it.

    Raises:
        DigitsError: the card of `--like` holds no recipe.
    """
    recipe = Recipe.from_card(args.like) if args.like else PRESETS[args.preset or STANDARD]
    if args.augment is not None:
        recipe = recipe.augmented(args.augment)
    names = ("architecture", "data", "images", "epochs", "batch_size", "seed")
    given: dict[str, Any] = {name: getattr(args, name) for name in names}
    return recipe.changed({name: value for name, value in given.items() if value is not None})


def comparison_with_card(
    card: Path, original: dict[str, Any], classifier: "DigitClassifier"
) -> str:
    """Describe whether training reproduced the network of a card, and if not, what differs.

    Args:
        card: the card's file.
        original: what it held before the training.
        classifier: the trained one.
    """
    from digits.saving import weights_sha256

    if original.get("weights_sha256") == weights_sha256(classifier.model):
        return f"Its weights are identical to those of {card}."
    recipe = Recipe.from_dict(original["recipe"])
    difference = recipe.difference(Recipe.from_dict(classifier.card["recipe"]))
    known = checked_card(original)
    if not difference and known and known.training and known.training.changed:
        difference = "some of its recipe was changed while it learned"
    reason = difference or "the recipe is the same, but processors round differently"
    return f"Its weights differ from those of {card}: {reason}."
