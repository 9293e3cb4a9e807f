"""Measures what chance alone changes: `python -m benchmarks.spread`.

Trains the bundled network three times by a shortened recipe that differs only in its seed, and
prints the mean and the spread of each figure. A difference between two recipes that is smaller
than this spread is no progress. Everything is measured on validation data.
"""

import argparse
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

from benchmarks import damage
from digits.classifier import DigitClassifier
from digits.console import print_error
from digits.data import corpus
from digits.data.mnist import load_mnist
from digits.data.non_digits import VALIDATION_KINDS
from digits.errors import DigitsError
from digits.learning.recipe import PRESETS

SEEDS = (0, 1, 2)
SHORTENED = {"images": 40_000, "epochs": 4, "settling_epochs": 1}


def figures(classifier: DigitClassifier) -> dict[str, float]:
    """The figures of one network on validation data, each a share from 0 to 1."""
    mnist = load_mnist().validation
    drawn = corpus.drawn_to_measure(corpus.measuring_drawings(validation=True))
    rows = {
        "MNIST": classifier.evaluate(*mnist)["accuracy"],
        "pen digits": classifier.evaluate(*drawn)["accuracy"],
        "damaged digits": damage.measure(classifier, validation=True)["mean of all damage"][0],
    }
    for group in ("letter", "sign"):
        kinds = [kind for kind in VALIDATION_KINDS if kind.startswith(group)]
        others = corpus.non_digits(1_000, kinds=kinds, seed=corpus.MEASURING_SEED).x
        confidence = classifier.probabilities(others).max(1)
        rows[f"{group}s declined"] = float((confidence < classifier.threshold).mean())
    return rows


def trained(seed: int) -> DigitClassifier:
    """A network trained by the shortened recipe with this seed."""
    recipe = PRESETS["standard"].changed({**SHORTENED, "seed": seed})
    data = corpus.training_data(recipe.data, images=recipe.images, seed=seed)
    recipe = recipe.changed({"parts": data.counts, "validation_parts": data.validation_counts})
    keras.utils.set_random_seed(seed)
    classifier = DigitClassifier.build(recipe.architecture)
    return classifier.train(data.train, data.validation, recipe=recipe, verbose=0)


def main(argv: list[str] | None = None) -> int:
    """Train, measure and print the table; returns the exit code."""
    argparse.ArgumentParser(prog="python -m benchmarks.spread", description=__doc__).parse_args(
        argv
    )
    try:
        measured = [figures(trained(seed)) for seed in SEEDS]
    except DigitsError as error:
        print_error(error)
        return 1
    print("| figure | mean | standard deviation |\n| --- | --- | --- |")
    for name in measured[0]:
        values = [row[name] for row in measured]
        print(f"| {name} | {np.mean(values):.2%} | {np.std(values, ddof=1):.2%} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
