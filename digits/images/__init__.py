"""From any picture to a digit image.

Hands out `digit_image` (any picture to the (28, 28) float32 array that a network reads), its two
halves `to_ink` and `to_digit_image`, and what opens, decodes and colours pictures on the way. It
knows nothing of networks, data sets or the page.
"""
