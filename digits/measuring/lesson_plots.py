"""The pictures of the lessons in notebooks/: numbers, windows, maps, scores and rungs.

They only draw. What they show is computed in the notebook, where it can be read.
"""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from digits.measuring.palette import BLUE, FOR_AND_AGAINST, GREY, INK, ORANGE
from digits.prediction import percent

Place = tuple[int, int]  # row and column


def number_table(
    values: np.ndarray, *, first: int = 0, window: Place | None = None, size: int = 3
) -> Figure:
    """Show (H, W) whole numbers from 0 to 100, each on a tint as dark as the number is large.

    Args:
        values: the numbers.
        first: what to count the rows and columns from.
        window: the place of the upper left corner of a window to outline, counted like that.
        size: the side of that window.
    """
    height, width = values.shape
    figure, axis = plt.subplots(figsize=(width * 0.33, height * 0.27))
    axis.imshow(values, cmap=INK, vmin=0, vmax=160, aspect="auto")  # light enough to read on
    for (row, column), value in np.ndenumerate(values):
        colour = "0.65" if value == 0 else "white" if value > 75 else "black"
        axis.text(column, row, f"{value:.0f}", ha="center", va="center", fontsize=7.5, c=colour)
    _number_edges(axis, height, width, first)
    if window is not None:
        _outline(axis, (window[0] - first, window[1] - first), size)
    figure.tight_layout(pad=0.4)
    return figure


def products(patch: np.ndarray, kernel: np.ndarray) -> Figure:
    """Show nine pixels, the kernel, their nine products, and the sum of these."""
    product = patch * kernel
    strongest = max(np.abs(product).max(), 1)
    figure, axes = plt.subplots(
        1, 4, figsize=(8.6, 2.2), gridspec_kw={"width_ratios": [3, 3, 3, 1.6]}
    )
    _small_table(axes[0], patch, INK, 0, 160)
    axes[0].set_title("pixels")
    _small_table(axes[1], kernel, FOR_AND_AGAINST, -2, 2)
    axes[1].set_title("× kernel")
    _small_table(axes[2], product, FOR_AND_AGAINST, -1.6 * strongest, 1.6 * strongest)
    axes[2].set_title("= products")
    total = product.sum()
    colour = ORANGE if total > 0 else BLUE if total < 0 else GREY
    axes[3].text(0.5, 0.5, _number(total), ha="center", va="center", fontsize=22, c=colour)
    axes[3].set_title("their sum")
    axes[3].axis("off")
    figure.tight_layout()
    return figure


def sliding(
    image: np.ndarray, made: np.ndarray, places: Sequence[Place], *, size: int = 3
) -> Figure:
    """Show a window on its way over an image, and the map as far as it has been made.

    Args:
        image: (H, W), 0 for paper.
        made: (h, w), the whole map.
        places: of the window's upper left corner, one for each moment to show.
    """
    strongest = max(np.abs(made).max(), 1e-6)
    figure, axes = plt.subplots(2, len(places), figsize=(2.15 * len(places), 4.5))
    for (row, column), (upper, lower) in zip(places, axes.T, strict=True):
        upper.imshow(image, cmap=INK, vmin=0, vmax=image.max() or 1)
        _outline(upper, (row, column), size)
        done = made.astype(float).copy()
        done.flat[row * made.shape[1] + column + 1 :] = np.nan
        lower.imshow(done, cmap=FOR_AND_AGAINST, vmin=-strongest, vmax=strongest)
        _outline(lower, (row, column), 1)
        lower.set_title(f"sum here: {_number(made[row, column])}", fontsize=10)
        for axis in (upper, lower):
            _bare(axis)
    axes[0, 0].set_ylabel("drawing and window")
    axes[1, 0].set_ylabel("the map so far")
    figure.tight_layout(pad=0.6)
    return figure


