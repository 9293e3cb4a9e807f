"""Finds the ink of one digit in a photo of paper, under whatever light it was taken.

A photo is told from a clean picture by its paper: light, shadow, noise and texture spread it over
many shades. Ink is then what is darker (on dark paper, lighter) than the paper around it, in
strokes that have paper on both sides; the rules of the paper, the table beyond its edge, shadows
and specks are not.
"""

from typing import NamedTuple

import cv2
import numpy as np

from digits.images.ruled_lines import without_rules

SIDE = 640  # pixels; photos are brought to this size, and the lengths below are meant at it
SMALLEST = 100  # pixels; on a smaller picture paper and its rules could not be told apart
SAMPLES = 100  # pixels of a row looked at to tell a photo: drawings are told while one draws
SHADES = 0.012  # of a picture's contrast: within this two colours count as one
CLEAN = 0.65  # the least part of a clean picture that has just the paper's or just the ink's colour
CROSSINGS = 8  # a digit does not cross the border so often, the rules of paper do
PAPER_REACH = 111  # pixels; wider than any stroke, narrower than a shadow or a sheet
FAINTEST = 0.04  # contrast with the paper below which nothing belongs to a stroke
PALEST = 0.1  # contrast that a digit reaches somewhere: hard pencil has more
SHORTEST = 20  # pixels; a mark smaller than this is a speck
RIM = 8  # pixels; what comes so near to the picture's rim is a table, a finger or a shadow
FINEST = 0.07  # of a digit's size: strokes finer than this would vanish in 20×20


class Marks(NamedTuple):
    """How much each pixel of a photo differs from the paper around it; all (H, W) float32."""

    strength: np.ndarray  # 0 is paper; 1 would be ink that gives back no light
    shade: np.ndarray  # the brightness itself, such that ink is low and paper is high
    paper: np.ndarray  # the brightness of the paper there
    noise: float  # the deviation of `strength` on bare paper


class Parts(NamedTuple):
    """The connected parts of the marks; part 0 is the paper between them."""

    labels: np.ndarray  # (H, W) int: which part a pixel belongs to
    boxes: np.ndarray  # (N, 4): left, top, right, bottom
    strength: np.ndarray  # (N,): on average
    mass: np.ndarray  # (N,): strength in all
    stroke: np.ndarray  # (N,) 0 to 1: how much it is like a stroke, with paper on both sides
    inside: np.ndarray  # (N,) bool: it keeps clear of the rim


