"""Runs the command as a user does: real processes, without environment variables that affect it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMAND = ROOT / "mnist_classification.py"
MODEL = ROOT / "models" / "mnist_model.keras"
MAIN = "import mnist_classification; sys.exit(mnist_classification.main())"
# No file may grow beyond 200 kB, as on a disk that is nearly full.
ON_A_FULL_DISK = (
    f"import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, -1)); {MAIN}"
)
STEERING = ("GRADIO_", "TF_CPP_", "DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


def clean_environment(**changes: object) -> dict[str, str]:
    """The environment without variables that affect the command, and with `changes`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(STEERING)}
    return kept | {name: str(value) for name, value in changes.items()}


def run(
    *arguments: object,
    folder: Path | None = None,
    python: tuple[object, ...] = (COMMAND,),
    **changes: object,
) -> tuple[int, str, str]:
    """Run the command in a folder, to its end: exit code, stdout, stderr.

    `python` is what Python itself is given before the arguments, `changes` are variables.
    """
    done = subprocess.run(
        [sys.executable, *map(str, python), *map(str, arguments)],
        cwd=folder,
        env=clean_environment(**changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.returncode, done.stdout, done.stderr


def names(folder: Path) -> list[str]:
    """The files that people see in a folder."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