def maps(
    named: Mapping[str, np.ndarray],
    *,
    columns: int = 4,
    signed: bool = True,
    alike: bool = True,
    caption: str = "",
) -> Figure:
    """Show feature maps or kernels with their names.

    Args:
        named: (h, w) numbers each.
        columns: the number of pictures in a row.
        signed: orange above 0, blue below, white at 0; otherwise dark above 0.
        alike: one scale for all; otherwise each has its own.
        caption: a line above them.
    """
    rows = -(-len(named) // columns)
    side = min(2.1, 9.2 / columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(columns * side, rows * (side + 0.3) + 0.35), squeeze=False
    )
    strongest = max(np.abs(values).max() for values in named.values())
    for axis in axes.flat:
        axis.axis("off")
    for axis, (name, values) in zip(axes.flat, named.items(), strict=False):
        axis.axis("on")
        scale = max(strongest if alike else np.abs(values).max(), 1e-6)
        low, colours = (-scale, FOR_AND_AGAINST) if signed else (0, INK)
        axis.imshow(values, cmap=colours, vmin=low, vmax=scale)
        axis.set_title(name, fontsize=9 if columns > 4 else 10, pad=4)
        _bare(axis)
    figure.suptitle(caption, fontsize=11)
    figure.tight_layout(pad=0.5)
    return figure


def receptive_fields(image: np.ndarray, fields: Mapping[str, np.ndarray]) -> Figure:
    """Show over an image which pixels can change one number of each named layer.

    Args:
        image: (28, 28).
        fields: (28, 28) bool each, from the narrowest.
    """
    figure, axes = plt.subplots(1, len(fields), figsize=(2.3 * len(fields), 2.8))
    for axis, (name, field) in zip(axes, fields.items(), strict=True):
        axis.imshow(image, cmap=INK, vmin=0, vmax=1.2 * image.max())
        rows, columns = np.flatnonzero(field.any(1)), np.flatnonzero(field.any(0))
        height, width = len(rows), len(columns)
        axis.add_patch(
            Rectangle(
                (columns[0] - 0.5, rows[0] - 0.5),
                *(width, height),
                facecolor=ORANGE + "44",
                edgecolor=ORANGE,
                linewidth=2,
            )
        )
        axis.set_title(f"{name}\n{height}×{width} pixels")
        _bare(axis)
    figure.tight_layout()
    return figure


def network_diagram(stages: Sequence[tuple[str, tuple[int, ...]]], image: np.ndarray) -> Figure:
    """Draw a network as blocks from left to right, each as high and as deep as its output.

    Args:
        stages: the name of each layer and the shape of its output, (h, w, channels) or (n,). The
            first is the image that the network gets.
        image: such an image, (h, w) ink.
    """
    figure, axis = plt.subplots(figsize=(9.6, 2.6))
    x = 0.0
    for name, shape in stages:
        if len(shape) == 3:
            side, channels = shape[0], min(shape[2], 16)
            width = _draw_maps(axis, x, side, channels)
            if x == 0:
                extent = (0, side, -side / 2, side / 2)
                axis.imshow(image, cmap=INK, vmin=0, vmax=1, extent=extent)
            text = f"{shape[0]}×{shape[1]}" + (f"×{shape[2]}" if shape[2] > 1 else "")
        else:
            width = _draw_numbers(axis, x, shape[0])
            text = f"{shape[0]}"
        axis.text(x + width / 2, -19.5, text, ha="center", va="top", fontsize=10)
        axis.text(x + width / 2, -24.5, name, ha="center", va="top", fontsize=9, c=GREY)
        x += width + 11
        if (name, shape) != tuple(stages[-1]):
            axis.annotate(
                "",
                (x - 2.5, 0),
                (x - 8.5, 0),
                arrowprops={"arrowstyle": "-|>", "color": GREY, "linewidth": 1.5},
            )
    axis.set_xlim(-3, x - 8)
    axis.set_ylim(-29, 20)
    axis.set_aspect("equal")
    axis.axis("off")
    figure.tight_layout(pad=0.2)
    return figure


def epochs(lines: Mapping[str, Sequence[float]], *, note: str = "") -> Figure:
    """Plot shares from 0 to 1 over the epochs; each line has its name at its end."""
    figure, axis = plt.subplots(figsize=(6.6, 3.2))
    ends = []
    for (name, values), marker in zip(lines.items(), "os^D", strict=False):
        x = np.arange(1, len(values) + 1)
        (line,) = axis.plot(x, 100 * np.asarray(values), marker=marker, markersize=4)
        ends.append((100 * values[-1], name, line.get_color()))
    axis.set_xlabel("epoch")
    axis.set_ylabel("% read correctly")
    axis.set_title(note)
    axis.grid(alpha=0.3)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    low, high = axis.get_ylim()
    gap, below = (high - low) / 12, -np.inf
    for y, name, colour in sorted(ends):
        below = max(y, below + gap)  # names must not lie on each other
        axis.annotate(
            name, (1.01, below), xycoords=("axes fraction", "data"), c=colour, va="center"
        )
    figure.tight_layout()
    return figure


def scores(
    contributions: np.ndarray,
    totals: np.ndarray,
    image: np.ndarray,
    *,
    covered: tuple[float, float],
) -> Figure:
    """Show for each digit where on the image its score comes from.

    Args:
        contributions: (10, h, w), what each place adds to each score.
        totals: (10,), the scores.
        image: (28, 28), the drawing, whose outline is drawn over them.
        covered: the first pixel that the places stand for, and the one after the last.
    """
    low, high = (edge - 0.5 for edge in covered)
    figure, axes = plt.subplots(2, 5, figsize=(8.6, 4.1))
    strongest = np.abs(contributions).max()
    for digit, axis in enumerate(axes.flat):
        picture = axis.imshow(
            contributions[digit],
            cmap=FOR_AND_AGAINST,
            vmin=-strongest,
            vmax=strongest,
            extent=(low, high, high, low),
        )
        axis.contour(image, levels=[0.4 * image.max()], colors="black", linewidths=0.8)
        axis.set_xlim(-0.5, 27.5)
        axis.set_ylim(27.5, -0.5)
        best = digit == totals.argmax()
        colour, weight = (ORANGE, "bold") if best else ("black", "normal")
        total = _number(totals[digit], "+.1f")
        axis.set_title(f"{digit}:  {total}", color=colour, weight=weight)
        _bare(axis)
    figure.tight_layout(pad=0.6, rect=(0, 0, 0.93, 1))
    bar = figure.colorbar(picture, cax=figure.add_axes((0.94, 0.12, 0.014, 0.72)))
    bar.set_label("against            for", fontsize=9)
    bar.ax.tick_params(labelsize=8)
    return figure


def ten_bars(named: Mapping[str, np.ndarray]) -> Figure:
    """Show ten probabilities, 0 to 1, as bars for each name; the highest is orange."""
    figure, axes = plt.subplots(1, len(named), figsize=(3.1 * len(named), 2.5), sharey=True)
    for axis, (name, values) in zip(np.atleast_1d(axes), named.items(), strict=True):
        colours = [ORANGE if digit == np.argmax(values) else BLUE for digit in range(10)]
        axis.bar(range(10), 100 * np.asarray(values), color=colours)
        axis.set_xticks(range(10))
        axis.set_ylim(0, 108)
        axis.set_title(name)
        top = int(np.argmax(values))
        axis.text(top, 100 * values[top] + 2, percent(values[top]), ha="center", fontsize=9)
    np.atleast_1d(axes)[0].set_ylabel("%")
    figure.tight_layout()
    return figure


def rungs(named: Mapping[str, np.ndarray], *, xlabel: str) -> Figure:
    """Show shares from 0 to 1, several for each rung of a ladder, and their means, from the top.

    Args:
        named: one value for each seed.
        xlabel: what the shares are.
    """
    figure, axis = plt.subplots(figsize=(7.6, 0.42 * len(named) + 1))
    for place, values in enumerate(named.values()):
        axis.plot(100 * values, [place] * len(values), "o", markersize=6, c=BLUE, alpha=0.6)
        axis.plot(100 * values.mean(), place, "|", markersize=20, markeredgewidth=3, c=ORANGE)
    axis.set_yticks(range(len(named)), list(named))
    axis.invert_yaxis()
    axis.set_xlabel(xlabel)
    axis.grid(alpha=0.3)
    figure.tight_layout()
    return figure


def tosses(heads: np.ndarray, *, count: int, seen: int) -> Figure:
    """Show how often tosses of a coin gave how many heads; orange is at least as lopsided.

    Args:
        heads: of each round.
        count: the tosses in a round.
        seen: the heads, or tails, to compare with.
    """
    figure, axis = plt.subplots(figsize=(6.6, 2.8))
    rounds = np.bincount(heads, minlength=count + 1)
    numbers = np.arange(count + 1)
    lopsided = np.abs(2 * numbers - count) >= abs(2 * seen - count)
    for chosen, colour, name in (
        (~lopsided, BLUE, "more even"),
        (lopsided, ORANGE, f"as lopsided as {seen} to {count - seen}"),
    ):
        axis.bar(numbers[chosen], rounds[chosen], color=colour, label=name)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.set_xlabel(f"heads among {count} tosses of a coin")
    axis.set_ylabel(f"of {len(heads):,} rounds")
    axis.legend()
    figure.tight_layout()
    return figure


def _number(value: float, form: str = "g") -> str:
    """A number with a real minus sign, as on the axes."""
    return format(value, form).replace("-", "−")


def _bare(axis: Axes) -> None:
    """No ticks, and a thin frame."""
    axis.set_xticks([])
    axis.set_yticks([])
    for spine in axis.spines.values():
        spine.set_visible(True)
        spine.set_color("0.8")


def _number_edges(axis: Axes, height: int, width: int, first: int) -> None:
    """Number the rows and columns in steps of four, without ticks."""
    axis.set_xticks(range(0, width, 4), [str(n + first) for n in range(0, width, 4)])
    axis.set_yticks(range(0, height, 4), [str(n + first) for n in range(0, height, 4)])
    axis.tick_params(length=0, labelsize=8, labeltop=True, labelbottom=False)
    axis.spines[:].set_visible(False)


def _outline(axis: Axes, place: Place, size: int) -> None:
    row, column = place
    axis.add_patch(
        Rectangle((column - 0.5, row - 0.5), size, size, fill=False, edgecolor=ORANGE, linewidth=2)
    )


def _small_table(
    axis: Axes, values: np.ndarray, colours: str | Colormap, low: float, high: float
) -> None:
    """A table of a few numbers on tints."""
    axis.imshow(values, cmap=colours, vmin=low, vmax=high)
    for (row, column), value in np.ndenumerate(values):
        colour = "white" if colours == INK and value > 75 else "black"
        axis.text(column, row, _number(value), ha="center", va="center", fontsize=12, c=colour)
    _bare(axis)


def _draw_maps(axis: Axes, x: float, side: int, channels: int) -> float:
    """Draw maps one behind the other; returns how wide they are together."""
    step = 0.9
    for channel in reversed(range(channels)):
        offset = channel * step
        axis.add_patch(
            Rectangle(
                (x + offset, -side / 2 + offset / 2 - (channels - 1) * step / 4),
                *(side, side),
                facecolor="#dbe7f6" if channels > 1 else "none",
                edgecolor=BLUE,
                linewidth=0.9,
            )
        )
    return side + (channels - 1) * step


def _draw_numbers(axis: Axes, x: float, count: int) -> float:
    """Draw a column of numbers, at most ten of them; returns its width."""
    width, height = 2.6, 30 / max(min(count, 24), 10)
    shown = min(count, 24)
    for number in range(shown):
        axis.add_patch(
            Rectangle(
                (x, -15 + number * height),
                *(width, height),
                facecolor="#f7dcc2",
                edgecolor=ORANGE,
                linewidth=0.9,
            )
        )
        if count == 10:
            axis.text(
                x + width + 0.8,
                15 - (number + 0.5) * height,
                str(number),
                va="center",
                fontsize=7.5,
            )
    return width
