"""Turns arrays of numbers into small colour pictures for the page, faster than Matplotlib does.

Both colour maps vary in lightness and run from blue to yellow or orange, so that people who cannot
tell red from green can read them, on a dark page and on a light one.
"""

import numpy as np
from PIL import Image


def _scale(*stops: tuple[int, int, int]) -> np.ndarray:
    """Interpolate 256 colours between evenly spaced stops: (256, 3) uint8."""
    places, wanted = np.linspace(0, 1, len(stops)), np.linspace(0, 1, 256)
    channels = [np.interp(wanted, places, channel) for channel in zip(*stops, strict=True)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


# From 0 to 1, ever lighter: near black, blue, rose, orange, pale yellow.
HEAT = _scale((30, 33, 54), (72, 92, 176), (184, 92, 158), (255, 142, 92), (255, 240, 150))
COOL = 0.25  # where strokes of value 0 begin on that map, so that they stay visible
# From -1 to 1: light blue, blue, near black, orange, light orange.
FOR_AND_AGAINST = _scale(
    (130, 200, 255), (32, 104, 192), (30, 33, 54), (196, 92, 0), (255, 190, 92)
)


def heat(values: np.ndarray) -> np.ndarray:
    """Map values in [0, 1] to colours, brighter for larger ones: (...) to (..., 3) uint8."""
    return HEAT[np.round(np.clip(values, 0, 1) * 255).astype(np.uint8)]


def for_and_against(values: np.ndarray) -> np.ndarray:
    """Map values in [-1, 1] to blue, near black and orange: (...) to (..., 3) uint8."""
    return FOR_AND_AGAINST[np.round((np.clip(values, -1, 1) + 1) * 127.5).astype(np.uint8)]


def tint(image: np.ndarray, values: np.ndarray, *, scale: int = 6) -> np.ndarray:
    """Colour the strokes of a digit by a value for each pixel.

    Args:
        image: (H, W) float32 in [0, 1], 1 is ink.
        values: (H, W) float32 in [0, 1].
        scale: the factor by which the picture is enlarged, smoothly.

    Returns:
        (H * scale, W * scale, 3) uint8 on black.
    """
    ink, values = smooth(image, scale), smooth(values, scale)
    picture = np.zeros((*ink.shape, 3), np.uint8)
    inked = ink > 0  # most of the paper is empty, and each drawing waits for this picture
    colours = heat(COOL + (1 - COOL) * values[inked])
    picture[inked] = np.rint(colours * ink[inked, None])
    return picture


def smooth(image: np.ndarray, scale: int) -> np.ndarray:
    """Enlarge (H, W) float32 in [0, 1] by `scale` with bicubic interpolation."""
    height, width = image.shape
    enlarged = Image.fromarray(np.asarray(image, np.float32)).resize(
        (width * scale, height * scale), Image.Resampling.BICUBIC
    )
    return np.asarray(enlarged).clip(0, 1)


def mosaic(tiles: np.ndarray, *, columns: int, gap: int) -> np.ndarray:
    """Arrange tiles in a grid.

    Args:
        tiles: (N, H, W, 3) uint8.
        columns: the number of tiles in a row.
        gap: the width of the transparent gap between tiles, in pixels.

    Returns:
        (rows * (H + gap) - gap, columns * (W + gap) - gap, 4) uint8.
    """
    count, height, width, _ = tiles.shape
    rows = -(-count // columns)
    sheet = np.zeros((rows * columns, height + gap, width + gap, 4), np.uint8)
    sheet[:count, :height, :width, :3] = tiles
    sheet[:count, :height, :width, 3] = 255
    sheet = sheet.reshape(rows, columns, height + gap, width + gap, 4).swapaxes(1, 2)
    return sheet.reshape(rows * (height + gap), -1, 4)[:-gap, :-gap]
