"""Draws a stroke with a round pen, the same way for training images, numbers and the sketchpad."""

import numpy as np
from PIL import ImageDraw


def draw_stroke(image: ImageDraw.ImageDraw, path: np.ndarray, pen: float) -> None:
    """Draw a stroke of full ink, 255, into a grey picture.

    Args:
        path: (K, 2) float, x and y in pixels.
        pen: the diameter of the pen in pixels.
    """
    radius = (pen - 1) / 2  # Pillow's ellipses include the pixels at both ends
    image.line([tuple(point) for point in path], fill=255, width=max(1, round(pen)))
    for x, y in path:  # a round pen: no gaps at joints, and a single point is a dot
        image.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
