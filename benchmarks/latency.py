"""Measures how long reading one drawing takes, step by step: `python -m benchmarks.latency`.

The network is computed in LiteRT, as on the page, by TensorFlow's compiled call, and by Keras' own
`model.predict`. The steps take turns, so that other load on the machine affects all of them alike.
Then the page is started a few times, and asked for an answer as soon as it is there.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import httpx
import numpy as np
from PIL import Image

from benchmarks.page_servers import PUBLIC_PAGE, serving
from digits.classifier import DigitClassifier
from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.strokes import draw
from digits.explain import Explainer
from digits.images.data_urls import data_url
from digits.images.preprocessing import digit_image
from digits.page.tabs.draw import classify

ROUNDS = 50
STARTS = 5


def main() -> int:
    """Measure, and print two Markdown tables; returns the exit code."""
    steps_of_an_answer()
    print()
    start_of_the_page()
    return 0


def steps_of_an_answer() -> None:
    """Measure each step from a drawing to its answer, and print a table."""
    classifier, on_the_page = DigitClassifier.load(), DigitClassifier.load()
    on_the_page.speed_up().join()
    explainer = Explainer(on_the_page)
    canvas = np.uint8(255 * (1 - draw(parse_form(DIGIT_FORMS[7][1]))))  # 280×280, dark on white
    picture = Image.fromarray(canvas)
    image = digit_image(picture)[None]
    steps: dict[str, Callable[[], object]] = {
        "preprocessing (280×280 canvas to digit image)": lambda: digit_image(picture),
        "network, LiteRT": lambda: on_the_page.probabilities(image),
        "network, TensorFlow's compiled call": lambda: classifier.probabilities(image),
        "network, Keras' model.predict": lambda: classifier.model.predict(image, verbose=0),
        "all steps: classifier.predict(canvas)": lambda: on_the_page.predict(canvas),
        "where it looks: explainer.overlay(image)": lambda: explainer.overlay(image[0], 7),
        "the page's whole answer, with its pictures": lambda: classify(explainer, picture),
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    for step in steps.values():  # warm up
        step()
    for _ in range(ROUNDS):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            times[name].append(1000 * (time.perf_counter() - start))
    compiled = statistics.median(times["network, TensorFlow's compiled call"])
    print("| step | median, ms | relative to the compiled call |\n| --- | ---: | ---: |")
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"| {name} | {median:.2f} | {median / compiled:.2f}× |")


def start_of_the_page() -> None:
    """Measure the time from the command to the page and to its first answer; print a table."""
    drawing = data_url(1 - draw(parse_form(DIGIT_FORMS[7][1])))
    served, answered = [], []
    for _ in range(STARTS):
        with serving(PUBLIC_PAGE) as server:
            served.append(server.since_start())
            httpx.post(
                f"{server.address}/gradio_api/run/classify", json={"data": [drawing]}, timeout=120
            ).raise_for_status()
            answered.append(server.since_start())
    print(f"| median of {STARTS} starts | after, s | processor time until then, s |")
    print("| --- | ---: | ---: |")
    for name, taken in (("the page is served", served), ("the first answer", answered)):
        seconds, used = (statistics.median(column) for column in zip(*taken, strict=True))
        print(f"| {name} | {seconds:.2f} | {used:.2f} |")


if __name__ == "__main__":
    sys.exit(main())
