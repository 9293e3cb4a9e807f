"""The pictures that networks learn from and are measured on.

Hands out MNIST, the pen strokes of the UCI pen digits, forms of digits that both lack, pictures
that show no digit, the drawings that people corrected on the page, and in `corpus` the training
and validation data made of them. Everything becomes a digit image through `digits.images`.
"""

# What `corpus.training_data` makes, by name; here, so that no usage message imports NumPy.
CORPORA = ("mnist", "mnist+synthetic", "mnist+pen")
