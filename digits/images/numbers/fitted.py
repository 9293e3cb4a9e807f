"""What decides between two readings of a line. Written by `python -m benchmarks.fit_numbers`."""

# How much each feature (see `digits.images.numbers.lattice`) adds to the log odds that a candidate
# is one digit.
WEIGHTS = {
    "one": 0.908,
    "sure": 0.590,
    "doubt": 1.977,
    "two": 0.846,
    "low": -9.021,
    "high": 4.478,
    "wide": -8.002,
    "narrow": -0.133,
    "a 1": -1.755,
    "a cut 1": 0.692,
    "cut": -0.583,
    "cuts": -0.772,
    "pieces": -0.938,
    "apart": -0.400,
    "over": 2.230,
    "bridged": -0.775,
    "weak": 0.015,
}
# How much it adds to leave out a part that belongs to no digit: in any case, for each height of
# the line that it is high, and that it is wide.
LEAVING_OUT = {
    "one": -4.234,
    "high": -2.607,
    "wide": -2.995,
}
