"""Writes files whole or not at all: a full disk or a kill leaves what was there before."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

# The checkout that this package belongs to: its models and notebooks lie beside the package.
PROJECT = Path(__file__).resolve().parent.parent


def make_writable(folder: Path) -> None:
    """Make the folder where it is missing; raises OSError where it takes no files."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def replace_file(path: Path, data: bytes) -> None:
    """Write `data` as the file `path`; raises OSError where that cannot be, and leaves no part."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise
