"""Installs digit readers from the package index beside this project, and lets them read.

Each is installed into an environment of its own, and reads in a process of its own. What cannot
be installed, fails or takes too long raises `Skipped` with the reason.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks import peer_readers
from benchmarks.peer_pictures import DARK_ON_LIGHT, LIGHT_ON_DARK


class Peer(NamedTuple):
    """A package that reads digits, and how to install it."""

    package: str
    version: str
    environment: str  # packages that need the same large library share one
    requirements: tuple[str, ...]  # what it is measured with
    paper: str  # that its documentation asks for
    made_for: str = ""  # where that is something else than handwriting


TORCH = ("torch==2.14.1", "torchvision==0.29.1")
PEERS = (
    Peer("digit-recognizer-py", "0.1.0", "torch", TORCH, DARK_ON_LIGHT),
    Peer("ccexam", "1.0.0", "torch", (*TORCH, "scikit-learn==1.9.1"), LIGHT_ON_DARK),
    Peer(
        "digitsclassifier",
        "2.1.0",
        "tensorflow",
        ("tensorflow==2.21.0", "keras==3.12.4"),
        DARK_ON_LIGHT,
        "printed digits",
    ),
)
INSTALLING, READING = 60 * 60, 30 * 60  # seconds: how long a package may take


class Skipped(Exception):
    """Why a package is not measured, in one line."""


def answers(peer: Peer, pictures: Path, home: Path) -> dict[str, peer_readers.Answers]:
    """Install a package into `home` if it is not there, and let it read.

    Args:
        pictures: the folder with a folder for each paper, see `benchmarks.peer_pictures`.

    Returns:
        Its answers for each group of pictures.

    Raises:
        Skipped: it cannot be installed, fails or takes too long.
    """
    python = install(peer, home)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers.json"
        # Isolated: it sees neither this project nor the folder of the script.
        script = [str(python), "-I", peer_readers.__file__]
        run([*script, peer.package, str(pictures / peer.paper), str(file)], READING)
        return json.loads(file.read_text(encoding="utf-8"))


def install(peer: Peer, home: Path) -> Path:
    """Install a package into its environment; returns the environment's Python.

    Raises:
        Skipped: it cannot be installed.
    """
    environment = home / peer.environment
    python = environment / "bin" / "python"
    if not python.exists():
        run([sys.executable, "-m", "venv", "--without-pip", str(environment)], INSTALLING)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    wanted = (f"{peer.package}=={peer.version}", *peer.requirements)
    run([*pip, "install", "--quiet", *wanted], INSTALLING)
    return python


def run(command: Sequence[str], seconds: float) -> None:
    """Run a command and all that it starts, for at most so long.

    Raises:
        Skipped: it fails, with the last line that it wrote, or takes too long.
    """
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        _, written = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise Skipped(f"took longer than {seconds / 60:g} minutes") from error
    finally:
        if process.returncode is None:  # too slow, or Ctrl-C
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode:
        lines = [line.strip() for line in written.splitlines() if line.strip()]
        raise Skipped(lines[-1] if lines else f"ended with code {process.returncode}")
