"""Writes files completely or not at all: a full disk or a kill leaves what was there before."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# The checkout that this package belongs to: its models and notebooks lie beside the package.
PROJECT = Path(__file__).resolve().parent.parent

WORKSHOP = ".writing-"  # prefix of the hidden folders in which files are prepared
ABANDONED = 3600  # seconds after which such a folder is a killed process's
PATIENCE = 30  # seconds to wait for another process that writes in the same folder


def make_writable(folder: Path) -> None:
    """Make the folder where it is missing; raises OSError where it takes no files."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def replace_file(path: Path, data: bytes) -> None:
    """Write `data` as the file `path`; raises OSError where that fails, and leaves no part."""
    with prepared_beside(path) as part:
        part.write_bytes(data)
        os.replace(part, path)


@contextmanager
def prepared_beside(path: Path) -> Iterator[Path]:
    """Give a place for a file that is to become `path`, under the same name in a hidden folder.

    It is on the same disk, so that `os.replace` works, and no other process uses it. The folder
    and what is left in it goes afterwards; one that a killed process left goes an hour later.
    """
    _remove_abandoned(path.parent)
    folder = Path(tempfile.mkdtemp(prefix=WORKSHOP, dir=path.parent))
    try:
        yield folder / path.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one process or thread at a time write in a folder.

    Raises:
        OSError: the folder cannot be written, or another process keeps it for long.
    """
    from filelock import FileLock  # not needed for a usage message

    with FileLock(folder / ".lock", timeout=PATIENCE):  # its Timeout is an OSError
        yield


def _remove_abandoned(folder: Path) -> None:
    with suppress(OSError):
        for left in folder.glob(f"{WORKSHOP}*"):
            if time.time() - left.stat().st_mtime > ABANDONED:
                shutil.rmtree(left, ignore_errors=True)
