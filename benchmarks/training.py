"""How fast a network is trained to 99 %: `python -m benchmarks.training`.

The preset `fast` sees MNIST once. Beside it, in the same run on the same machine, the usual
recipe of tutorials: `three_conv_plain` with Keras as it comes, five epochs, batches of 32, Adam.
Both are timed from the first look at the images to the trained network, compilation included,
and measured on MNIST's test images.
"""

import os
import statistics
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

from digits import DigitClassifier
from digits.architectures import build
from digits.console import print_error
from digits.data.mnist import Mnist, load_mnist
from digits.errors import DigitsError
from digits.learning.recipe import PRESETS
from digits.learning.training import fit

SEEDS = range(5)
TUTORIAL_SEEDS = range(2)  # each takes a minute


def fast(mnist: Mnist, seed: int) -> tuple[float, float]:
    """Train by the preset recipe; returns seconds and the share of the test images read."""
    recipe = PRESETS["fast"].changed({"seed": seed})
    keras.utils.set_random_seed(seed)
    network = build(recipe.architecture)
    started = time.perf_counter()
    fit(network, mnist.train, mnist.validation, recipe, verbose=0)
    return time.perf_counter() - started, _accuracy(network, mnist)


def tutorial(mnist: Mnist, seed: int) -> tuple[float, float]:
    """Train as tutorials do; returns seconds and the share of the test images read."""
    keras.utils.set_random_seed(seed)
    network = build("three_conv_plain")
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    started = time.perf_counter()
    network.fit(mnist.train.x[..., None], mnist.train.y, batch_size=32, epochs=5, verbose=0)
    return time.perf_counter() - started, _accuracy(network, mnist)


def _accuracy(network: keras.Model, mnist: Mnist) -> float:
    return DigitClassifier(network).evaluate(*mnist.test)["accuracy"]


def main() -> int:
    """Train both and print the table; returns the exit code."""
    try:
        mnist = load_mnist()
    except DigitsError as error:
        print_error(error)
        return 1
    times = {}
    print("| recipe | seeds | fitting, s (median) | MNIST test (mean) | lowest, highest |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, recipe, seeds in (("fast", fast, SEEDS), ("tutorial", tutorial, TUTORIAL_SEEDS)):
        seconds, accuracies = np.array([recipe(mnist, seed) for seed in seeds]).T
        times[name] = statistics.median(seconds)
        print(
            f"| {name} | {len(seeds)} | {times[name]:.1f} | {accuracies.mean():.2%} | "
            f"{accuracies.min():.2%}, {accuracies.max():.2%} |",
            flush=True,
        )
    print(f"\nfast is {times['tutorial'] / times['fast']:.1f} times as fast")
    return 0


if __name__ == "__main__":
    sys.exit(main())
