"""What decides between two readings of a line. Written by `python -m benchmarks.fit_numbers`."""

# How much each feature (see `digits.images.numbers.lattice`) adds to the log odds that a candidate
# is one digit.
WEIGHTS = {
    "one": 2.189,
    "sure": 0.372,
    "doubt": 2.338,
    "two": 0.987,
    "low": -8.478,
    "high": 0.699,
    "wide": -4.560,
    "narrow": -1.570,
    "a 1": 0.208,
    "a cut 1": -0.301,
    "cut": -0.657,
    "cuts": -0.499,
    "pieces": -1.024,
    "apart": -0.065,
    "over": 2.803,
    "bridged": -0.976,
    "weak": 0.739,
}
# How much it adds to leave out a part that belongs to no digit: in any case, for each height of
# the line that it is high, and that it is wide.
LEAVING_OUT = {
    "one": -1.184,
    "high": -3.793,
    "wide": -4.485,
}
