"""Chooses the strokes of the digit among the marks on a photo.

Marks are split into connected components. A component counts as a stroke when it is thin and has
paper on both sides; tables, fingers, shadows, edges of sheets and specks fail that. The component
most like a stroke is the digit, together with the strokes close to it.
"""

from typing import NamedTuple, cast

import cv2
import numpy as np

from digits.images.photo_marks import Marks, square

FAINTEST = 0.04  # contrast with the paper below which nothing belongs to a stroke
PALEST = 0.1  # contrast that writing reaches somewhere: hard pencil reaches more
# Paler writing counts where it stands out: by this many times from the noise, and from the darkest
# hundredth of the paper, so that spots on mottled paper do not.
ABOVE_NOISE, ABOVE_PAPER = 8, 2.7
CLEAR_STROKE = 0.9  # how much it has to look like a stroke
SHORTEST = 20  # pixels of 640; a smaller mark is a speck
SHORTEST_PART = 9  # among other strokes, such as the bar of a 5
BESIDE = 0.1  # of the worth of the sheet: what lies on a surface of less lies beside the sheet
RIM = 8  # pixels of 640; what comes so close to the picture's rim is a table, finger or shadow


class Components(NamedTuple):
    """The connected components of the marks; number 0 is the paper between them."""

    labels: np.ndarray  # (H, W) int: the component each pixel belongs to
    boxes: np.ndarray  # (N, 4) int: left, top, right, bottom
    strength: np.ndarray  # (N,) float: the average
    mass: np.ndarray  # (N,) float: the sum of strength
    stroke: np.ndarray  # (N,) float, 0 to 1: how much it looks like a stroke
    inside: np.ndarray  # (N,) bool: it does not come close to the rim


class Strokes:
    """The strokes on a photo: of one digit, or of all writing."""

    def __init__(self, strength: np.ndarray, marks: Marks, *, written: bool = False) -> None:
        """Look for strokes among marks.

        Args:
            strength: (H, W) float32: `marks.strength` without ruled lines.
            marks: what `digits.images.photo_marks.find_marks` returns.
            written: whether it is known that there is writing, so that it may be as pale as it is.
        """
        self.strength = strength
        self._marks = marks
        self._written = written
        self._measured: dict[float, Components] = {}  # by threshold: measuring takes longest

    def of_digit(self) -> np.ndarray:
        """Find the pixels of the digit: the component most like a stroke, and what goes with it.

        Returns:
            (H, W) bool; all False when nothing looks like a stroke.
        """
        found = self._main_stroke(SHORTEST)
        if found is None:
            return np.zeros(self.strength.shape, bool)
        components, main = found
        return np.isin(components.labels, _with_neighbours(components, main))

    def of_writing(self, *, doubtful: bool = False) -> np.ndarray:
        """Find the pixels of all writing: every component about as strong as the main stroke.

        Args:
            doubtful: add what does not look like strokes but stands in a row with them: where the
                edge of a shadow crosses a digit, the paper differs from side to side.

        Returns as `of_digit` does.
        """
        found = self._main_stroke(SHORTEST_PART)
        if found is None:
            return np.zeros(self.strength.shape, bool)
        components, main = found
        possible = components.inside & (components.strength > 0.4 * components.strength[main])
        possible &= ~_frames(components, components.mass * components.stroke)
        writing = possible & (components.stroke > 0.5)
        writing[main] = True
        for _ in range(2 if doubtful else 0):
            writing |= possible & _in_a_row_with(components, writing)
        return writing[components.labels]

    def _main_stroke(self, shortest: int) -> tuple[Components, int] | None:
        """The components of the marks, and the one most like a stroke; None if nothing is.

        What is shorter than `shortest`, in pixels, is no stroke.
        """
        faintest = max(4 * self._marks.noise, FAINTEST)
        threshold = faintest
        for _ in range(2):  # the second time, the threshold depends on the strength of the ink
            if threshold not in self._measured:
                self._measured[threshold] = _components(self.strength, threshold, self._marks)
            components = self._measured[threshold]
            sizes = (components.boxes[:, 2:] - components.boxes[:, :2]).max(axis=1)
            components = components._replace(stroke=components.stroke * (sizes >= shortest))
            score = components.mass * components.strength * components.stroke * components.inside
            score[_frames(components, score)] = 0
            main = int(score.argmax())
            if score[main] == 0:
                return None
            strong = np.quantile(self.strength[components.labels == main], 0.85)
            clear = self._written or strong >= PALEST
            if not clear and not self._stands_out(components, main, strong):
                return None
            threshold = max(0.22 * strong, faintest)
        return components, main

    def _stands_out(self, components: Components, main: int, strong: float) -> bool:
        """Whether a component, strong in most of it, is a stroke that no bare paper looks like."""
        if components.stroke[main] < CLEAR_STROKE or strong < ABOVE_NOISE * self._marks.noise:
            return False
        paper = np.quantile(self.strength[components.labels == 0], 0.99)
        return bool(strong > ABOVE_PAPER * paper)


