"""Measures how much each pixel of a photo differs from the paper around it.

The light on a photo changes from place to place, so no single brightness separates ink from paper.
Everything here is relative to the paper nearby, in the colour that shows the ink best.
"""

from typing import NamedTuple

import cv2
import numpy as np

from digits.images.medians import median

PAPER_REACH = 111  # pixels of 640; wider than any stroke, narrower than a shadow or a sheet
STEP = 0.12  # of logarithmic brightness, within three pixels of 160: light changes less, edges more


class Marks(NamedTuple):
    """How much each pixel of a photo differs from the paper around it."""

    strength: np.ndarray  # (H, W) float32: 0 is paper, 1 would be ink that reflects no light
    shade: np.ndarray  # (H, W) float32: the brightness, with its sign such that ink is low
    paper: np.ndarray  # (H, W) float32: the brightness of the paper at that place
    noise: float  # the standard deviation of `strength` on bare paper
    sheet: np.ndarray  # (H, W) float32: 1 on the surface in the middle, near 0 beside the sheet


def find_marks(picture: np.ndarray, light_ink: bool) -> Marks:
    """Compare each pixel with the paper around it, in the colour that shows the ink best.

    The paper is what remains after a morphological closing (an opening where ink is light) that
    removes everything narrower than PAPER_REACH. Unlike smoothing, it follows a shadow's edge.

    Args:
        picture: (H, W, 3) float32 in [0, 1], the longer side 640 pixels.
        light_ink: whether ink is lighter than paper, see `ink_is_light`.
    """
    picture = (picture / max(np.quantile(picture, 0.99), 0.05)).clip(0, 1.2)
    sharp = cv2.GaussianBlur(picture, (0, 0), 0.8)
    operation = cv2.MORPH_OPEN if light_ink else cv2.MORPH_CLOSE
    # What lies along the rim goes on beyond it, or a strip of the table would be taken for ink.
    beyond = PAPER_REACH // 2 + 1
    smooth = 1.2 * _median(picture / 1.2, 9)
    wide = np.pad(smooth, ((beyond, beyond), (beyond, beyond), (0, 0)), "edge")
    bare = cv2.morphologyEx(wide, operation, square(PAPER_REACH))
    paper = bare[beyond:-beyond, beyond:-beyond]
    brightness = np.maximum(strongest(paper) + (0.15 if light_ink else 0), 0.2)
    sign = -1 if light_ink else 1
    contrast = sign * (paper - sharp) / cv2.merge([brightness] * 3)
    # On noisy paper the closing keeps the brightest grains: subtract the contrast usual nearby.
    small = cv2.resize(contrast, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    usual = 2 * _median(small / 2 + 0.5, 41) - 1
    contrast = contrast - cv2.resize(usual, contrast.shape[1::-1])
    # The channels are weighted as in Fisher's discriminant with independent noise: by the ink's
    # contrast in each, over the variance of the noise.
    noise = np.maximum(_deviation(contrast), 0.003)
    clear = strongest(contrast / np.broadcast_to(noise, contrast.shape).copy())
    inked = contrast[clear >= np.quantile(clear, 0.99)].mean(axis=0)
    weights = np.maximum(inked, 1e-6) / noise**2
    weights = (weights / weights.sum()).astype(np.float32)
    strength = contrast @ weights
    return Marks(
        np.maximum(strength, 0),
        sign * (sharp @ weights),
        brightness,
        float(_deviation(strength)),
        _sheet(paper),
    )


def _sheet(paper: np.ndarray) -> np.ndarray:
    """Tell the sheet in the middle of the picture from the table on which it lies.

    Surfaces are parted by sharp edges: of the sheet, or of a shadow. Each is worth as much as it
    covers of the middle of the picture, and less the more of the rim it covers: a table, which lies
    around the sheet, is worth hardly anything, a part of the sheet in the shadow much more.

    Args:
        paper: (H, W, 3) float32: the picture without its ink.

    Returns:
        (H, W) float32 in [0, 1]: 1 on the surface that is worth most; all 1 if nothing is even.
    """
    small = cv2.resize(paper, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    small = np.log(small + np.float32(0.1))
    step = strongest(cv2.dilate(small, square(3)) - cv2.erode(small, square(3)))
    _, surfaces = cv2.connectedComponents((step < STEP).astype(np.uint8), connectivity=4)
    central = np.bincount(surfaces.ravel(), _towards_the_middle(small.shape[:2]).ravel())
    rim = np.concatenate([surfaces[[0, -1]].ravel(), surfaces[:, [0, -1]].ravel()])
    worth = central * (1.02 - np.bincount(rim, minlength=len(central)) / len(rim))
    worth[0] = 0  # edges
    if not worth.any():
        return np.ones(paper.shape[:2], np.float32)
    values = (worth / worth.max()).astype(np.float32)[surfaces]
    values = cv2.dilate(values, square(5))  # an edge belongs to its better side
    return cv2.resize(values, paper.shape[1::-1], interpolation=cv2.INTER_NEAREST)


def _towards_the_middle(shape: tuple[int, int]) -> np.ndarray:
    """Weights that fall from 1 in the middle to 0.02 in the corners: float32 of `shape`."""
    down, right = (np.exp(-8 * np.linspace(-0.5, 0.5, side) ** 2) for side in shape)
    return (down[:, None] * right).astype(np.float32)


def ink_is_light(picture: np.ndarray) -> bool:
    """Whether ink is lighter than paper.

    Ink covers the smaller part of any neighbourhood, so the median there is paper, and what
    differs most from it is ink. The middle of the picture counts more than its rim; the edges of
    sheets and shadows hardly count.

    Args:
        picture: (H, W, 3) float32 in [0, 1], the longer side 640 pixels.
    """
    small = cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    paper = _median(small, 51)
    differences = (small - paper) / (paper.max(axis=2, keepdims=True) + 0.05)
    channel = np.abs(differences).argmax(axis=2)[..., None]
    difference = np.take_along_axis(differences, channel, 2)[..., 0].clip(-0.5, 0.5)

    grey = paper.mean(axis=2)
    level = (cv2.dilate(grey, square(9)) - cv2.erode(grey, square(9)) < 0.06).astype(np.float32)
    weight = np.maximum(cv2.erode(level, square(13)), 0.005)
    votes = weight * _towards_the_middle(grey.shape) * np.abs(difference) ** 3
    return bool(votes[difference > 0].sum() > 0.75 * votes.sum())


def strongest(values: np.ndarray) -> np.ndarray:
    """The largest channel of each pixel: (H, W, 3) to (H, W), as `values.max(axis=2)`, but fast."""
    return np.maximum(np.maximum(values[..., 0], values[..., 1]), values[..., 2])


def square(side: int) -> np.ndarray:
    """A square structuring element for OpenCV's morphology: (side, side) uint8."""
    return np.ones((side, side), np.uint8)


def _median(image: np.ndarray, side: int) -> np.ndarray:
    """The median of the square around each pixel, of values in [0, 1]."""
    return cv2.medianBlur(np.round(255 * image.clip(0, 1)).astype(np.uint8), side) / np.float32(255)


def _deviation(values: np.ndarray) -> np.ndarray:
    """The standard deviation of each channel, estimated robustly from the median deviation."""
    if values.ndim == 2:
        return 1.4826 * median(np.abs(values - median(values)))
    return np.array([_deviation(channel) for channel in cv2.split(values)])
