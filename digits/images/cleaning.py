"""Takes away what is not the digit's: specks beside it, and the paper of a spoiled thumbnail.

A drawing or a clean picture passes through unchanged, to the bit. Photos, and other large pictures
with noise or lines, go through `digits.images.photos` instead.
"""

import cv2
import numpy as np

from digits.images.photos import SMALLEST, border_and_paper, distance, is_crossed_often

SMALL = 0.5  # of the pen's width: a mark smaller than this in both directions is a speck
THINNEST = 3.0  # pixels: with a thinner pen, a speck could not be told from a stroke
SOLID = 0.5  # of full ink
LEAST_CONTRAST = 0.3  # of full scale: fainter noise is the business of the caller
MIXED = 0.5  # spoiled pictures have at least this share of pixels between paper and ink
BORDER = 0.25  # and at least this share of the border inked


def without_specks(ink: np.ndarray, faint: float) -> np.ndarray:
    """Remove marks much smaller than the pen is wide, which would spoil the digit's box.

    Args:
        ink: (H, W) float32 in [0, 1], 1 is ink.
        faint: ink fainter than this does not count.

    Returns:
        Ink, (H, W) float32: the same array where there are no such marks.
    """
    if min(ink.shape) < SMALLEST:  # a stroke is only a few pixels wide, and a speck one
        return ink
    inked = ink > faint
    # Only a mark beside, above or below all others can spoil the box: the usual case is cheap.
    if not any(_has_gap(np.flatnonzero(inked.any(axis=axis))) for axis in (0, 1)):
        return ink
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inked.view(np.uint8))
    if count < 3:
        return ink
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    depth = cv2.distanceTransform((labels == largest).astype(np.uint8), cv2.DIST_L2, 3)
    width = 2 * float(depth.max())
    if width < THINNEST:
        return ink
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(1)
    specks = sides < SMALL * width
    return np.where(specks[labels], np.float32(0), ink) if specks.any() else ink


def _has_gap(inside: np.ndarray) -> bool:
    """Whether rising whole numbers leave one out."""
    return bool(inside.size) and int(inside[-1] - inside[0]) + 1 > inside.size


def is_spoiled(colours: np.ndarray) -> bool:
    """Whether a thumbnail is so full of marks that no box around its ink makes sense.

    Args:
        colours: (H, W, 1 or 3) float32 in [0, 1]. Pictures with a side of 100 pixels or more, and
            those that are far from square or have a side under 28, never count as spoiled.
    """
    height, width = colours.shape[:2]
    if max(height, width) >= SMALLEST or not 28 <= min(height, width) >= 0.8 * max(height, width):
        return False
    border, paper = border_and_paper(colours)
    difference = distance(colours, paper)
    strongest = max(float(difference.max()), LEAST_CONTRAST)
    ink, along_border = difference / strongest, distance(border, paper) / strongest
    if is_crossed_often(along_border > 0.2):
        return True
    mixed = (ink > 0.06) & (ink < 0.9)
    return bool(mixed.mean() > MIXED and (along_border > 0.06).mean() > BORDER)


def as_framed(colours: np.ndarray, side: int) -> np.ndarray:
    """Take a spoiled thumbnail for a digit image, in whose middle the digit already stands.

    Args:
        colours: (H, W, 1 or 3) float32 in [0, 1].
        side: of the digit image, pixels.

    Returns:
        (side, side) float32 in [0, 1], the paper near 0.
    """
    grey = colours.mean(axis=2, keepdims=True)
    (paper,) = border_and_paper(grey)[1]
    ink = (grey if paper < SOLID else 1 - grey)[..., 0]
    fitted = cv2.resize(ink, (side, side), interpolation=cv2.INTER_AREA).clip(0, 1)
    return fitted / max(float(fitted.max()), 1e-6)  # every digit image reaches full ink
