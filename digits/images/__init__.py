"""From any picture to a digit image.

Start with `preprocessing.digit_image`, which turns any picture into the (28, 28) float32 array that
a network reads; its two halves are `to_ink` and `to_digit_image`. `decoding` and `shrinking` read
files, PIL images and arrays; `photos`, `photo_marks`, `photo_strokes` and `ruled_lines` find the
ink in photos of paper; `data_urls` and `colour_maps` exchange small pictures with the page. Nothing
here knows about networks, data sets or the page.
"""
