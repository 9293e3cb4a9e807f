"""Finds the ink of one digit in a photo of paper, whatever light it was taken in.

`is_photo` tells photos from clean pictures: light, shadow, noise and texture spread the paper of a
photo over many shades. `photo_ink` then works in three steps: it measures how much each pixel
differs from the paper around it (`digits.images.photo_marks`), removes the printed lines of ruled
paper (`digits.images.ruled_lines`), and chooses the strokes of the digit among what is left
(`digits.images.photo_strokes`).
"""

from typing import NamedTuple, cast

import cv2
import numpy as np

from digits.images.medians import median, weighted_median
from digits.images.photo_marks import find_marks, ink_is_light, square
from digits.images.photo_strokes import Strokes
from digits.images.ruled_lines import without_rules

SIDE = 640  # pixels; photos are scaled to this size, and all lengths in pixels refer to it
SMALLEST = 100  # pixels; in a smaller picture, paper and its lines could not be told apart
SAMPLES = 100  # pixels of a row that `is_photo` looks at: it also runs while a person draws
SHADES = 0.012  # of the picture's contrast: colours that differ by less count as the same
CLEAN = 0.65  # a clean picture has at least this share of pixels in its paper's or its ink's colour
CROSSINGS = 8  # a digit crosses the border less often than this, ruled lines more often
BROKEN = 11  # pixels: the largest gap in a stroke
FINEST = 0.07  # of the digit's size: thinner strokes would vanish in 20×20 pixels
GAPS = 0.14  # of the digits' size: the gaps that are bridged in writing that is broken everywhere
PART = 0.8  # of the digits' size: a shorter piece of ink is a part of a digit
BROKEN_OFF = 0.4  # the share of such parts among all pieces that tells broken writing

CLOSER = 0.6  # of the picture's longer side: smaller writing is looked at again, closer
AROUND = 0.15  # of the writing's longer side: the paper around it that is looked at again


class PageInk(NamedTuple):
    """The ink on a page, and where it lies in the picture."""

    ink: np.ndarray  # (H, W) float32 in [0, 1], 1 is ink
    left: float  # in pixels of the picture
    top: float
    scale: float  # pixels of the picture for one of the ink


