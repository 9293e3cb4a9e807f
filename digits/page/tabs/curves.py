"""Computes learning curves as points in a small chart; `curves.html` draws them as SVG.

The style sheet gives them the colours of the page's theme.
"""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 320, 190
LEFT, TOP, RIGHT, BOTTOM = 46, 10, 312, 160  # the edges of the plotting area


class Tick(NamedTuple):
    """A grid line with its label."""

    y: float
    label: str


class Curve(NamedTuple):
    """One line of the chart."""

    kind: str  # "training" or "validation"
    points: list[tuple[float, float]]  # one for each finished epoch: x, y
    last: str  # the latest value, for the legend


class Chart(NamedTuple):
    """What `curves.html` draws; coordinates are those of a WIDTH x HEIGHT box, y downwards."""

    name: str
    epochs: int  # 0 draws an empty frame without labels
    ticks: list[Tick]
    curves: list[Curve]
    box: tuple[int, int] = (WIDTH, HEIGHT)
    edges: tuple[int, int] = (LEFT, RIGHT)


def loss_chart(training: Sequence[float], validation: Sequence[float], epochs: int) -> Chart:
    """Plot the loss on an axis that begins at 0.

    Args:
        training: a value for each finished epoch; empty before the first.
        validation: the same for the validation set.
        epochs: how many epochs there will be; the horizontal axis has this length from the start.
    """
    high = max([*training, *validation], default=0) or 1
    return _chart("Loss", training, validation, epochs, (0, high), "{:.2f}")


def accuracy_chart(training: Sequence[float], validation: Sequence[float], epochs: int) -> Chart:
    """Plot accuracies, given in [0, 1], as percentages up to 100; otherwise as `loss_chart`."""
    training, validation = ([100 * share for share in line] for line in (training, validation))
    low = 5 * (min([95, *training, *validation]) // 5)
    return _chart("Accuracy", training, validation, epochs, (low, 100), "{:.1f}\u00a0%")


def _chart(
    name: str,
    training: Sequence[float],
    validation: Sequence[float],
    epochs: int,
    span: tuple[float, float],
    form: str,
) -> Chart:
    """Place both curves on a vertical axis with that `span`; `form` formats the last values."""
    low, high = span

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low)

    def x(epoch: int) -> float:
        return LEFT + (RIGHT - LEFT) * epoch / max(epochs - 1, 1)

    ticks = [
        Tick(y(value), f"{value:.2f}" if high < 10 else f"{value:.3g}")
        for value in (low, (low + high) / 2, high)
    ]
    curves = [
        Curve(
            kind,
            [(x(epoch), y(value)) for epoch, value in enumerate(line)],
            form.format(line[-1]),
        )
        for kind, line in {"training": training, "validation": validation}.items()
        if line
    ]
    return Chart(name, epochs, ticks, curves)
