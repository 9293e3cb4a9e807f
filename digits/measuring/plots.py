"""Plots of digits, answers and accuracies; each function returns a figure."""

import io
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from digits.measuring.palette import BLUE, INK
from digits.metrics import confusion, most_confident_mistakes, reliability
from digits.prediction import percent

if TYPE_CHECKING:  # it imports TensorFlow, which plots do not need
    from digits.measuring.comparison import Result


def image_grid(
    images: np.ndarray,
    titles: Sequence[str] | None = None,
    *,
    columns: int = 12,
    caption: str = "",
    framed: bool = False,
) -> Figure:
    """Show (N, H, W) ink images in rows of `columns`, each with its title above.

    `framed` outlines each image, for when the position of the ink in it matters.
    """
    rows = -(-len(images) // columns)
    height = 0.82 if titles is None else 1.05
    figure, axes = plt.subplots(
        rows, columns, figsize=(columns * 0.82, rows * height + 0.35), squeeze=False
    )
    for index, axis in enumerate(axes.flat):
        axis.set_xticks([])
        axis.set_yticks([])
        axis.spines[:].set_visible(framed and index < len(images))
        axis.spines[:].set_color("0.8")
        if index < len(images):
            axis.imshow(images[index], cmap=INK, vmin=0, vmax=1)
            if titles is not None:
                axis.set_title(titles[index], fontsize=9, pad=3)
    figure.suptitle(caption, fontsize=11)
    figure.tight_layout(pad=0.4)
    return figure


def digit_rows(
    images: np.ndarray, labels: np.ndarray, *, columns: int = 12, caption: str
) -> Figure:
    """Show `columns` examples of each digit, one row per digit."""
    chosen = [np.flatnonzero(labels == digit)[:columns] for digit in range(10)]
    sheet = np.concatenate(
        [
            np.concatenate([*images[index], np.zeros((28, 28 * (columns - len(index))))], axis=1)
            for index in chosen
        ]
    )
    figure, axis = plt.subplots(figsize=(columns * 0.55, 5.9))
    axis.imshow(sheet, cmap=INK, vmin=0, vmax=1)
    axis.set_yticks(np.arange(10) * 28 + 13.5, [str(digit) for digit in range(10)])
    axis.set_xticks([])
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    axis.set_title(caption, fontsize=11)
    figure.tight_layout()
    return figure


def class_balance(parts: dict[str, np.ndarray]) -> Figure:
    """Show how often each digit occurs in each of the named label arrays, as bars."""
    figure, axis = plt.subplots(figsize=(8, 2.8))
    width = 0.8 / len(parts)
    for place, (name, labels) in enumerate(parts.items()):
        share = np.bincount(labels, minlength=10) / len(labels) * 100
        axis.bar(np.arange(10) + (place - (len(parts) - 1) / 2) * width, share, width, label=name)
    axis.set_xticks(range(10))
    axis.set_xlabel("digit")
    axis.set_ylabel("% of the images")
    axis.legend(ncols=len(parts), frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1))
    figure.tight_layout()
    return figure


def mean_digits(images: np.ndarray, labels: np.ndarray) -> Figure:
    """Show the mean image of each digit, (28, 28), with its middle and the 20×20 box around it."""
    means = np.stack([images[labels == digit].mean(0) for digit in range(10)])
    figure = image_grid(means, [str(digit) for digit in range(10)], columns=10, framed=True)
    for axis in figure.axes:
        axis.axhline(13.5, color="0.8", linewidth=0.8)
        axis.axvline(13.5, color="0.8", linewidth=0.8)
        axis.add_patch(Rectangle((3.5, 3.5), 20, 20, fill=False, edgecolor=BLUE, linewidth=1))
    return figure


def confusion_matrix(probabilities: np.ndarray, labels: np.ndarray) -> Figure:
    """Show the confusion matrix; the colours leave out the correct answers."""
    matrix = confusion(probabilities, labels)
    mistakes = matrix - np.diag(np.diag(matrix))
    figure, axis = plt.subplots(figsize=(5, 4.6))
    axis.imshow(mistakes, cmap="Oranges")
    for row in range(10):
        for column in range(10):
            if matrix[row, column]:
                colour = "white" if mistakes[row, column] > mistakes.max() / 2 else "black"
                axis.text(
                    column, row, matrix[row, column], ha="center", va="center", fontsize=8, c=colour
                )
    axis.set_xticks(range(10))
    axis.set_yticks(range(10))
    axis.set_xlabel("answer")
    axis.set_ylabel("true digit")
    figure.tight_layout()
    return figure


