"""Writes a worksheet for a class as a PDF, two pages and two with their answers: `make worksheet`.

What is to be filled in is computed here, so that the answers are right.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from digits.measuring.palette import INK, ORANGE

A4 = (8.27, 11.69)  # inches
FOUR = np.array(
    [
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 1, 1, 0, 0],
        [0, 0, 0, 1, 0, 1, 0, 0],
        [0, 0, 1, 0, 0, 1, 0, 0],
        [0, 1, 1, 1, 1, 1, 1, 0],
        [0, 0, 0, 0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0],
    ]
)
KERNEL = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
OTHER_KERNELS = {
    "A": KERNEL,
    "B": KERNEL.T,
    "C": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    "D": np.ones((3, 3), int),
}
IN_ORDER = "BDAC"  # the maps of these kernels, as they are printed
SCORES = {"4": 2, "9": 1, "7": 0}
POWERS = (7.4, 2.7, 1.0)  # e to the power of each score


def feature_map() -> np.ndarray:
    """The map of the kernel on the small 4: (6, 6) int."""
    return slide(FOUR, KERNEL)


def slide(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The sums of the products at every place."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return (windows * kernel).sum(axis=(2, 3))


def pooled() -> np.ndarray:
    """The largest number of each 2×2 block after the ReLU: (3, 3) int."""
    return np.maximum(feature_map(), 0).reshape(3, 2, 3, 2).max(axis=(1, 3))


def shares() -> list[int]:
    """The softmax of the scores, in per cent."""
    return [round(100 * power / sum(POWERS)) for power in POWERS]


def write(path: Path) -> None:
    """Write the worksheet: two pages to fill in, and one with the answers."""
    # Without a date, the same worksheet is the same file.
    with PdfPages(path, metadata={"Title": "What a convolution sees", "CreationDate": None}) as pdf:
        for page in (_first_page(solved=False), _second_page(solved=False)):
            _save(pdf, page)
        for page in (_first_page(solved=True), _second_page(solved=True)):
            _save(pdf, page)


def _save(pdf: PdfPages, page: Figure) -> None:
    pdf.savefig(page)
    plt.close(page)


def _page(title: str, *, solved: bool) -> Figure:
    page = plt.figure(figsize=A4)
    _words(page, 0.955, title + (" – answers" if solved else ""), size=17, weight="bold")
    if not solved:
        page.text(0.92, 0.958, "Name: ______________________", ha="right", fontsize=11)
    return page


def _first_page(*, solved: bool) -> Figure:
    page = _page("What a convolution sees", solved=solved)
    _words(
        page,
        0.915,
        "1. A drawing is a table of numbers: 1 is ink, 0 is paper. Which digit is it? "
        f"{'4' if solved else '_____'}\n"
        "    Lay the kernel on nine squares, multiply each pair, and add up. The sum goes into\n"
        "    the map. The window can be at six places from left to right, and at six from top\n"
        "    to bottom. Fill in all of the map; share the rows if time is short.",
    )
    _table(page, (0.08, 0.52, 0.44, 0.31), FOUR, tinted=True)
    kernel = _table(page, (0.62, 0.655, 0.2, 0.14), KERNEL)
    kernel.set_title("kernel", fontsize=11)
    _words(page, 0.6, "Where the window is outlined:", left=0.6)
    _words(page, 0.575, "(0 + 1 + 0) − (0 + 0 + 0) = 1", left=0.6)
    _outline(page.axes[0], 0, 2)
    answers = feature_map()
    shown = np.full(answers.shape, np.nan) if not solved else answers.astype(float)
    shown[0, 2] = answers[0, 2]
    made = _table(page, (0.08, 0.16, 0.36, 0.27), shown, written=solved)
    made.set_title("the map", fontsize=11)
    _words(
        page,
        0.41,
        "2. Where are the largest sums?\n    What has the kernel found?\n\n\n\n"
        "    And where it is below 0?\n\n\n\n    And in the middle of paper?",
        left=0.5,
    )
    if solved:
        page.text(0.53, 0.335, "left edges of strokes:\npaper left, ink right", **_ANSWER)
        page.text(0.53, 0.262, "right edges", **_ANSWER)
        page.text(0.53, 0.2, "0: nothing changes there", **_ANSWER)
    _words(
        page,
        0.11,
        "3. The 4 moves one square to the right. What happens to the map?",
    )
    line = "It moves one square to the right, too." if solved else "_" * 60
    page.text(0.1, 0.072, line, **(_ANSWER if solved else {"fontsize": 11}))
    return page


def _second_page(*, solved: bool) -> Figure:
    page = _page("From the map to an answer", solved=solved)
    _words(
        page,
        0.915,
        "4. ReLU: copy your map, and write 0 for each number below 0.",
    )
    _words(
        page, 0.865, "5. Pooling: keep the largest number\n    of each block of four.", left=0.52
    )
    after = np.maximum(feature_map(), 0).astype(float)
    empty = np.full((6, 6), np.nan)
    relu = _table(page, (0.08, 0.635, 0.34, 0.25), after if solved else empty, written=solved)
    for edge in (1.5, 3.5):
        relu.axhline(edge, color="black", linewidth=2)
        relu.axvline(edge, color="black", linewidth=2)
    largest = pooled().astype(float) if solved else np.full((3, 3), np.nan)
    _table(page, (0.58, 0.64, 0.22, 0.16), largest, written=solved)
    _words(
        page,
        0.6,
        "6. Four kernels, and the maps that they made of the same 4. Which map is whose?\n"
        "    Dark squares are large, crossed ones are below 0.",
    )
    for place, (name, kernel) in enumerate(OTHER_KERNELS.items()):
        axis = _table(page, (0.1 + 0.21 * place, 0.45, 0.13, 0.092), kernel, size=10)
        axis.set_title(name, fontsize=11)
    for place, name in enumerate(IN_ORDER):
        axis = page.add_axes((0.09 + 0.21 * place, 0.3, 0.16, 0.113))
        _picture(axis, slide(FOUR, OTHER_KERNELS[name]))
        text = name if solved else "____"
        style = _ANSWER if solved else {"fontsize": 11}
        page.text(0.17 + 0.21 * place, 0.275, text, ha="center", **style)
    _words(
        page,
        0.24,
        "7. Three scores of the last layer. Softmax: divide each power by the sum of the three.\n"
        "    Do the shares add up to 100 %? What becomes of them if all scores are halved?",
    )
    rows = list(zip(SCORES, SCORES.values(), POWERS, shares(), strict=True))
    for line, (digit, score, power, share) in enumerate(rows):
        y = 0.17 - 0.03 * line
        page.text(
            0.12, y, f"{digit}:   score {score}    e to the power of {score} = {power}", fontsize=11
        )
        text = f"{share} %" if solved else "______ %"
        page.text(0.62, y, text, **(_ANSWER if solved else {"fontsize": 11}))
    if solved:
        halved = "Yes. Halved, they are more even; the order stays."
        page.text(0.12, 0.065, halved, **_ANSWER)
    return page


_ANSWER = {"fontsize": 12, "color": ORANGE}


def _words(
    page: Figure,
    y: float,
    text: str,
    *,
    left: float = 0.08,
    size: float = 11,
    weight: str = "normal",
) -> None:
    page.text(left, y, text, fontsize=size, weight=weight, va="top", linespacing=1.5)


def _table(
    page: Figure,
    box: tuple[float, float, float, float],
    values: np.ndarray,
    *,
    tinted: bool = False,
    written: bool = False,
    size: float = 13,
) -> Axes:
    """A grid with a number in each square; nothing for NaN. Answers are written in colour."""
    axis = page.add_axes(box)
    height, width = values.shape
    background = values * 0.35 if tinted else np.zeros(values.shape)
    axis.imshow(background, cmap=INK, vmin=0, vmax=1)
    for (row, column), value in np.ndenumerate(values):
        if not np.isnan(value):
            text = f"{value:g}".replace("-", "−")
            colour = ORANGE if written else "black"
            axis.text(column, row, text, ha="center", va="center", fontsize=size, color=colour)
    axis.set_xticks(np.arange(width + 1) - 0.5, [])
    axis.set_yticks(np.arange(height + 1) - 0.5, [])
    axis.grid(color="0.5", linewidth=0.8)
    axis.tick_params(length=0)
    return axis


def _picture(axis: Axes, values: np.ndarray) -> None:
    """Dark above 0, crossed below: it has to survive a copier."""
    axis.imshow(np.maximum(values, 0), cmap=INK, vmin=0, vmax=max(values.max(), 1))
    for row, column in np.argwhere(values < 0):
        axis.text(column, row, "×", ha="center", va="center", fontsize=11)
    axis.set_xticks([])
    axis.set_yticks([])


def _outline(axis: Axes, row: int, column: int) -> None:
    corner = (column - 0.5, row - 0.5)
    axis.add_patch(plt.Rectangle(corner, 3, 3, fill=False, edgecolor=ORANGE, linewidth=3))


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "worksheet.pdf")
    write(target)
    print(f"wrote {target}: two pages to fill in, and two with the answers")