def border_and_paper(colours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The border of a picture, and the colour of its paper: the median of the border.

    Args:
        colours: (H, W, C) float32.

    Returns:
        (2 H + 2 W - 4, C) float32, once around the picture; and (C,) float32.
    """
    sides = (colours[0], colours[1:-1, -1], colours[-1, ::-1], colours[-2:0:-1, 0])
    border = np.concatenate(sides)
    return border, median_colour(border)


def median_colour(colours: np.ndarray) -> np.ndarray:
    """The median of each channel: (N, C) float32, N at least 1, to (C,) float32."""
    return np.array([median(channel) for channel in colours.T])


def is_photo(colours: np.ndarray, border: np.ndarray, paper: np.ndarray) -> bool:
    """Tell a photo from a clean picture: a drawing, a screenshot, or a scan with a flat background.

    In a clean picture most pixels have the colour of the paper or the colour of the ink; only the
    edges of strokes lie between. A clean picture of ruled paper counts as a photo, so that its
    lines are removed. A picture with a side under 100 pixels never counts as one.

    Args:
        colours: (H, W, 1 or 3) float32 in [0, 1].
        border, paper: what `border_and_paper` makes of it.
    """
    if min(colours.shape[:2]) < SMALLEST:
        return False
    step = -(-max(colours.shape[:2]) // SAMPLES)
    sample = colours[::step, ::step].reshape(-1, colours.shape[2])
    difference = distance(sample, paper)
    strongest = difference.max()
    inked = difference > strongest / 2
    if not inked.any():
        return False
    same = max(1.5 / 255, SHADES * strongest)
    ink = median_colour(sample.compress(inked, axis=0))
    flat = (difference <= same) | (distance(sample, ink) <= same)
    marked = distance(border, paper) > 0.2 * strongest
    return bool(flat.mean() < CLEAN or is_crossed_often(marked))


def is_crossed_often(marked: np.ndarray) -> bool:
    """Whether more lines cross the border of a picture than those of a digit.

    Args:
        marked: (N,) bool, once around the picture: where something is on the paper.
    """
    return bool(np.count_nonzero(marked & ~np.roll(marked, 1)) >= CROSSINGS)


def distance(colours: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """The largest difference of any channel to one colour.

    Args:
        colours: (..., C) float32, a few channels.
        colour: (C,) float32.

    Returns:
        (...) float32.
    """
    # Channel by channel: NumPy is slow where the last axis is as short as this.
    farthest = colours[..., 0] - colour[0]
    np.abs(farthest, out=farthest)
    for channel in range(1, len(colour)):
        difference = colours[..., channel] - colour[channel]
        np.maximum(farthest, np.abs(difference, out=difference), out=farthest)
    return farthest


def photo_ink(colours: np.ndarray) -> np.ndarray:
    """Find the ink of the digit in a photo.

    Args:
        colours: (H, W, 1 or 3) float32 in [0, 1]; dark ink on light paper or light on dark.

    Returns:
        Ink: (H', W') float32 in [0, 1], 1 is ink, the longer side 640 pixels; all zeros when
        nothing looks like the strokes of a digit.
    """
    return _digit_ink(_strokes(colours))


def photo_inks(colours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ink of the digit in a photo, as `photo_ink` finds it, and that of all writing there."""
    found = _strokes(colours)
    return _digit_ink(found), _writing_ink(found)


def page_ink(colours: np.ndarray) -> PageInk:
    """Find the ink of all writing in a photo of a page.

    Where the writing fills only a small part of the photo, that part is looked at again, closer.

    Args:
        colours: (H, W, 1 or 3) float32 in [0, 1]; dark ink on light paper or light on dark.
    """
    height, width = colours.shape[:2]
    found = _writing_ink(_strokes(colours), doubtful=True)
    rows, columns = np.flatnonzero(found.any(1)), np.flatnonzero(found.any(0))
    scale = max(height, width) / SIDE
    if not rows.size:
        return PageInk(found, 0, 0, scale)
    box = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])
    margin = AROUND * max(box[2] - box[0], box[3] - box[1])
    box = ((box + (-margin, -margin, margin, margin)) * scale).astype(int)
    left, top, right, bottom = box.clip(0, (width, height, width, height)).tolist()
    if max(right - left, bottom - top) > CLOSER * max(height, width):
        return PageInk(found, 0, 0, scale)
    close = _strokes(colours[top:bottom, left:right], written=True)
    scale = max(right - left, bottom - top) / SIDE
    return PageInk(_writing_ink(close, doubtful=True), left, top, scale)


def _digit_ink(strokes: Strokes) -> np.ndarray:
    """The ink of one digit."""
    digit = strokes.of_digit()
    return _inked(strokes.strength, digit, _extent(digit))


def _writing_ink(strokes: Strokes, *, doubtful: bool = False) -> np.ndarray:
    """The ink of all writing; `doubtful` as for `Strokes.of_writing`."""
    writing = strokes.of_writing(doubtful=doubtful)
    size = _usual_size(writing)
    return _bridged(_inked(strokes.strength, writing, size), size)


def _strokes(colours: np.ndarray, *, written: bool = False) -> Strokes:
    """What looks like strokes on a photo, and is no printed line; `written` as for `Strokes`."""
    picture = _resized(colours)
    marks = find_marks(picture, light_ink=ink_is_light(picture))
    return Strokes(without_rules(marks.strength, marks.noise), marks, written=written)


def _inked(strength: np.ndarray, chosen: np.ndarray, size: float) -> np.ndarray:
    """The ink of the chosen pixels, with strokes that are wide enough for digits of that size."""
    if not chosen.any():
        return np.zeros(chosen.shape, np.float32)
    return _thickened(_even_ink(strength, chosen), size)


