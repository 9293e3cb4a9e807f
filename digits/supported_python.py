"""Refuses a Python that TensorFlow or Keras does not support, in one line that names the fix.

`mnist_classification.py` imports this before anything else, and `make` runs it. So that an old
Python can run it too, it uses no syntax newer than Python 3.6 and nothing else of the project;
annotations that an old Python cannot evaluate are quoted.
"""

import shutil
import subprocess
import sys

OLDEST, NEWEST = (3, 10), (3, 13)  # Keras 3.12 needs 3.10; TensorFlow 2.21 has no wheel for 3.14


def complaint(version: "tuple[int, int]", command: str) -> "str | None":
    """What is wrong with a Python, as one line; None if it is supported.

    Args:
        version: (major, minor), such as `sys.version_info[:2]`.
        command: how to use another Python; `{}` stands for its name.
    """
    if OLDEST <= version <= NEWEST:
        return None
    is_old = version < OLDEST
    why = "is too old" if is_old else "is too new: TensorFlow has no wheel for it yet"
    other = supported_on_path()
    fix = f"run '{command.format(other)}'" if other else "install one of these"
    span = "Python {}.{} to {}.{} are supported".format(*OLDEST, *NEWEST)
    return f"error: Python {version[0]}.{version[1]} {why}. {span}: {fix}"


def supported_on_path() -> "str | None":
    """The name of the newest supported Python on the PATH, such as 'python3.12'; None if none."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        name = f"python3.{minor}"
        # pyenv puts names on the PATH that do not start.
        if shutil.which(name) and not subprocess.call(
            [name, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ):
            return name
    return None


def check(command: str) -> None:
    """Exit with one line if this Python is not supported; `command` as in `complaint`."""
    line = complaint(sys.version_info[:2], command)
    if line:
        sys.exit(line)


if __name__ == "__main__":
    check("make PYTHON={} ...")
else:
    check("{} mnist_classification.py")
