"""The size of a drawing and the width of its pen, which many modules have to agree on.

People draw on the sketchpad, and `digits.data.strokes` draws training images as they would. Both
use a canvas of this size and pens of these widths, and corrections are kept at this size.
"""

CANVAS = 280  # pixels: the side of the square canvas, and of the picture that the sketchpad sends
PEN_WIDTHS = range(10, 27)  # pixels, from the finest pen to the broadest
PEN_WIDTH = 18  # pixels: the pen that the sketchpad starts with
