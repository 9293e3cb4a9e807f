"""The process that trains, as the page sees it: started, told what to do, and ended."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from digits.files import PROJECT

PATIENCE = 10  # seconds for it to end by itself, once nobody wants it any more


class Process:
    """A process of `worker`, which waits until it is told what to do."""

    def __init__(self, folder: Path) -> None:
        """Start it; what it trains is saved in `folder`."""
        packages = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
        process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.worker", folder.absolute()],
            env=os.environ | {"PYTHONPATH": packages},
            # It ends when its stdin does: that happens even when this process is killed.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a Ctrl-C in the terminal is for the page
        )
        assert process.stdin is not None and process.stdout is not None  # both are pipes
        self._process, self._input, self._reports = process, process.stdin, process.stdout

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def tell(self, line: str) -> None:
        """Send it a line, which is lost where it has ended just now."""
        with suppress(OSError, ValueError):
            self._input.write(f"{line}\n")
            self._input.flush()

    def reports(self) -> Iterator[str]:
        """The lines that it writes, until it has ended."""
        with self._process:
            yield from self._reports

    def end(self) -> None:
        """Have it end at once, by itself."""
        with suppress(OSError):
            self._input.close()

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()

    def close(self) -> None:
        """End one whose reports nobody reads; returns when it has ended."""
        self.end()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        self._reports.close()
