"""Measures how long reading one drawing takes, step by step: `python -m benchmarks.latency`.

Keras' own `model.predict` is measured beside the compiled call. The steps take turns, so that
other load on the machine affects all of them alike.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from digits.classifier import DigitClassifier
from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.strokes import draw
from digits.images.preprocessing import digit_image

ROUNDS = 50


def main() -> int:
    """Measure, and print a Markdown table; returns the exit code."""
    classifier = DigitClassifier.load()
    canvas = np.uint8(255 * (1 - draw(parse_form(DIGIT_FORMS[7][1]))))  # 280×280, dark on white
    image = digit_image(canvas)[None]
    steps: dict[str, Callable[[], object]] = {
        "preprocessing (280×280 canvas to digit image)": lambda: digit_image(canvas),
        "network, compiled call": lambda: classifier.probabilities(image),
        "network, Keras' model.predict": lambda: classifier.model.predict(image, verbose=0),
        "all steps: classifier.predict(canvas)": lambda: classifier.predict(canvas),
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    for step in steps.values():  # warm up
        step()
    for _ in range(ROUNDS):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            times[name].append(1000 * (time.perf_counter() - start))
    compiled = statistics.median(times["network, compiled call"])
    print("| step | median, ms | relative to the compiled call |\n| --- | --- | --- |")
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"| {name} | {median:.2f} | {median / compiled:.1f}× |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
