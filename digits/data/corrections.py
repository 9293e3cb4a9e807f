"""Keeps what people correct: the drawing, what the network answered, and the right digit.

It plugs into Gradio's flagging, but not by way of its `CSVLogger`: that one writes the visitor's
name and the drawing as base64 into the table, knows no limit, and counts the same drawing anew
with every click.

A folder of corrections holds `corrections.csv` and `drawings/`. The table's columns:

- drawing: the picture's file, `drawings/<id>.png`, whose id is a digest of its pixels.
- answer: the digit the network named; empty where it named none.
- confidence: that of the likeliest digit, 0 to 1.
- label: the right digit, as the person says.
- time: when it was kept, in UTC.
"""

import hashlib
import io
import os
import re
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from filelock import FileLock
from gradio.flagging import FlaggingCallback
from PIL import Image

from digits.errors import DataError, DigitsError, ImageError
from digits.files import replace_file
from digits.images.data_urls import read_png_data_url
from digits.images.decoding import open_image
from digits.page.sketchpad import SIDE

if TYPE_CHECKING:  # TensorFlow takes seconds to import, and this module does without it
    from digits.classifier import DigitClassifier

# Together they bound the folder: 2,000 files of 20 kB are 40 MB. A digit takes 1 to 2 kB, the
# wildest scribble 9.
MAX_CORRECTIONS = 2000
MAX_BYTES = 20_000
TABLE = "corrections.csv"
COLUMNS = "drawing,answer,confidence,label,time"
LABELS = tuple("0123456789")


class CorrectionLogger(FlaggingCallback):
    """Gradio's callback for flagging: keeps corrections in a folder, one per drawing.

    Nothing else is kept: no name, no address. Two pages may share a folder.
    """

    def __init__(self, classifier: "DigitClassifier", max_corrections: int = MAX_CORRECTIONS):
        """Make a logger that asks `classifier` what it answers to each drawing.

        The answer a browser sends along would be the one to an earlier drawing when the person
        is quick, and anything at all when it is not sent by a browser.
        """
        self.classifier = classifier
        self.max_corrections = max_corrections

    def setup(self, components: Sequence[Any], flagging_dir: str | os.PathLike) -> None:
        """Name the folder; it is made with the first correction. `components` are not needed."""
        self.folder = Path(flagging_dir)

    def flag(
        self, flag_data: list[Any], flag_option: str | None = None, username: str | None = None
    ) -> int:
        """Keep one correction; a drawing that is corrected again gets the new label.

        Args:
            flag_data: its first item is what the sketchpad sent, a PNG data URL.
            flag_option: the right digit, "0" to "9".
            username: not kept.

        Returns:
            How many corrections the folder holds now.

        Raises:
            DigitsError: nothing is drawn, it is no drawing or no digit, or there is no room; its
                text is for the person who corrects. What was kept before is kept.
        """
        if flag_option not in LABELS:
            raise DigitsError("Say which digit it is: the right answer is one of 0 to 9.")
        if not flag_data or flag_data[0] in ("", None):
            raise DigitsError("Draw a digit first: there is nothing to correct.")
        drawing = _on_white_paper(read_png_data_url(flag_data[0]))
        prediction = self.classifier.predict(drawing)
        if not prediction.image.any():
            raise DigitsError("Draw a digit first: there is nothing to correct.")
        answer = "" if prediction.digit is None else prediction.digit
        time = datetime.now(timezone.utc).isoformat(timespec="seconds")
        facts = f"{answer},{prediction.confidence:.4f},{flag_option},{time}"
        try:
            return self._keep(drawing, facts)
        except OSError as error:
            raise DigitsError(
                f"The correction could not be kept ({error.strerror or error}): see that the disk"
                f" has room and that the folder '{self.folder.name}' may be written."
            ) from error

    def _keep(self, drawing: Image.Image, facts: str) -> int:
        """Write the drawing, then its line; returns the number of lines."""
        file = io.BytesIO()
        drawing.save(file, "PNG", optimize=True)
        if file.tell() > MAX_BYTES:
            raise DigitsError("That is too much ink for a digit: clear the sketchpad and draw one.")
        name = f"drawings/{hashlib.sha256(drawing.tobytes()).hexdigest()[:16]}.png"
        (self.folder / "drawings").mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / ".lock", timeout=10):
            table = self.folder / TABLE
            lines = _lines(table) if table.exists() else []
            others = [line for line in lines if not line.startswith(f"{name},")]
            if len(others) >= self.max_corrections:
                raise DigitsError(
                    f"Thank you, but no more than {self.max_corrections:,} corrections are kept,"
                    f" and there are that many: move the folder '{self.folder.name}' away to go on."
                )
            replace_file(self.folder / name, file.getvalue())
            text = "\n".join([COLUMNS, *others, f"{name},{facts}", ""])
            try:
                replace_file(table, text.encode(errors="surrogateescape"))
            except OSError:
                if others == lines:  # no line of old names the drawing either
                    (self.folder / name).unlink()
                raise
        return len(others) + 1


class Corrections(NamedTuple):
    """What was kept, to learn from."""

    drawings: np.ndarray  # (N, 280, 280) uint8, black ink on white
    labels: np.ndarray  # (N,) uint8, 0 to 9
    skipped: int  # lines that are damaged, or whose drawing is


def load_corrections(folder: str | os.PathLike) -> Corrections:
    """Read a folder of corrections; lines and drawings that are damaged or missing are skipped.

    Raises:
        DataError: the folder holds no table of corrections.
    """
    table = Path(folder) / TABLE
    if not table.is_file():
        raise DataError(f"there is no {table}: correct some answers on the page first")
    lines = _lines(table)
    drawings, labels = [], []
    for line in lines:
        # A damaged line must not name a file elsewhere, nor a digit there is not.
        parts = re.fullmatch(r"(drawings/[0-9a-f]{16}\.png),[0-9]?,[0-9.]+,([0-9]),[^,]+", line)
        try:
            picture = open_image(table.parent / parts[1]) if parts else None
        except ImageError:
            picture = None
        if picture and (picture.mode, picture.size) == ("L", (SIDE, SIDE)):
            drawings.append(np.asarray(picture))
            labels.append(int(parts[2]))
    drawings = np.array(drawings, np.uint8).reshape(-1, SIDE, SIDE)
    return Corrections(drawings, np.array(labels, np.uint8), len(lines) - len(drawings))


def _on_white_paper(picture: Image.Image) -> Image.Image:
    """What the sketchpad sent, as grey; raises ImageError where it is not the sketchpad's."""
    if picture.size != (SIDE, SIDE):
        width, height = picture.size
        raise ImageError(
            f"A drawing to correct has {SIDE} x {SIDE} pixels, this one {width} x {height}."
        )
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture.convert("RGBA"))
    return paper.convert("L")


def _lines(table: Path) -> list[str]:
    """The lines below the table's header, damaged ones too.

    Split by hand: no field needs quotes, and with a CSV reader one stray quote would swallow
    every line after it.
    """
    header, *lines = table.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    if header.rstrip("\r") != COLUMNS:
        raise DataError(f"{table} is no table of corrections: move it away")
    return [line.rstrip("\r") for line in lines if line.strip()]