def _bridged(ink: np.ndarray, size: float) -> np.ndarray:
    """Bridge the gaps in ink that is broken everywhere: by a hard pencil, or where rules were.

    Other writing stays as it is, or its loops would fill and its digits touch.
    """
    _, _, stats, _ = cv2.connectedComponentsWithStats((ink > 0.5).astype(np.uint8))
    sizes = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(1)
    if np.count_nonzero(sizes < PART * size) <= BROKEN_OFF * len(sizes):
        return ink
    side = round(GAPS * size) | 1
    bridge = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    # Padded, so that what touches the rim is not joined along it.
    closed = cv2.morphologyEx(np.pad(ink, side), cv2.MORPH_CLOSE, bridge)
    return closed[side:-side, side:-side]


def _extent(digit: np.ndarray) -> float:
    """The longer side of the box around a digit's pixels."""
    return float(max(np.ptp(np.nonzero(digit), axis=1))) if digit.any() else 0.0


def _usual_size(writing: np.ndarray) -> float:
    """The height of the components of writing: the median, weighted by their pixels.

    Strokes that a hard pencil leaves broken count as whole. So may neighbours in a row, which are
    as high as one of them.
    """
    whole = cv2.morphologyEx(writing.astype(np.uint8), cv2.MORPH_CLOSE, square(BROKEN))
    _, _, stats, _ = cv2.connectedComponentsWithStats(whole)
    if len(stats) < 2:
        return 0.0
    return weighted_median(stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_AREA])


def ink_overlay(colours: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """Paint the ink found in a picture in strong red over a pale copy of the picture.

    Args:
        colours: (H, W, 1 or 3) float32 in [0, 1].
        ink: (H', W') float32 in [0, 1] of the same proportions, 1 is ink.

    Returns:
        (H'', W'', 3) uint8 RGB, the longer side 640 pixels.
    """
    picture = _resized(colours)
    pale = 0.55 + 0.45 * picture.mean(axis=2, keepdims=True)
    cover = cv2.resize(ink, picture.shape[1::-1], interpolation=cv2.INTER_AREA)[..., None]
    painted = pale + cover * (np.array([0.86, 0.08, 0.24], np.float32) - pale)
    return np.round(255 * painted).astype(np.uint8)


def _resized(colours: np.ndarray) -> np.ndarray:
    """The picture in three channels, its longer side SIDE pixels."""
    height, width = colours.shape[:2]
    scale = SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(colours, size, interpolation=interpolation)
    return np.broadcast_to(resized.reshape(*resized.shape[:2], -1), (*resized.shape[:2], 3))


def _even_ink(strength: np.ndarray, digit: np.ndarray) -> np.ndarray:
    """Turn the strength of the digit's pixels into ink: full along strokes, soft at their edges.

    Pressure and light vary along a stroke, so each pixel is compared with the strongest ink near
    it.
    """
    radius = np.quantile(cv2.distanceTransform(digit.astype(np.uint8), cv2.DIST_L2, 3)[digit], 0.9)
    side = 2 * int(max(4, radius)) + 1
    usual = np.quantile(strength[digit], 0.7)
    local = cv2.dilate(np.where(digit, strength, 0).astype(np.float32), square(side))
    local = cv2.blur(local, (side, side)).clip(0.3 * usual, usual)
    edge = cv2.dilate(digit.astype(np.uint8), square(5))
    return ((strength / local - 0.3) / 0.5).clip(0, 1) * edge


def _thickened(ink: np.ndarray, size: float) -> np.ndarray:
    """Widen strokes that are too thin for the size of a digit."""
    solid = (ink > 0.5).astype(np.uint8)
    # OpenCV's own annotations leave the dtype open.
    inside = cast(np.ndarray, cv2.distanceTransform(solid, cv2.DIST_L2, 3))
    middle = (inside > 0) & (inside >= cv2.dilate(inside, square(3)))
    if not middle.any():
        return ink
    missing = FINEST * size - 2 * np.median(inside[middle])
    if missing < 1:
        return ink
    side = round(missing) | 1
    return cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
