"""Removes the printed lines of ruled or squared paper from a photo, and leaves the digit.

A printed line, called a rule here, is thin, runs through most of the picture and hardly bends; a
stroke of a digit is unlike that. A stroke that crosses a rule is thicker than the rule and stays.
"""

from typing import NamedTuple

import cv2
import numpy as np

THICKEST = 17  # pixels; anything thicker is not a rule
STEEPEST = 0.27  # slope; the camera may be tilted by 15°
SHARE = 0.5  # of the picture's width in which a rule has to be visible


class Rule(NamedTuple):
    """A printed line from the left rim of the picture to the right one."""

    rows: np.ndarray  # (W,) float: its row in each column
    seen: np.ndarray  # (W,) bool: the columns in which it is visible


def without_rules(ink: np.ndarray, noise: float) -> np.ndarray:
    """Remove the horizontal and the vertical rules from a map of ink.

    Args:
        ink: (H, W) float32, 0 is paper; sides of a few hundred pixels.
        noise: the standard deviation of `ink` on bare paper.

    Returns:
        The map without the rules: (H, W) float32, nowhere larger than `ink`.
    """
    for _ in range(2):
        rules = find_rules(ink, noise)
        if rules:
            ink = _opened_across(ink, rules)
        ink = np.ascontiguousarray(ink.T)
    return ink


def find_rules(ink: np.ndarray, noise: float) -> list[Rule]:
    """Find the horizontal rules in a map of ink; arguments as for `without_rules`.

    Straight lines are found as in the Hough transform: for each slope the picture is sheared until
    that slope is level, and the pixels in each row are counted. Parallel rules never cross, so the
    candidates are taken in order of their counts, and one that crosses an earlier one is dropped.
    Each line is then fitted to its own slight bends.
    """
    height, width = ink.shape
    thin = ink - cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((THICKEST, 1), np.uint8))
    crest = (thin > max(2.5 * noise, 0.02)) & (thin >= cv2.dilate(thin, np.ones((5, 1))))
    near = cv2.dilate(crest.astype(np.uint8), np.ones((5, 1), np.uint8))
    slopes = np.linspace(-STEEPEST, STEEPEST, 37)
    counts = np.stack([_sums(_level(near, slope)) for slope in slopes]) / width  # (slopes, rows)
    chance = near.mean()  # on finely squared paper many rows are full of crests
    counts = (counts - chance) / (1 - chance)

    ends: list[tuple[float, float]] = []
    for place in np.argsort(-counts, axis=None):
        slope, row = np.unravel_index(place, counts.shape)
        if counts[slope, row] < 0.8 * SHARE:
            break
        rise = slopes[slope] * width / 2
        left, right = row - rise, row + rise
        if all((left - a) * (right - b) > 0 and abs(left - a + right - b) > 8 for a, b in ends):
            ends.append((left, right))
    rules = [_follow(crest, left, right) for left, right in ends]
    rules = [rule for rule in rules if rule.seen.mean() >= SHARE]
    return rules if len(rules) >= 3 else [rule for rule in rules if _ends_at_rims(rule)]


def _level(image: np.ndarray, slope: float) -> np.ndarray:
    """Shear an image about its middle column so that lines of this slope become level."""
    height, width = image.shape
    shear = np.array([[1, 0, 0], [-slope, 1, slope * width / 2]])
    return cv2.warpAffine(image, shear, (width, height), flags=cv2.INTER_NEAREST)


def _sums(image: np.ndarray) -> np.ndarray:
    """The sum of each row: (H,) int."""
    return cv2.reduce(image, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[:, 0]


def _follow(crest: np.ndarray, left: float, right: float) -> Rule:
    """Fit a smooth curve to the crests near the line between a row at each rim."""
    height, width = crest.shape
    along = np.linspace(-1, 1, width)
    rows: np.ndarray = np.linspace(left, right, width)
    for reach, degree in ((5, 2), (10, 2), (5, 3), (2, 3)):
        steps = np.arange(-reach, reach + 1)[:, None]
        candidates = np.round(rows).astype(int) + steps
        inside = (candidates >= 0) & (candidates < height)
        found = inside & crest[candidates.clip(0, height - 1), np.arange(width)]
        nearest = np.where(found, np.abs(steps), reach + 1).argmin(0)
        seen = found.any(0)
        if seen.mean() < SHARE / 2:
            break
        at = candidates[nearest, np.arange(width)]
        rows = np.polyval(np.polyfit(along[seen], at[seen], degree), along)
    return Rule(rows, seen)


def _ends_at_rims(rule: Rule) -> bool:
    """Whether a rule is visible at both rims, which no stroke of a digit reaches."""
    part = len(rule.seen) // 10
    return bool(rule.seen[:part].mean() > 0.5 and rule.seen[-part:].mean() > 0.5)


def _opened_across(ink: np.ndarray, rules: list[Rule]) -> np.ndarray:
    """Apply a morphological opening across the rules, which keeps only what is thicker."""
    height, width = ink.shape

    def strip(rule: Rule, reach: int) -> tuple[np.ndarray, np.ndarray]:
        rows = np.round(rule.rows).astype(int) + np.arange(-reach, reach + 1)[:, None]
        return rows.clip(0, height - 1), np.arange(width)

    # The medians are robust to a long stroke mistaken for a rule, which is thicker or stronger.
    profiles = [np.median(ink[strip(rule, THICKEST // 2)][:, rule.seen], 1) for rule in rules]
    strength = np.median([profile.max() for profile in profiles])
    thickness = int(np.median([(profile > profile.max() / 3).sum() for profile in profiles]))
    opened = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((thickness + 3, 1), np.uint8))
    opened = np.where(ink > 1.7 * strength + 0.1, ink, opened)
    cleaned = ink.copy()
    for rule in rules:
        around = strip(rule, thickness // 2 + 2)
        cleaned[around] = opened[around]
    return cleaned
