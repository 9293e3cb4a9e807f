"""Writes files completely or not at all: a full disk or a kill leaves the old file untouched."""

import errno
import math
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
BEGINNING = 60  # seconds within which a new such folder may not yet be locked by its writer
ABANDONED = 3600  # seconds after which what an older version was writing must be left over
LOCK = ".lock"
PATIENCE = 30  # seconds to wait for another process that is writing to the same folder


def make_writable(folder: Path, room: int = 0) -> None:
    """Create the folder if it is missing; raises OSError if `room` bytes cannot be written in it.

    The bytes are really reserved for a moment, so quotas and limits count as well as a full disk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        if room and hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, room)
        elif room > shutil.disk_usage(folder).free:  # macOS and Windows
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def replace_file(path: Path, data: bytes) -> None:
    """Write `data` to the file `path`; raises OSError if that fails, and leaves no partial file."""
    with prepared_beside(path) as part:
        part.write_bytes(data)
        os.replace(part, path)


@contextmanager
def prepared_beside(path: Path) -> Iterator[Path]:
    """Yield a temporary path for a new version of `path`: the same name in a hidden folder.

    It is on the same disk, so that `os.replace` works, and no other process uses it. The folder
    is removed afterwards; one that a killed process left is removed by the next save beside it.
    """
    from filelock import FileLock  # imported late: usage messages do without it

    _remove_abandoned(path.parent)
    folder = Path(tempfile.mkdtemp(prefix=WORKSHOP, dir=path.parent))
    try:
        with FileLock(folder / LOCK):  # the system frees it when the process ends, however it ends
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

    with FileLock(folder / LOCK, timeout=PATIENCE):  # its Timeout is an OSError
        yield


def age(file: Path) -> float:
    """How many seconds ago a file was changed; infinite if that is in the future.

    A clock that was set back would otherwise keep it young for years.
    """
    seconds = time.time() - file.stat().st_mtime
    return seconds if seconds >= 0 else math.inf


def _remove_abandoned(folder: Path) -> None:
    """Remove what killed processes left in a folder, and nothing that a process still writes."""
    from filelock import FileLock

    for left in folder.glob(f"{WORKSHOP}*"):
        with suppress(OSError):  # it is locked, or was removed just now
            if age(left) > BEGINNING:
                with FileLock(left / LOCK, timeout=0):
                    shutil.rmtree(left, ignore_errors=True)