def _with_neighbours(components: Components, main: int) -> list[int]:
    """The main component, and all strokes close to it or to one already chosen."""
    fits = components.inside & (components.stroke > 0.8)
    fits &= components.mass > 0.02 * components.mass[main]
    fits &= components.strength > 0.4 * components.strength[main]
    chosen = {main}
    left, top, right, bottom = components.boxes[main]
    grown = True
    while grown:
        grown = False
        near = 0.2 * max(right - left, bottom - top)
        for number in set(np.flatnonzero(fits).tolist()) - chosen:
            a, b, c, d = components.boxes[number]
            around = a < left and b < top and c > right and d > bottom
            if not around and max(a - right, left - c, b - bottom, top - d) < near:
                chosen.add(number)
                left, top, right, bottom = min(a, left), min(b, top), max(c, right), max(d, bottom)
                grown = True
    return list(chosen)


def _in_a_row_with(components: Components, writing: np.ndarray) -> np.ndarray:
    """Which components stand beside writing, and are about as high: (N,) bool, as `writing` is."""
    left, top, right, bottom = components.boxes.T
    height, width = bottom - top, right - left
    a, b, c, d = components.boxes[writing].T[:, :, None]
    high = d - b
    row = np.minimum(bottom, d) - np.maximum(top, b) > 0.5 * np.minimum(height, high)
    row &= (height > 0.6 * high) & (height < 1.7 * high) & (width < 2 * high)
    row &= np.maximum(a - right, left - c) < high
    return row.any(axis=0)


def _frames(components: Components, score: np.ndarray) -> np.ndarray:
    """Which components are only the edge of a sheet: large, and around a clearer one.

    Returns (N,) bool.
    """
    left, top, right, bottom = components.boxes.T
    size = np.maximum(right - left, bottom - top)
    clear = components.strength * components.stroke
    large = (right - left) * (bottom - top) > 0.3 * components.labels.size
    frames = np.zeros(len(score), bool)
    for number in np.flatnonzero(large & (score > 0)):
        within = (left > left[number]) & (top > top[number])
        within &= (right < right[number]) & (bottom < bottom[number])
        stronger = clear > 1.2 * clear[number]
        frames[number] = (within & stronger & (score > 0) & (size > 0.1 * size[number])).any()
    return frames


