"""Types of arguments that several commands take; each complains in one line."""

import argparse
from pathlib import Path


def positive(text: str) -> int:
    """`text` as a whole number from 1 up."""
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"give a whole number from 1 up, not {text!r}")


def seed(text: str) -> int:
    """`text` as a number that a random generator can start from."""
    if text.isdecimal() and int(text) < 2**32:
        return int(text)
    raise argparse.ArgumentTypeError(f"give a whole number from 0 to {2**32 - 1}, not {text!r}")


def keras_file(text: str) -> Path:
    """`text` as the path of a model file."""
    if text.endswith(".keras"):
        return Path(text)
    raise argparse.ArgumentTypeError(f"a model file ends in .keras; {text!r} does not")
