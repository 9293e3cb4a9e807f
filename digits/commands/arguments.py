"""Argument types shared by several commands; each reports a bad value in one line."""

import argparse
from pathlib import Path


def positive(text: str) -> int:
    """Parse a whole number, 1 or larger."""
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"give a whole number, 1 or larger, not {text!r}")


def seed(text: str) -> int:
    """Parse a seed for the random number generators."""
    if text.isdecimal() and int(text) < 2**32:
        return int(text)
    raise argparse.ArgumentTypeError(f"give a whole number from 0 to {2**32 - 1}, not {text!r}")


def keras_file(text: str) -> Path:
    """Parse the path of a model file."""
    if text.endswith(".keras"):
        return Path(text)
    raise argparse.ArgumentTypeError(f"a model file ends in .keras; {text!r} does not")
