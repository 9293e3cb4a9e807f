"""What decides between two readings of a line. Written by `python -m benchmarks.fit_numbers`."""

# How much each feature (see `digits.images.numbers.lattice`) adds to the log odds that a candidate
# is one digit.
WEIGHTS = {
    "one": 2.174,
    "sure": 0.435,
    "doubt": 1.802,
    "two": 1.637,
    "low": -10.959,
    "high": 3.797,
    "wide": -5.466,
    "narrow": -0.316,
    "a 1": -0.604,
    "a cut 1": -0.652,
    "cut": -0.604,
    "cuts": -0.964,
    "pieces": -0.358,
    "apart": 0.752,
    "over": 3.883,
    "bridged": -1.110,
    "weak": -0.929,
}
# How much it adds to leave out a part that belongs to no digit: in any case, for each height of
# the line that it is high, and that it is wide.
LEAVING_OUT = {
    "one": -1.371,
    "high": -3.174,
    "wide": -5.280,
}
