"""Starts a page in a process of its own for a benchmark, and watches its memory and files."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from digits.files import PROJECT

PUBLIC_PAGE = ("mnist_classification.py", "--host", "0.0.0.0", "--no-browser", "--no-feedback")
USUAL_WAY = ("-m", "benchmarks.usual_page")


class Server:
    """A page that is up: its address, and what its process uses.

    Attributes:
        address: where it is.
        folder: where it keeps its files.
        started: when its process was started, by `time.perf_counter`.
    """

    def __init__(
        self, port: int, process: subprocess.Popen[bytes], folder: Path, started: float
    ) -> None:
        """Watch over a process that serves on a port and keeps its files in a folder."""
        self.address = f"http://127.0.0.1:{port}"
        self.folder = folder
        self.started = started
        self._process = psutil.Process(process.pid)

    def since_start(self) -> tuple[float, float]:
        """Seconds since its process was started, and seconds of a processor that it has used."""
        used = self._process.cpu_times()
        return time.perf_counter() - self.started, used.user + used.system

    def memory(self) -> float:
        """Resident memory, in MB."""
        return self._process.memory_info().rss / 1e6

    def open_files(self) -> int:
        """Open files and connections."""
        return self._process.num_fds()

    def kept(self) -> tuple[int, float]:
        """The files that the page keeps of its visitors: how many, and their size in MB."""
        files = [path for path in (self.folder / "gradio").rglob("*") if path.is_file()]
        return len(files), sum(path.stat().st_size for path in files) / 1e6

    def log_size(self) -> float:
        """What the page has written to the terminal, in kB."""
        return (self.folder / "log.txt").stat().st_size / 1e3


@contextmanager
def serving(command: Sequence[str]) -> Iterator[Server]:
    """Run a page until the block ends.

    Args:
        command: arguments for Python; `--port` is added.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = os.environ | {"GRADIO_TEMP_DIR": str(folder / "gradio")}
        started = time.perf_counter()
        with (folder / "log.txt").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *command, "--port", str(port)],
                cwd=PROJECT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_until_up(f"http://127.0.0.1:{port}/", process)
            yield Server(port, process, folder, started)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait for the first answer, at most two minutes."""
    deadline = time.monotonic() + 120
    while True:
        try:
            urllib.request.urlopen(address, timeout=10).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
