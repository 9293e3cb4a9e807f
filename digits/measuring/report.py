"""Tells how well a classifier reads, as one HTML page that needs nothing beside it."""

import base64
import time
from html import escape
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from digits.classifier import DigitClassifier
from digits.data.splits import Split
from digits.measuring import plots
from digits.metrics import figures

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ --text: #1c1d21; --quiet: #5b5f6b; --page: #fff; --card: #f3f4f7; --line: #d5d8df; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --text: #e9eaee; --quiet: #a5a9b5; --page: #15161a; --card: #22242b; --line: #3a3d47; }}
}}
body {{ margin: 0 auto; padding: 1rem; max-width: 60rem; font: 1rem/1.5 system-ui, sans-serif;
  color: var(--text); background: var(--page); }}
h1 {{ font-size: 1.6rem; line-height: 1.2; overflow-wrap: anywhere; }}
h2 {{ margin-top: 2.5rem; font-size: 1.2rem; }}
p, figcaption {{ max-width: 42rem; }}
.quiet, figcaption {{ color: var(--quiet); font-size: 0.9rem; overflow-wrap: anywhere; }}
.cards {{ display: flex; flex-wrap: wrap; gap: 1rem; }}
.cards p {{ flex: 1 1 14rem; margin: 0; padding: 1rem; border-radius: 0.5rem;
  background: var(--card); }}
.cards strong {{ display: block; font-size: 2rem; line-height: 1.2; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: 0.25rem 1rem 0.25rem 0; border-bottom: 1px solid var(--line);
  text-align: right; }}
th[scope=row] {{ text-align: left; font-weight: normal; }}
.pictures {{ display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: start; }}
figure {{ flex: 1 1 20rem; margin: 0; max-width: 34rem; }}
figcaption {{ margin-top: 0.5rem; }}
img {{ display: block; width: 100%; border-radius: 0.5rem; }}
</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


class Reading(NamedTuple):
    """What a classifier answered to some digits, and how often it was right."""

    name: str  # of the digits
    digits: Split
    probabilities: np.ndarray  # (N, 10) float32
    figures: dict  # see `digits.metrics.figures`


def read(classifier: DigitClassifier, parts: dict[str, Split]) -> list[Reading]:
    """Let a classifier read parts of the data, each with a name."""
    readings = []
    for name, digits in parts.items():
        probabilities = classifier.probabilities(digits.x)
        readings.append(Reading(name, digits, probabilities, figures(probabilities, digits.y)))
    return readings


def html_report(classifier: DigitClassifier, readings: list[Reading]) -> str:
    """The report on a classifier: figures, mistakes and how honest its confidence is.

    Args:
        classifier: that read.
        readings: what `read` made, one at least.

    Returns:
        An HTML page with its pictures in it, for light and dark, wide and narrow screens.
    """
    name = classifier.path.name if classifier.path else classifier.model.name
    title = f"How well {name} reads digits"
    network = (
        f"Network {classifier.model.name}, {classifier.model.count_params():,} parameters; "
        f"measured on {time.strftime('%Y-%m-%d')}."
    )
    body = [
        f"<h1>{escape(title)}</h1>\n<p class='quiet'>{escape(network)}</p>",
        _cards(readings),
        "<h2>Figures</h2>",
        _table(_figures(readings, classifier.threshold)),
        "<h2>Digit by digit</h2>",
        _table(_digit_by_digit(readings)),
    ]
    body += [_mistakes(reading) for reading in readings]
    body.append(_confidence(readings))
    return PAGE.format(title=escape(title), body="\n".join(body))


def _cards(readings: list[Reading]) -> str:
    cards = (
        f"<p>{escape(reading.name)}<strong>{percent(reading.figures['accuracy'])}</strong>"
        f"{reading.figures['correct']:,} of {reading.figures['count']:,} read correctly</p>"
        for reading in readings
    )
    return f"<div class='cards'>{''.join(cards)}</div>"


def _figures(readings: list[Reading], threshold: float) -> list[list[str]]:
    parts = [reading.figures for reading in readings]
    named = [float((reading.probabilities.max(1) >= threshold).mean()) for reading in readings]
    return [
        ["", *(reading.name for reading in readings)],
        ["digits", *(f"{part['count']:,}" for part in parts)],
        ["wrong", *(f"{part['count'] - part['correct']:,}" for part in parts)],
        ["read correctly", *(percent(part["accuracy"]) for part in parts)],
        [f"at least {100 * threshold:g} % sure", *map(percent, named)],
        ["calibration error", *(percent(part["calibration_error"]) for part in parts)],
        ["loss, nats", *(f"{part['loss']:.4f}" for part in parts)],
    ]


def _digit_by_digit(readings: list[Reading]) -> list[list[str]]:
    rows = [["", *(reading.name for reading in readings)]]
    for digit in range(10):
        shares = (reading.figures["accuracy_by_digit"][digit] for reading in readings)
        rows.append([str(digit), *("–" if share is None else percent(share) for share in shares)])
    return rows


def _table(rows: list[list[str]]) -> str:
    """Rows of plain text as a table; the first row and the first column are its heads."""
    (corner, *heads), *others = rows
    top = "".join(f"<th scope='col'>{escape(head)}</th>" for head in heads)
    lines = [f"<tr><td>{escape(corner)}</td>{top}</tr>"]
    for head, *cells in others:
        line = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        lines.append(f"<tr><th scope='row'>{escape(head)}</th>{line}</tr>")
    return f"<div class='scroll'><table>{''.join(lines)}</table></div>"


def _mistakes(reading: Reading) -> str:
    """The pictures of one part: which digit was taken for which, and the surest mistakes."""
    probabilities, digits = reading.probabilities, reading.digits
    pictures = _picture(
        plots.confusion_matrix(probabilities, digits.y),
        "How often each digit got each answer",
        "Each row is a true digit, each column an answer. The right answers lie on the diagonal; "
        "the darker another square, the more often that mistake was made.",
    )
    if reading.figures["correct"] < reading.figures["count"]:
        pictures += _picture(
            plots.mistakes_gallery(digits.x, probabilities, digits.y, columns=6),
            "Digits that were misread",
            "The mistakes of which it was surest, as the network saw them.",
        )
    head = escape(reading.name)
    return f"<h2>{head}: what was taken for what</h2>\n<div class='pictures'>{pictures}</div>"


def _confidence(readings: list[Reading]) -> str:
    """The picture of how far the confidence can be believed."""
    answers = {reading.name: (reading.probabilities, reading.digits.y) for reading in readings}
    picture = _picture(
        plots.reliability_diagram(answers),
        "Accuracy against confidence",
        "Of the answers with a confidence of 0.8, a share of 0.8 should be right: that is the "
        "dashed line. Below it the network is surer than it should be. A point that stands for "
        "few answers may lie off the line by chance.",
    )
    return f"<h2>Is its confidence honest?</h2>\n<div class='pictures'>{picture}</div>"


def _picture(figure: Figure, what: str, caption: str) -> str:
    data = base64.b64encode(plots.png(figure)).decode()
    return (
        f"<figure><img src='data:image/png;base64,{data}' alt='{escape(what)}'>"
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def percent(share: float) -> str:
    """A share from 0 to 1, for people."""
    return f"{100 * share:.2f} %"
