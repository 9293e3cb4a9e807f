"""The pictures of notebooks/training.ipynb: preprocessing, curves, confidence, saliency, numbers.

They only draw. What they show is computed in the notebook, where it can be read.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from digits.measuring.palette import BLUE, GREY, INK, ORANGE
from digits.prediction import Reading, percent

# Between groups of answers by confidence; equal widths would leave most of them nearly empty.
EDGES = (0, 0.5, 0.7, 0.9, 0.99, 1)


class Group(NamedTuple):
    """Answers of about the same confidence."""

    name: str
    answers: int  # how many
    confidence: float  # their mean, 0 to 1
    accuracy: float  # the share of them that is right, 0 to 1


def by_confidence(probabilities: np.ndarray, labels: np.ndarray) -> list[Group]:
    """Group answers by their confidence, in the groups between `EDGES`.

    Args:
        probabilities: (N, 10).
        labels: (N,) the true digits.
    """
    confidence, right = probabilities.max(1), probabilities.argmax(1) == labels
    which = np.digitize(confidence, EDGES[1:-1])
    groups = []
    for place, (low, high) in enumerate(itertools.pairwise(EDGES)):
        chosen = which == place
        name = f"below {high:.0%}" if low == 0 else f"{100 * low:.0f}–{high:.0%}"
        means = [
            float(part[chosen].mean()) if chosen.any() else 0.0 for part in (confidence, right)
        ]
        groups.append(Group(name, int(chosen.sum()), *means))
    return groups


def preprocessing_steps(steps: Mapping[str, np.ndarray]) -> Figure:
    """Show the stages of preprocessing side by side, each (H, W) ink with its name and size.

    A box surrounds the ink, a cross marks its centre of mass, and lines cross in the middle.
    """
    figure, axes = plt.subplots(1, len(steps), figsize=(2.7 * len(steps), 3.2))
    for axis, (name, picture) in zip(axes, steps.items(), strict=True):
        height, width = picture.shape
        axis.imshow(picture, cmap=INK, vmin=0, vmax=1)
        axis.axhline(height / 2 - 0.5, color="0.75", linewidth=1, zorder=-1)
        axis.axvline(width / 2 - 0.5, color="0.75", linewidth=1, zorder=-1)
        axis.images[0].set_alpha(np.asarray(picture > 0, float))  # so the lines show on paper
        rows, columns = np.flatnonzero(picture.any(1)), np.flatnonzero(picture.any(0))
        box = int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)
        axis.add_patch(
            Rectangle(
                (columns[0] - 0.5, rows[0] - 0.5),
                *reversed(box),
                fill=False,
                edgecolor=BLUE,
                linewidth=1.5,
            )
        )
        y, x = (np.indices(picture.shape) * picture).sum((1, 2)) / picture.sum()
        axis.plot(x, y, "+", markersize=13, markeredgewidth=2.5, color=ORANGE)
        axis.set_title(f"{name}\n{height}×{width}, ink {box[0]}×{box[1]}", fontsize=10)
        _bare(axis)
    figure.tight_layout()
    return figure


def learning_curves(history: Mapping[str, Sequence[float]], *, settling: int = 0) -> Figure:
    """Plot the loss and accuracy of each epoch, and mark what happened when.

    Args:
        history: `loss`, `accuracy`, `val_loss` and `val_accuracy`, a value for each epoch.
        settling: how many of the last epochs were trained without augmentation but for damage.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9.4, 3.6))
    count = len(history["loss"])
    epochs = np.arange(1, count + 1)
    last = np.arange(count - settling, count) if 0 < settling < count else np.arange(count)
    kept = last[np.argmin(np.asarray(history["val_loss"])[last])]
    for axis, measure, unit in zip(axes, ("loss", "accuracy"), (1, 100), strict=True):
        for name, key, colour in (
            ("training", measure, BLUE),
            ("validation", f"val_{measure}", ORANGE),
        ):
            axis.plot(epochs, unit * np.asarray(history[key]), color=colour)
            where = (epochs[-1], unit * history[key][-1])
            axis.annotate(name, where, (6, 0), textcoords="offset points", c=colour, va="center")
        best = unit * history[f"val_{measure}"][kept]
        axis.plot(epochs[kept], best, "o", color=ORANGE, markersize=7)
        if last.size < count:
            axis.axvspan(epochs[last[0]] - 0.5, count + 0.5, color="0.92", zorder=0)
        axis.set_xlabel("epoch")
        axis.set_title(measure if unit == 1 else f"{measure}, %")
        axis.grid(alpha=0.3)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.margins(x=0.03)
    axes[0].set_yscale("log")
    axes[0].yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes[0].yaxis.set_major_formatter("{x:g}")
    axes[0].yaxis.set_minor_locator(NullLocator())
    notes = [f"dot: the epoch whose weights are kept, {epochs[kept]}"]
    if last.size < count:
        notes.append("grey: images without variations")
    figure.suptitle("; ".join(notes), fontsize=10, color=GREY)
    figure.tight_layout(w_pad=2.5)
    return figure


