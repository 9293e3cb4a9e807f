"""Measures how long training to 99 % accuracy takes: `python -m benchmarks.training`.

The preset `fast` trains for one epoch on MNIST. It is compared, in the same run, with the usual
recipe of tutorials: `three_conv_plain` with Keras' defaults, five epochs, batches of 32, Adam.
Both times are those of fitting, compilation included; both accuracies are on MNIST's test images.
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
    """Train with the preset `fast`; returns seconds and test accuracy (0 to 1)."""
    recipe = PRESETS["fast"].changed({"seed": seed})
    keras.utils.set_random_seed(seed)
    network = build(recipe.architecture)
    started = time.perf_counter()
    fit(network, mnist.train, mnist.validation, recipe, verbose=0)
    return time.perf_counter() - started, _accuracy(network, mnist)


def tutorial(mnist: Mnist, seed: int) -> tuple[float, float]:
    """Train as most tutorials do; returns seconds and test accuracy (0 to 1)."""
    keras.utils.set_random_seed(seed)
    network = build("three_conv_plain")
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    started = time.perf_counter()
    network.fit(mnist.train.x[..., None], mnist.train.y, batch_size=32, epochs=5, verbose=0)
    return time.perf_counter() - started, _accuracy(network, mnist)


def _accuracy(network: keras.Model, mnist: Mnist) -> float:
    return DigitClassifier(network).evaluate(*mnist.test)["accuracy"]


def main() -> int:
    """Train with both recipes, and print a table; returns the exit code."""
    try:
        mnist = load_mnist()
    except DigitsError as error:
        print_error(error)
        return 1
    times = {}
    print("| recipe | seeds | fitting, s (median) | MNIST test accuracy (mean) | lowest, highest |")
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
