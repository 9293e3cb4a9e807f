"""Runs the whole suite in three processes side by side, as `make test` does.

Each takes one file after the other, in the order of `tests/conftest.py`, so that what the tests
of a file share is made once. Arguments are passed on to pytest.
"""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# More threads of TensorFlow would only get in each other's way.
ONE_THREAD = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
# One process more than the two cores of a small machine: tests in a browser often wait for it.
SIDE_BY_SIDE = ("--numprocesses=3", "--dist=loadfile", "--no-loadscope-reorder")

if __name__ == "__main__":
    os.chdir(ROOT)
    os.environ |= dict.fromkeys(ONE_THREAD, "1")
    sys.exit(pytest.main([*SIDE_BY_SIDE, *sys.argv[1:]]))
