"""Computes learning curves as points in a small chart; `curves.html` draws them as SVG.

The style sheet gives them the colours of the page's theme.
"""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 320, 190
LEFT, TOP, RIGHT, BOTTOM = 46, 10, 312, 160  # the edges of the plotting area
# Where the labels of changes stand: below each other, so that those of neighbours do not overlap.
MIDDLE, ROW, ROWS = 64, 16, 4

# Values of a curve, each with how many epochs were done by then.
Line = Sequence[tuple[float, float]]
Change = tuple[float, str, float]


class Tick(NamedTuple):
    """A grid line with its label."""

    y: float
    label: str


class Curve(NamedTuple):
    """One line of the chart."""

    kind: str  # "training" or "validation"
    points: list[tuple[float, float]]  # x, y
    last: str  # the latest value, for the legend


class Mark(NamedTuple):
    """A vertical line where something was changed."""

    x: float
    y: float  # of its label
    name: str  # of what was changed, in `jobs.CHOICES`
    value: float
    before: bool  # whether the label stands to the left of the line


class Chart(NamedTuple):
    """What `curves.html` draws; coordinates are those of a WIDTH x HEIGHT box, y downwards."""

    name: str
    epochs: int  # 0 draws an empty frame without labels
    ticks: list[Tick]
    curves: list[Curve]
    marks: list[Mark]
    box: tuple[int, int] = (WIDTH, HEIGHT)
    edges: tuple[int, int, int, int] = (LEFT, TOP, RIGHT, BOTTOM)


def loss_chart(
    training: Line, validation: Line, epochs: int, changes: Sequence[Change] = ()
) -> Chart:
    """Plot the loss on an axis that begins at 0.

    Args:
        training: the loss on the images that are learned; empty before the first batch.
        validation: the loss on the validation set; empty before the first epoch is over.
        epochs: how many there will be; the horizontal axis has this length from the start.
        changes: what was changed meanwhile, to mark, as in `jobs.Progress`.
    """
    high = max([value for _, value in [*training, *validation]], default=0) or 1
    return _chart("Loss", training, validation, epochs, changes, (0, high), "{:.2f}")


def accuracy_chart(
    training: Line, validation: Line, epochs: int, changes: Sequence[Change] = ()
) -> Chart:
    """Plot accuracies, given in [0, 1], as percentages up to 100; otherwise as `loss_chart`."""
    training, validation = (
        [(done, 100 * share) for done, share in line] for line in (training, validation)
    )
    low = 5 * (min([95, *(value for _, value in [*training, *validation])]) // 5)
    return _chart("Accuracy", training, validation, epochs, changes, (low, 100), "{:.1f}\u00a0%")


def by_epoch(values: Sequence[float]) -> list[tuple[float, float]]:
    """Place the value of each epoch where that epoch ends."""
    return [(number + 1.0, value) for number, value in enumerate(values)]


def _chart(
    name: str,
    training: Line,
    validation: Line,
    epochs: int,
    changes: Sequence[Change],
    span: tuple[float, float],
    form: str,
) -> Chart:
    """Place both curves on a vertical axis with that `span`; `form` formats the last values."""
    low, high = span

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low)

    def x(done: float) -> float:
        return LEFT + (RIGHT - LEFT) * min(done / max(epochs, 1), 1)

    ticks = [
        Tick(y(value), f"{value:.2f}" if high < 10 else f"{value:.3g}")
        for value in (low, (low + high) / 2, high)
    ]
    curves = [
        Curve(kind, [(x(done), y(value)) for done, value in line], form.format(line[-1][1]))
        for kind, line in {"training": training, "validation": validation}.items()
        if line
    ]
    marks = [
        Mark(x(done), MIDDLE + ROW * (number % ROWS), what, value, x(done) > (LEFT + RIGHT) / 2)
        for number, (done, what, value) in enumerate(changes)
    ]
    return Chart(name, epochs, ticks, curves, marks)
