"""What decides between two readings of a line. Written by `python -m benchmarks.fit_numbers`."""

# How much each feature (see `digits.images.numbers.lattice`) adds to the log odds that a candidate
# is one digit.
WEIGHTS = {
    "one": -0.243,
    "sure": 0.599,
    "doubt": 2.629,
    "two": 0.210,
    "low": -8.654,
    "high": 3.968,
    "wide": -7.754,
    "narrow": 0.034,
    "a 1": -2.054,
    "a cut 1": 0.695,
    "cut": -0.543,
    "cuts": -0.531,
    "pieces": -1.817,
    "apart": 0.413,
    "over": 2.389,
    "bridged": -0.675,
    "weak": 0.208,
}
# How much it adds to leave out a part that belongs to no digit: in any case, for each height of
# the line that it is high, and that it is wide.
LEAVING_OUT = {
    "one": -6.709,
    "high": -2.299,
    "wide": -1.871,
}