def confidence_bars(named: Mapping[str, np.ndarray], labels: np.ndarray) -> Figure:
    """Show for groups of answers how sure they were and how many were right, with counts.

    A line on a bar spans where the true share lies 19 times in 20 (Wilson's interval).

    Args:
        named: probabilities, (N, 10) each.
        labels: (N,) the true digits of all of them.
    """
    figure, axes = plt.subplots(1, len(named), figsize=(4.9 * len(named), 3.5), squeeze=False)
    for axis, (name, probabilities) in zip(axes[0], named.items(), strict=True):
        groups = [group for group in by_confidence(probabilities, labels) if group.answers]
        places = np.arange(len(groups))
        sure = [100 * group.confidence for group in groups]
        right = [100 * group.accuracy for group in groups]
        spans = np.array([_interval(group) for group in groups]).T
        axis.bar(places - 0.2, sure, 0.38, color="0.75", label="mean confidence")
        axis.bar(places + 0.2, right, 0.38, color=BLUE, label="of them right")
        ends = np.abs(spans - right)
        axis.errorbar(places + 0.2, right, ends, fmt="none", ecolor="black", capsize=3)
        axis.set_xticks(places, [f"{g.name}\n{g.answers:,}" for g in groups], fontsize=8.5)
        axis.set_ylim(0, 105)
        axis.set_title(name, loc="left")
        axis.set_xlabel("confidence of an answer, and how many answers")
        axis.legend(
            loc="lower right",
            bbox_to_anchor=(1, 1),
            ncols=2,
            fontsize=9,
            handlelength=1,
            columnspacing=1,
        )
    axes[0, 0].set_ylabel("%")
    figure.tight_layout()
    return figure


def saliency_row(
    images: Sequence[np.ndarray], heat: Sequence[np.ndarray], titles: Sequence[str]
) -> Figure:
    """Show drawings with the strokes that support the answer in orange.

    Args:
        images: (28, 28) ink each.
        heat: (28, 28) from 0 to 1 each.
        titles: above each.
    """
    figure, axes = plt.subplots(1, len(images), figsize=(1.2 * len(images), 1.65))
    orange = np.array(to_rgb(ORANGE))
    for axis, image, weight, title in zip(axes, images, heat, titles, strict=True):
        # Ink is grey where nothing was found, orange where it was; paper is white.
        colour = 0.62 + weight[..., None] * (orange - 0.62)
        axis.imshow(1 - image[..., None] * (1 - colour))
        axis.set_title(title, fontsize=10)
        _bare(axis)
    figure.tight_layout(pad=0.4)
    return figure


def numbers_read(pictures: Sequence[np.ndarray], readings: Sequence[Reading]) -> Figure:
    """Show numbers as they were written, three in a row, with the box and answer of each digit.

    Args:
        pictures: (H, W) ink each.
        readings: what was read in them.
    """
    rows = -(-len(pictures) // 3)
    figure, axes = plt.subplots(rows, 3, figsize=(9.4, 1.75 * rows), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, picture, reading in zip(axes.flat, pictures, readings, strict=False):
        axis.imshow(picture, cmap=INK, vmin=0, vmax=1)
        for digit in reading.digits:
            left, top, right, bottom = digit.box or (0, 0, 0, 0)
            axis.add_patch(
                Rectangle(
                    (left - 0.5, top - 0.5),
                    *(right - left, bottom - top),
                    fill=False,
                    edgecolor=BLUE,
                    linewidth=1.3,
                )
            )
            named = "?" if digit.digit is None else digit.digit
            text = f"{named}\n{percent(digit.confidence).replace(' ', '')}"
            axis.text((left + right) / 2, -3, text, ha="center", va="bottom", fontsize=8)
    figure.tight_layout(pad=0.6, h_pad=1.6, w_pad=4)
    return figure


def _interval(group: Group) -> tuple[float, float]:
    """Wilson's 95 % interval of the accuracy, in percent."""
    n, z = group.answers, 1.96
    middle = group.accuracy + z**2 / (2 * n)
    half = z * np.sqrt(group.accuracy * (1 - group.accuracy) / n + z**2 / (4 * n**2))
    low, high = (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)
    return 100 * low, 100 * high


def _bare(axis: Axes) -> None:
    """No ticks, and a thin frame."""
    axis.set_xticks([])
    axis.set_yticks([])
    for spine in axis.spines.values():
        spine.set_visible(True)
        spine.set_color("0.8")