def _components(strength: np.ndarray, threshold: float, marks: Marks) -> Components:
    """Measure the connected components of the pixels that are stronger than the threshold."""
    height, width = strength.shape
    inked = (strength > threshold).astype(np.uint8)
    count, labels, stats, middles = cv2.connectedComponentsWithStats(inked)
    pixels = stats[:, cv2.CC_STAT_AREA]

    # Only the ink is measured: what the values are for the paper, number 0, is never asked.
    inside_ink = np.flatnonzero(inked)
    # OpenCV's own annotations leave the dtype of `labels` open.
    owner = cast(np.ndarray, labels.ravel()[inside_ink])

    def mean(values: np.ndarray) -> np.ndarray:
        return np.bincount(owner, values.ravel()[inside_ink], count) / pixels

    corner, extent = stats[:, :2], stats[:, 2:4]
    boxes = np.concatenate([corner, corner + extent], axis=1)
    size = extent.max(axis=1)
    inside = (boxes[:, :2] > RIM).all(1) & (boxes[:, 2:] < (width - RIM, height - RIM)).all(1)
    # A digit that fills a closely cropped picture may touch the rim.
    central = (np.abs(middles / (width, height) - 0.5) < 0.25).all(1)
    inside |= central & (size > 0.4 * min(height, width)) & (extent < (width, height)).all(1)

    # Averages are weighted by strength, so that the soft edges of strokes do not lower them.
    own = mean(strength).clip(1e-6)
    depth = mean(strength**2 * marks.paper) / own
    rules = marks.strength - strength > FAINTEST / 2
    stroke = _outlined(labels, marks.shade, depth, rules)
    stroke = ((stroke - 0.25) / 0.4).clip(0, 1)
    radius = np.zeros(count)
    depths = cv2.distanceTransform(inked, cv2.DIST_L2, 3)
    np.maximum.at(radius, owner, depths.ravel()[inside_ink])
    stroke *= ((0.6 - 2 * radius / size) / 0.15).clip(0, 1)  # a blob is no stroke
    stroke *= ((mean(marks.sheet) - BESIDE) / BESIDE).clip(0, 1)
    stroke[(pixels < 1.5 * size) | (np.arange(count) == 0)] = 0
    return Components(labels, boxes, mean(strength**2) / own, own * pixels, stroke, inside)


def _outlined(
    labels: np.ndarray, shade: np.ndarray, depth: np.ndarray, rules: np.ndarray
) -> np.ndarray:
    """Measure how much of each component has paper on both sides, lighter by the ink's own depth.

    The edge of a shadow fades out, and the edge of a sheet has the table on one side: both fail.

    Args:
        labels: (H, W) int: the component each pixel belongs to.
        shade: (H, W) float32: see `Marks`.
        depth: (N,) float: how much darker than its paper each component is.
        rules: (H, W) bool: printed lines of the paper, which are ignored.

    Returns:
        (N,) float in [0, 1].
    """
    count = len(depth)
    ink = (labels > 0).astype(np.uint8)
    close = cv2.dilate(ink, square(5)) > 0
    bare = ~close & (cv2.dilate(rules.astype(np.uint8), square(3)) == 0)
    ring = bare & (cv2.dilate(ink, square(9)) > 0)
    owner = cv2.dilate(labels.astype(np.float32), square(11))[ring].astype(int)
    darkest = cv2.erode(np.where(ink, shade, np.float32(9)), square(21))
    lighter = (shade - darkest)[ring] > 0.6 * depth[owner]
    share = np.bincount(owner, lighter, count) / np.bincount(owner, minlength=count).clip(1)

    weight = cv2.GaussianBlur(bare.astype(np.float32), (0, 0), 3)
    paper = cv2.GaussianBlur(shade * bare, (0, 0), 3) / np.maximum(weight, 1e-3)
    hidden = weight < 0.2
    lightest = cv2.dilate(np.where(hidden, np.float32(-9), paper), square(25))
    darkest = cv2.erode(np.where(hidden, np.float32(9), paper), square(25))
    inside = np.flatnonzero(ink)
    owner = labels.ravel()[inside]
    uneven = (lightest - darkest).ravel()[inside] > 0.75 * depth[owner]
    pixels = np.bincount(owner, minlength=count).clip(1)
    return share * (1 - np.bincount(owner, uneven, count) / pixels)
