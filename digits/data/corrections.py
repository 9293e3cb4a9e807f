"""Keeps and reads what people correct: the drawing, what the network answered, the right digit.

A folder of corrections holds `corrections.csv` and `drawings/`, and this module alone knows their
format. Nothing else is kept: no name, no address. The table's columns:

- drawing: the picture's file, `drawings/<id>.png`, whose id is a digest of its pixels.
- answer: the digit the network named; empty if it named none.
- confidence: that of the likeliest digit, 0 to 1.
- label: the right digit, according to the person.
- time: when it was kept, in UTC.
"""

import hashlib
import io
import os
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import numpy as np
from filelock import FileLock
from PIL import Image

from digits.errors import DataError, ImageError
from digits.files import replace_file
from digits.images.canvas import CANVAS
from digits.images.decoding import open_image

# Together they bound the folder: 2,000 files of 20 kB are 40 MB. A digit takes 1 to 2 kB, the
# wildest scribble 9.
MAX_CORRECTIONS = 2000
MAX_BYTES = 20_000
TABLE = "corrections.csv"
COLUMNS = "drawing,answer,confidence,label,time"


def keep_correction(
    folder: str | os.PathLike,
    drawing: Image.Image,
    *,
    answer: int | None,
    confidence: float,
    label: int,
    max_corrections: int = MAX_CORRECTIONS,
) -> int:
    """Keep one correction; a drawing that is corrected again gets the new label.

    Several programs may share a folder, and several threads may call this at once.

    Args:
        folder: where to keep it; it is made with the first correction.
        drawing: 280 x 280 pixels of any mode, dark ink on white or transparent paper.
        answer: the digit that the network named, 0 to 9, or None.
        confidence: of the likeliest digit, in [0, 1].
        label: the right digit, 0 to 9.
        max_corrections: how many drawings the folder may hold.

    Returns:
        How many corrections the folder holds now.

    Raises:
        DataError: the label is no digit, the folder is full or cannot be written, or the drawing
            has too much ink to be a digit. What was kept before is kept.
        ImageError: the drawing has another size.
        ValueError: `answer` or `confidence` is out of range.
    """
    if not (answer is None or _is_digit(answer)) or not 0 <= confidence <= 1:
        raise ValueError(
            f"an answer is a digit or None, and a confidence a share, not {answer!r}"
            f" and {confidence!r}"
        )
    if not _is_digit(label):
        raise DataError(f"The right answer is one of the digits 0 to 9, not {label!r}.")
    folder = Path(folder)
    picture = _on_white_paper(drawing)
    time = datetime.now(timezone.utc).isoformat(timespec="seconds")
    facts = f"{'' if answer is None else answer},{confidence:.4f},{label},{time}"
    try:
        return _keep(folder, picture, facts, max_corrections)
    except OSError as error:
        reason = error.strerror or "another program holds the folder"
        raise DataError(
            f"The correction could not be kept ({reason}): see that the disk"
            f" has room and that the folder '{folder.name}' may be written."
        ) from error


def _keep(folder: Path, picture: Image.Image, facts: str, max_corrections: int) -> int:
    """Write the drawing, then its line; return the number of lines."""
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    if file.tell() > MAX_BYTES:
        raise DataError("That is too much ink for one digit: draw it anew.")
    name = f"drawings/{hashlib.sha256(picture.tobytes()).hexdigest()[:16]}.png"
    (folder / "drawings").mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock", timeout=10):
        table = folder / TABLE
        lines = _lines(table) if table.exists() else []
        others = [line for line in lines if not line.startswith(f"{name},")]
        if len(others) >= max_corrections:
            raise DataError(
                f"The folder '{folder.name}' is full: it holds {len(others):,} corrections. Move it"
                " away to go on."
            )
        replace_file(folder / name, file.getvalue())
        text = "\n".join([COLUMNS, *others, f"{name},{facts}", ""])
        try:
            replace_file(table, text.encode(errors="surrogateescape"))
        except OSError:
            if others == lines:  # no older line names the drawing either
                (folder / name).unlink()
            raise
    return len(others) + 1


class Corrections(NamedTuple):
    """What was kept, for training."""

    drawings: np.ndarray  # (N, 280, 280) uint8, black ink on white
    labels: np.ndarray  # (N,) uint8, 0 to 9
    skipped: int  # lines that are damaged, or whose drawing is damaged or missing


def load_corrections(folder: str | os.PathLike) -> Corrections:
    """Read a folder of corrections; damaged lines and damaged or missing drawings are skipped.

    Raises:
        DataError: the folder holds no table of corrections.
    """
    table = Path(folder) / TABLE
    if not table.is_file():
        raise DataError(f"there is no {table}: correct some answers on the page first")
    lines = _lines(table)
    pictures, labels = [], []
    for line in lines:
        # A damaged line must not lead to a file elsewhere, nor to a label that is no digit.
        parts = re.fullmatch(r"(drawings/[0-9a-f]{16}\.png),[0-9]?,[0-9.]+,([0-9]),[^,]+", line)
        if parts is None:
            continue
        try:
            picture = open_image(table.parent / parts[1])
        except ImageError:
            continue
        if (picture.mode, picture.size) == ("L", (CANVAS, CANVAS)):
            pictures.append(np.asarray(picture))
            labels.append(int(parts[2]))
    drawings = np.array(pictures, np.uint8).reshape(-1, CANVAS, CANVAS)
    return Corrections(drawings, np.array(labels, np.uint8), len(lines) - len(drawings))


def _is_digit(value: object) -> bool:
    """Whether a value is a whole number from 0 to 9; True and 3.0 are none."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return whole and value in range(10)


def _on_white_paper(picture: Image.Image) -> Image.Image:
    """The drawing in grey; raises ImageError if its size is not the canvas'."""
    if picture.size != (CANVAS, CANVAS):
        width, height = picture.size
        raise ImageError(
            f"A drawing to correct has {CANVAS} x {CANVAS} pixels, this one {width} x {height}."
        )
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture.convert("RGBA"))
    return paper.convert("L")


def _lines(table: Path) -> list[str]:
    """The lines below the table's header, damaged ones too.

    Split by hand: no field needs quotes, and a CSV reader would swallow every line after one
    stray quote.
    """
    header, *lines = table.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    if header.rstrip("\r") != COLUMNS:
        place = f"{table.parent.name}/{table.name}"  # visitors need not know where that is
        raise DataError(f"{place} is no table of corrections: move it away")
    return [line.rstrip("\r") for line in lines if line.strip()]
