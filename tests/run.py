"""Runs the whole suite, as `make test` does: two processes side by side, then the browser alone.

The browser tests are sensitive to timing, for example when drawing, so they run by themselves.
Arguments are passed on to pytest.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTHING_TO_RUN = 5  # pytest's exit code where no test was selected
STAGES = (
    ["tests", "--ignore=tests/browser", "--numprocesses=2", "--dist=worksteal"],
    ["tests/browser"],
)


def main(arguments: list[str]) -> int:
    """Run the stages; returns 0 if a test ran and all passed."""
    # Two processes on two cores: TensorFlow's threads would only get in each other's way.
    alone = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "OMP_NUM_THREADS": "1"}
    codes = []
    for stage in STAGES:
        command = [sys.executable, "-m", "pytest", *stage, *arguments]
        environment = os.environ | (alone if "--numprocesses=2" in stage else {})
        codes.append(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)
    ran = [code for code in codes if code != NOTHING_TO_RUN]
    return max(ran) if ran else NOTHING_TO_RUN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
