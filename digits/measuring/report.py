"""Reports how well a classifier reads, as one HTML file that needs nothing beside it.

The markup and the wording are in `report.html`.
"""

import base64
import time
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from digits.classifier import DigitClassifier
from digits.data.splits import Split
from digits.measuring import plots
from digits.metrics import figures
from digits.templates import render


class Reading(NamedTuple):
    """A classifier's answers to some digits, and how often they are correct."""

    name: str  # of the digits
    digits: Split
    probabilities: np.ndarray  # (N, 10) float32
    figures: dict  # see `digits.metrics.figures`


class Part(NamedTuple):
    """What the report shows of one reading; its pictures are PNG data URLs."""

    name: str
    total: int
    correct: int
    accuracy: str
    confusion: str
    mistakes: str | None  # None when there are none


class Row(NamedTuple):
    """A row of a table."""

    name: str
    cells: list[str]  # one for each reading


def read(classifier: DigitClassifier, parts: dict[str, Split]) -> list[Reading]:
    """Let a classifier read several parts of the data, given by name."""
    readings = []
    for name, digits in parts.items():
        probabilities = classifier.probabilities(digits.x)
        readings.append(Reading(name, digits, probabilities, figures(probabilities, digits.y)))
    return readings


def html_report(classifier: DigitClassifier, readings: list[Reading]) -> str:
    """Write the report on a classifier: figures, mistakes and calibration.

    Args:
        classifier: the one that read.
        readings: what `read` returned, at least one.

    Returns:
        An HTML page with its pictures inside, for light and dark, wide and narrow screens.
    """
    answers = {reading.name: (reading.probabilities, reading.digits.y) for reading in readings}
    return render(
        "measuring/report.html",
        model=classifier.path.name if classifier.path else classifier.model.name,
        network=classifier.model.name,
        parameters=classifier.model.count_params(),
        date=time.strftime("%Y-%m-%d"),
        parts=[_part(reading) for reading in readings],
        figures=_figures(readings, classifier.threshold),
        by_digit=_by_digit(readings),
        reliability=_picture(plots.reliability_diagram(answers)),
    )


def _part(reading: Reading) -> Part:
    probabilities, digits = reading.probabilities, reading.digits
    total, correct = reading.figures["count"], reading.figures["correct"]
    mistakes = None
    if correct < total:
        mistakes = _picture(plots.mistakes_gallery(digits.x, probabilities, digits.y, columns=6))
    confusion = _picture(plots.confusion_matrix(probabilities, digits.y))
    accuracy = percent(reading.figures["accuracy"])
    return Part(reading.name, total, correct, accuracy, confusion, mistakes)


def _figures(readings: list[Reading], threshold: float) -> list[Row]:
    parts = [reading.figures for reading in readings]
    named = [float((reading.probabilities.max(1) >= threshold).mean()) for reading in readings]
    return [
        Row("digits", [f"{part['count']:,}" for part in parts]),
        Row("misread", [f"{part['count'] - part['correct']:,}" for part in parts]),
        Row("read correctly", [percent(part["accuracy"]) for part in parts]),
        Row(f"confidence of at least {100 * threshold:g} %", [percent(share) for share in named]),
        Row("calibration error", [percent(part["calibration_error"]) for part in parts]),
        Row("cross-entropy loss (nats)", [f"{part['loss']:.4f}" for part in parts]),
    ]


def _by_digit(readings: list[Reading]) -> list[Row]:
    rows = []
    for digit in range(10):
        shares = [reading.figures["accuracy_by_digit"][digit] for reading in readings]
        rows.append(Row(str(digit), ["–" if s is None else percent(s) for s in shares]))
    return rows


def _picture(figure: Figure) -> str:
    return f"data:image/png;base64,{base64.b64encode(plots.png(figure)).decode()}"


def percent(share: float) -> str:
    """Format a share in [0, 1] for people: `99.51 %`."""
    return f"{100 * share:.2f} %"
