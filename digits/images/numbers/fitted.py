"""What decides between two readings of a line. Written by `python -m benchmarks.fit_numbers`."""

# How much each feature (see `digits.images.numbers.lattice`) adds to the log odds that a candidate
# is one digit.
WEIGHTS = {
    "one": 1.606,
    "sure": 0.465,
    "doubt": 1.928,
    "two": 1.212,
    "low": -9.134,
    "high": 4.590,
    "wide": -5.307,
    "narrow": -1.423,
    "a 1": -0.838,
    "a cut 1": 0.528,
    "cut": -0.440,
    "cuts": -1.345,
    "pieces": -0.700,
    "apart": -0.398,
    "over": 4.363,
    "bridged": -0.661,
    "weak": -0.871,
}
# How much it adds to leave out a part that belongs to no digit: in any case, for each height of
# the line that it is high, and that it is wide.
LEAVING_OUT = {
    "one": -1.289,
    "high": -3.604,
    "wide": -4.855,
}
