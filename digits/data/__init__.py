"""The data that networks are trained, validated and tested on.

`mnist` and `pen_digits` load the two public data sets. `digit_forms`, `printed_text`, `non_digits`
and `non_digit_forms` make synthetic images; `strokes` and `handwriting` draw and vary pen strokes.
`numbers` composes whole numbers of them, and `number_fragments` draws what is cut out of numbers
by mistake. `corrections` keeps the drawings that people corrected on the page, and `corpus` puts
training and validation data together as `splits`. Every image becomes a digit image through
`digits.images`.
"""

# What `corpus.training_data` makes, by name; here, so that no usage message imports NumPy.
CORPORA = ("mnist", "mnist+synthetic", "mnist+pen")
