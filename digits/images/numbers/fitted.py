"""What decides between two readings of a line. Written by `python -m benchmarks.fit_numbers`."""

# How much each feature (see `digits.images.numbers.lattice`) adds to the log odds that a candidate
# is one digit.
WEIGHTS = {
    "one": 0.911,
    "sure": 0.538,
    "doubt": 1.767,
    "two": 0.822,
    "low": -8.942,
    "high": 5.645,
    "wide": -8.120,
    "narrow": -1.652,
    "a 1": -0.990,
    "a cut 1": 0.525,
    "cut": -0.723,
    "cuts": -0.769,
    "pieces": -0.984,
    "apart": 0.885,
    "over": 2.898,
    "bridged": -1.120,
    "weak": 0.454,
}
# How much it adds to leave out a part that belongs to no digit: in any case, for each height of
# the line that it is high, and that it is wide.
LEAVING_OUT = {
    "one": -3.353,
    "high": -3.792,
    "wide": -2.995,
}
