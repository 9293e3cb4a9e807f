"""Runs the command as a user does: real processes, without environment variables that affect it.

A fresh Python would import TensorFlow first, for seconds. Where the start itself is not what is
tested, the process is a fork of one that has imported it: see `warm_python.py`.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import IO

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
    fresh: bool = False,
    **changes: object,
) -> tuple[int, str, str]:
    """Run the command in a folder, to its end: exit code, stdout, stderr.

    `python` is what Python itself is given before the arguments, `changes` are variables. `fresh`
    is for a test of the start: of what is imported, or of a variable that is read meanwhile.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        settings = {"folder": folder, "python": python, "fresh": fresh, "out": out, "err": err}
        process = start(*arguments, **settings, **changes)
        try:
            code = process.wait(timeout=300)
        finally:
            process.kill()
        out.seek(0)
        err.seek(0)
        return code, out.read(), err.read()


def start(
    *arguments: object,
    out: IO | int,
    err: IO | int,
    folder: Path | None = None,
    python: tuple[object, ...] = (COMMAND,),
    fresh: bool = False,
    **changes: object,
) -> "subprocess.Popen | WarmProcess":
    """Start the command in a folder; its output goes to the files `out` and `err`."""
    command = [*map(str, python), *map(str, arguments)]
    environment = clean_environment(**changes)
    if not fresh and python[0] in (COMMAND, "-c") and sys.platform == "linux":
        return WarmProcess(command, folder or Path.cwd(), environment, out, err)
    # Where the tests run in the background Ctrl-C is ignored, and the command would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
    )


@cache
def warm_python() -> socket.socket:
    """Where to ask for warm processes, for as long as these tests run."""
    ours, requests = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen(
        [sys.executable, ROOT / "tests" / "warm_python.py"],
        env=clean_environment(OMP_NUM_THREADS=1),
        stdin=requests,
        stdout=subprocess.DEVNULL,
    )
    requests.close()
    atexit.register(process.wait)
    atexit.register(ours.close)  # before that: it tells the process to end
    return ours


class WarmProcess:
    """A process of the warm Python: as much of `subprocess.Popen` as the tests need."""

    def __init__(
        self, command: list[str], folder: Path, environment: dict[str, str], out, err
    ) -> None:
        request = {"command": command, "folder": str(folder), "environment": environment}
        reading, report = os.pipe()
        self.report = open(reading)  # noqa: SIM115  closed once it has ended
        self.returncode: int | None = None
        files = [file if isinstance(file, int) else file.fileno() for file in (out, err)]
        with open(os.devnull) as nothing:
            streams = [nothing.fileno(), *files, report]
            socket.send_fds(warm_python(), [json.dumps(request).encode()], streams)
        os.close(report)
        self.pid = int(self.report.readline())

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        if self.returncode is None and select.select([self.report], [], [], 0)[0]:
            self.returncode = int(self.report.readline())
            self.report.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, within so many seconds."""
        if self.returncode is None and not select.select([self.report], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("the command", timeout)
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send it a signal if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def names(folder: Path) -> list[str]:
    """The files that people see in a folder."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
