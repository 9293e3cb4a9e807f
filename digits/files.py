"""Writes files completely or not at all: a full disk or a kill leaves the old file untouched."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# The root of the checkout: models/ and notebooks/ lie beside this package.
PROJECT = Path(__file__).resolve().parent.parent

WORKSHOP = ".writing-"  # prefix of the hidden folders in which files are written first
ABANDONED = 3600  # seconds after which such a folder must be left over from a killed process
PATIENCE = 30  # seconds to wait for another process that is writing to the same folder


def make_writable(folder: Path) -> None:
    """Create the folder if it is missing; raises OSError if no file can be written in it."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def replace_file(path: Path, data: bytes) -> None:
    """Write `data` to the file `path`; raises OSError if that fails, and leaves no partial file."""
    with prepared_beside(path) as part:
        part.write_bytes(data)
        os.replace(part, path)


@contextmanager
def prepared_beside(path: Path) -> Iterator[Path]:
    """Yield a temporary path for a new version of `path`: the same name in a hidden folder.

    It is on the same disk, so that `os.replace` works, and no other process uses it. The folder
    is removed afterwards. A folder left by a killed process is removed after an hour.
    """
    _remove_abandoned(path.parent)
    folder = Path(tempfile.mkdtemp(prefix=WORKSHOP, dir=path.parent))
    try:
        yield folder / path.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let only one process or thread at a time write to a folder.

    Raises:
        OSError: the folder is not writable, or another process holds the lock for too long.
    """
    from filelock import FileLock  # imported late: usage messages do without it

    with FileLock(folder / ".lock", timeout=PATIENCE):  # its Timeout is an OSError
        yield


def _remove_abandoned(folder: Path) -> None:
    with suppress(OSError):
        for left in folder.glob(f"{WORKSHOP}*"):
            if time.time() - left.stat().st_mtime > ABANDONED:
                shutil.rmtree(left, ignore_errors=True)