def is_photo(colours: np.ndarray) -> bool:
    """Tell a photo from a clean picture: a drawing, a screenshot, a scan of flat background.

    In a clean picture most pixels have the colour of the paper or that of the ink, but for the
    edges of strokes. The paper is the median of the border. Clean paper with rules counts as a
    photo too, so that they are taken away. Pictures below 100 pixels a side are never photos.

    Args:
        colours: (H, W, 1 or 3) float32 in [0, 1].
    """
    if min(colours.shape[:2]) < SMALLEST:
        return False
    sides = (colours[0], colours[1:, -1], colours[-1, -2::-1], colours[-2:0:-1, 0])
    border = np.concatenate(sides)
    paper = np.median(border, axis=0)
    step = -(-max(colours.shape[:2]) // SAMPLES)
    sample = colours[::step, ::step]
    away = np.abs(sample - paper).max(axis=2)
    strongest = away.max()
    inked = away > strongest / 2
    if not inked.any():
        return False
    same = max(1.5 / 255, SHADES * strongest)
    ink = np.median(sample[inked], axis=0)
    flat = (away <= same) | (np.abs(sample - ink).max(axis=2) <= same)
    marked = np.abs(border - paper).max(axis=1) > 0.2 * strongest
    crossings = np.count_nonzero(marked & ~np.roll(marked, 1))
    return bool(flat.mean() < CLEAN or crossings >= CROSSINGS)


def photo_ink(colours: np.ndarray) -> np.ndarray:
    """Find the ink of the digit in a photo.

    Args:
        colours: (H, W, 1 or 3) float32 in [0, 1]; dark ink on light paper or light on dark.

    Returns:
        Ink: float32 in [0, 1], 1 is ink, the longer side 640 pixels; zero everywhere when there
        is no mark like a digit's strokes.
    """
    picture = _resized(colours)
    marks = _marks(picture, light_ink=_ink_is_light(picture))
    strength = without_rules(marks.strength, marks.noise)
    digit = _find_digit(strength, marks)
    if not digit.any():
        return np.zeros(digit.shape, np.float32)
    return _thickened(_even_ink(strength, digit))


def ink_overlay(colours: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """Paint the ink found in a picture over a pale copy of it, strong red.

    Args:
        colours: (H, W, 1 or 3) float32 in [0, 1].
        ink: float32 in [0, 1] of the same proportions, 1 is ink.

    Returns:
        (H', W', 3) uint8 RGB, the longer side 640 pixels.
    """
    picture = _resized(colours)
    pale = 0.55 + 0.45 * picture.mean(axis=2, keepdims=True)
    cover = cv2.resize(ink, picture.shape[1::-1], interpolation=cv2.INTER_AREA)[..., None]
    painted = pale + cover * (np.array([0.86, 0.08, 0.24], np.float32) - pale)
    return np.round(255 * painted).astype(np.uint8)


def _resized(colours: np.ndarray) -> np.ndarray:
    """The picture in RGB with the longer side SIDE pixels."""
    height, width = colours.shape[:2]
    scale = SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(colours, size, interpolation=way)
    return np.broadcast_to(resized.reshape(*resized.shape[:2], -1), (*resized.shape[:2], 3))


def _square(side: int) -> np.ndarray:
    return np.ones((side, side), np.uint8)


def _median(image: np.ndarray, side: int) -> np.ndarray:
    """The median of each pixel's surroundings, of values in [0, 1]."""
    return cv2.medianBlur(np.round(255 * image.clip(0, 1)).astype(np.uint8), side) / np.float32(255)


def _ink_is_light(picture: np.ndarray) -> bool:
    """Whether ink is lighter than paper.

    Ink covers the smaller part of its surroundings, so their median is paper, and what differs
    most from it is ink. The picture's middle counts more, edges of sheets and shadows hardly.
    """
    small = cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    paper = _median(small, 51)
    differences = (small - paper) / (paper.max(axis=2, keepdims=True) + 0.05)
    channel = np.abs(differences).argmax(axis=2)[..., None]
    difference = np.take_along_axis(differences, channel, 2)[..., 0].clip(-0.5, 0.5)

    grey = paper.mean(axis=2)
    level = (cv2.dilate(grey, _square(9)) - cv2.erode(grey, _square(9)) < 0.06).astype(np.float32)
    weight = np.maximum(cv2.erode(level, _square(13)), 0.005)
    for axis in (0, 1):
        from_middle = np.linspace(-0.5, 0.5, grey.shape[axis])
        weight = weight * np.expand_dims(np.exp(-8 * from_middle**2), 1 - axis)
    votes = weight * np.abs(difference) ** 3
    return bool(votes[difference > 0].sum() > 0.75 * votes.sum())


def _marks(picture: np.ndarray, light_ink: bool) -> Marks:
    """Compare each pixel with the paper around it, in the colour that shows the ink best.

    The paper is what is left when everything narrower than PAPER_REACH is closed over (opened,
    where ink is light): that follows a shadow's edge, which smoothing would not.
    """
    picture = (picture / max(np.quantile(picture, 0.99), 0.05)).clip(0, 1.2)
    sharp = cv2.GaussianBlur(picture, (0, 0), 0.8)
    way = cv2.MORPH_OPEN if light_ink else cv2.MORPH_CLOSE
    paper = cv2.morphologyEx(1.2 * _median(picture / 1.2, 9), way, _square(PAPER_REACH))
    brightness = np.maximum(paper.max(axis=2) + (0.15 if light_ink else 0), 0.05)
    sign = -1 if light_ink else 1
    contrast = sign * (paper - sharp) / brightness[..., None]
    # Of noisy paper it is the brightest grains that are left: what is usual nearby is no mark.
    small = cv2.resize(contrast, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    usual = 2 * _median(small / 2 + 0.5, 41) - 1
    contrast = contrast - cv2.resize(usual, contrast.shape[1::-1])
    # Fisher's way to weigh the channels: by how much the ink differs in each, against the noise.
    noise = np.maximum(_deviation(contrast), 0.003)
    clear = (contrast / noise).max(axis=2)
    inked = contrast[clear >= np.quantile(clear, 0.99)].mean(axis=0)
    weights = np.maximum(inked, 1e-6) / noise**2
    weights = (weights / weights.sum()).astype(np.float32)
    strength = contrast @ weights
    return Marks(
        np.maximum(strength, 0), sign * (sharp @ weights), brightness, float(_deviation(strength))
    )


def _deviation(values: np.ndarray) -> np.ndarray:
    """The standard deviation of each channel but for outliers, by the median."""
    median = np.median(values, axis=(0, 1))
    return 1.4826 * np.median(np.abs(values - median), axis=(0, 1))


def _find_digit(strength: np.ndarray, marks: Marks) -> np.ndarray:
    """Which pixels are the digit's: the part most like a stroke, and those that go with it.

    Returns (H, W) bool.
    """
    faintest = max(4 * marks.noise, FAINTEST)
    threshold = faintest
    for _ in range(2):  # the second time by the strength of the ink itself
        parts = _parts(strength, threshold, marks)
        score = parts.mass * parts.strength * parts.stroke * parts.inside
        score[_frames(parts, score)] = 0
        main = int(score.argmax())
        if score[main] == 0:
            return np.zeros(strength.shape, bool)
        strong = np.quantile(strength[parts.labels == main], 0.85)
        if strong < PALEST:
            return np.zeros(strength.shape, bool)
        threshold = max(0.22 * strong, faintest)

    fits = parts.inside & (parts.stroke > 0.8) & (parts.mass > 0.02 * parts.mass[main])
    fits &= parts.strength > 0.4 * parts.strength[main]
    chosen = {main}
    left, top, right, bottom = parts.boxes[main]
    grown = True
    while grown:
        grown = False
        near = 0.2 * max(right - left, bottom - top)
        for part in set(np.flatnonzero(fits)) - chosen:
            a, b, c, d = parts.boxes[part]
            around = a < left and b < top and c > right and d > bottom
            if not around and max(a - right, left - c, b - bottom, top - d) < near:
                chosen.add(part)
                left, top, right, bottom = min(a, left), min(b, top), max(c, right), max(d, bottom)
                grown = True
    return np.isin(parts.labels, list(chosen))


def _frames(parts: Parts, score: np.ndarray) -> np.ndarray:
    """Which parts are but the edge of a sheet: large, and around a stronger one."""
    left, top, right, bottom = parts.boxes.T
    size = np.maximum(right - left, bottom - top)
    large = (right - left) * (bottom - top) > 0.3 * parts.labels.size
    frames = np.zeros(len(score), bool)
    for part in np.flatnonzero(large & (score > 0)):
        within = (left > left[part]) & (top > top[part])
        within &= (right < right[part]) & (bottom < bottom[part])
        stronger = parts.strength > 1.2 * parts.strength[part]
        frames[part] = (within & stronger & (score > 0) & (size > 0.1 * size[part])).any()
    return frames


def _parts(strength: np.ndarray, threshold: float, marks: Marks) -> Parts:
    """Measure the connected parts of what is stronger than the threshold."""
    height, width = strength.shape
    inked = (strength > threshold).astype(np.uint8)
    count, labels, stats, middles = cv2.connectedComponentsWithStats(inked)
    pixels = stats[:, cv2.CC_STAT_AREA]

    def mean(values: np.ndarray) -> np.ndarray:
        return np.bincount(labels.ravel(), values.ravel(), count) / pixels

    corner, extent = stats[:, :2], stats[:, 2:4]
    boxes = np.concatenate([corner, corner + extent], axis=1)
    size = extent.max(axis=1)
    inside = (boxes[:, :2] > RIM).all(1) & (boxes[:, 2:] < (width - RIM, height - RIM)).all(1)
    # A digit that fills a picture cut close may touch the rim.
    central = (np.abs(middles / (width, height) - 0.5) < 0.25).all(1)
    inside |= central & (size > 0.4 * min(height, width)) & (extent < (width, height)).all(1)

    # Weighted by itself, so that the soft edges of strokes do not make them pale.
    own = mean(strength).clip(1e-6)
    depth = mean(strength**2 * marks.paper) / own
    rules = marks.strength - strength > FAINTEST / 2
    stroke = _outlined(labels, marks.shade, depth, rules)
    stroke = ((stroke - 0.25) / 0.4).clip(0, 1)
    radius = np.zeros(count)
    np.maximum.at(radius, labels, cv2.distanceTransform(inked, cv2.DIST_L2, 3))
    stroke *= ((0.6 - 2 * radius / size) / 0.15).clip(0, 1)  # a blob is no stroke
    stroke[(size < SHORTEST) | (pixels < 1.5 * size) | (np.arange(count) == 0)] = 0
    return Parts(labels, boxes, mean(strength**2) / own, own * pixels, stroke, inside)


def _outlined(
    labels: np.ndarray, shade: np.ndarray, depth: np.ndarray, rules: np.ndarray
) -> np.ndarray:
    """How much of each part has paper on both sides that is lighter by the ink's own depth.

    The edge of a shadow fades, and along the edge of a sheet one side is table: both fail.

    Args:
        labels: (H, W) int: the parts.
        shade: (H, W): see `Marks`.
        depth: (N,): how much darker than its paper each part is.
        rules: (H, W) bool: rules of the paper, which are overlooked.

    Returns:
        (N,) in [0, 1].
    """
    count = len(depth)
    ink = (labels > 0).astype(np.uint8)
    close = cv2.dilate(ink, _square(5)) > 0
    bare = ~close & (cv2.dilate(rules.astype(np.uint8), _square(3)) == 0)
    ring = bare & (cv2.dilate(ink, _square(9)) > 0)
    owner = cv2.dilate(labels.astype(np.float32), _square(11)).astype(int)[ring]
    darkest = cv2.erode(np.where(ink, shade, 9).astype(np.float32), _square(21))
    lighter = (shade - darkest)[ring] > 0.6 * depth[owner]
    share = np.bincount(owner, lighter, count) / np.bincount(owner, minlength=count).clip(1)

    weight = cv2.GaussianBlur(bare.astype(np.float32), (0, 0), 3)
    paper = cv2.GaussianBlur(shade * bare, (0, 0), 3) / np.maximum(weight, 1e-3)
    hidden = weight < 0.2
    lightest = cv2.dilate(np.where(hidden, -9, paper).astype(np.float32), _square(25))
    darkest = cv2.erode(np.where(hidden, 9, paper).astype(np.float32), _square(25))
    uneven = (lightest - darkest > 0.75 * depth[labels]).ravel()
    pixels = np.bincount(labels.ravel())
    return share * (1 - np.bincount(labels.ravel(), uneven, count) / pixels)


def _even_ink(strength: np.ndarray, digit: np.ndarray) -> np.ndarray:
    """Ink of the digit's pixels: full along every stroke, soft at its edges.

    Pressure and light change along a stroke, so each place is held against the strongest ink
    near it.
    """
    radius = np.quantile(cv2.distanceTransform(digit.astype(np.uint8), cv2.DIST_L2, 3)[digit], 0.9)
    side = 2 * int(max(4, radius)) + 1
    usual = np.quantile(strength[digit], 0.7)
    local = cv2.dilate(np.where(digit, strength, 0).astype(np.float32), _square(side))
    local = cv2.blur(local, (side, side)).clip(0.3 * usual, usual)
    edge = cv2.dilate(digit.astype(np.uint8), _square(5))
    return ((strength / local - 0.3) / 0.5).clip(0, 1) * edge


def _thickened(ink: np.ndarray) -> np.ndarray:
    """Broaden strokes that are too fine for the digit's size."""
    solid = (ink > 0.5).astype(np.uint8)
    inside = cv2.distanceTransform(solid, cv2.DIST_L2, 3)
    middle = (inside > 0) & (inside >= cv2.dilate(inside, _square(3)))
    missing = FINEST * max(np.ptp(np.nonzero(solid), axis=1)) - 2 * np.median(inside[middle])
    if missing < 1:
        return ink
    side = round(missing) | 1
    return cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