def mistakes_gallery(
    images: np.ndarray,
    probabilities: np.ndarray,
    labels: np.ndarray,
    *,
    count: int = 24,
    columns: int = 12,
    framed: bool = False,
) -> Figure:
    """Show the most confident wrong answers, at least one: true digit, answer, confidence."""
    worst = most_confident_mistakes(probabilities, labels, count)
    titles = []
    for i in worst:
        answer, sure = probabilities[i].argmax(), percent(probabilities[i].max()).replace(" ", "")
        titles.append(f"{labels[i]}→{answer}  {sure}")
    caption = "true digit → answer, confidence"
    return image_grid(images[worst], titles, columns=columns, caption=caption, framed=framed)


def reliability_diagram(parts: dict[str, tuple[np.ndarray, np.ndarray]]) -> Figure:
    """Plot accuracy against confidence for each named (probabilities, labels); ideal: diagonal."""
    figure, axis = plt.subplots(figsize=(4.6, 4.2))
    axis.plot([0, 1], [0, 1], color="0.6", linewidth=1, linestyle="--", label="perfect calibration")
    for name, (probabilities, labels) in parts.items():
        bins = [entry for entry in reliability(probabilities, labels) if entry.answers]
        axis.plot(
            [entry.confidence for entry in bins],
            [entry.accuracy for entry in bins],
            marker="o",
            label=name,
        )
    axis.set_xlabel("confidence")
    axis.set_ylabel("accuracy")
    axis.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1))
    axis.grid(alpha=0.3)
    figure.tight_layout()
    return figure


def answer_bars(image: np.ndarray, probabilities: np.ndarray, title: str) -> Figure:
    """Show what the network saw beside its ten probabilities."""
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(6.4, 2.4), gridspec_kw={"width_ratios": [1, 2.2]}
    )
    left.imshow(image, cmap=INK, vmin=0, vmax=1)
    left.set_xticks([])
    left.set_yticks([])
    left.spines[:].set_visible(True)  # where the ink is in the image matters
    left.spines[:].set_color("0.8")
    right.bar(range(10), probabilities * 100)
    right.set_xticks(range(10))
    right.set_ylim(0, 100)
    right.set_ylabel("%")
    right.set_title(title, fontsize=11)
    figure.tight_layout()
    return figure


def comparison(results: "Sequence[Result]") -> Figure:
    """Plot accuracy against training time, with a panel for each set of digits."""
    parts = list(results[0].accuracy)
    figure, axes = plt.subplots(
        1, len(parts), figsize=(4.6 * len(parts), 4.6), squeeze=False, layout="constrained"
    )
    for axis, part in zip(axes[0], parts, strict=True):
        for result, marker in zip(results, itertools.cycle("os^Dv*PX"), strict=False):
            label = f"{result.name}: {result.parameters:,} parameters, {result.latency:.2f} ms"
            accuracy = 100 * result.accuracy[part]
            axis.plot(result.seconds, accuracy, marker, markersize=10, label=label, clip_on=False)
        axis.margins(x=0.1, y=0.1)
        axis.set_xlim(left=0)
        axis.set_ylim(top=min(100, axis.get_ylim()[1]))
        axis.set_xlabel("training time, s")
        axis.set_title(part, fontsize=11)
        axis.grid(alpha=0.3)
    axes[0, 0].set_ylabel("% of the digits read correctly")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, frameon=False, loc="outside lower center", ncols=len(parts))
    return figure


def png(figure: Figure) -> bytes:
    """Render the figure as a PNG file on white, and close it."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=144, facecolor="white")
    plt.close(figure)
    return file.getvalue()


def line_chart(
    lines: dict[str, Sequence[float]], x: Sequence[float], xlabel: str, ylabel: str
) -> Figure:
    """Plot several named series of shares (0 to 1) over the same x."""
    figure, axis = plt.subplots(figsize=(6, 3.4))
    for (name, values), marker in zip(lines.items(), itertools.cycle("os^Dv"), strict=False):
        axis.plot(x, values, marker=marker, markersize=5, label=name)
    axis.set_xticks(x)
    axis.set_xlabel(xlabel)
    axis.set_ylabel(ylabel)
    axis.yaxis.set_major_formatter(PercentFormatter(1))
    axis.grid(alpha=0.3)
    axis.legend(frameon=False)
    figure.tight_layout()
    return figure
