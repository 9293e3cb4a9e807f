"""Runs the whole suite in two processes side by side, as `make test` does.

The tests that drive a browser follow one another in one of them (see `tests/conftest.py`).
Arguments are passed on to pytest.
"""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Two processes on two cores: more threads of TensorFlow would only get in each other's way.
ONE_THREAD = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")

if __name__ == "__main__":
    os.chdir(ROOT)
    os.environ |= dict.fromkeys(ONE_THREAD, "1")
    sys.exit(pytest.main(["--numprocesses=2", "--dist=loadgroup", *sys.argv[1:]]))
