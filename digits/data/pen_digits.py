"""Finds, downloads and verifies the pen strokes of the UCI pen digits.

UCI data set 81 holds 10,992 digits that 44 people wrote with a stylus on a tablet of 500×500 pixels
at Boğaziçi University, as x and y sampled every 100 ms: 7,494 by 30 writers to train on and 3,498
by the other 14 to test on. Its license is CC BY 4.0. The original strokes are used here, not the
eight resampled points of each digit that the data set also offers.
"""

import gzip
import hashlib
import os
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import unlzw3

from digits.data.strokes import Drawing, parse_unipen, split_by_writer
from digits.errors import DataError

PENDIGITS_URL = (
    "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
)
PENDIGITS_SHA256 = {  # of the uncompressed files
    "pendigits-orig.tra": "a66225d68d7d68591e62944df1ad33b3f5aa608e2df2505844b41f5568a80da4",
    "pendigits-orig.tes": "ddb1c19e277a56c7ffe682cc024d6ab73696f9adcc1643ef9ed5aa753007e081",
}
SAMPLE_SHA256 = {
    "pendigits-sample.training": "2f896cd4beac5480840f131d1ea556123a62431ef2309a6a5720c0648d587d3a",
    "pendigits-sample.held-out": "b4db888211ff4fcdc29eafe565ab6bc2d540e642254b554fb0c6d274ef6099e7",
}


# While the recipe was chosen there were six, 25 to 30. Now that it is fixed there are two: every
# further writer to learn from counts more.
VALIDATION_WRITERS = range(29, 31)  # of the 30 in `pendigits-orig.tra`
SAMPLE_VALIDATION_WRITERS = range(25, 27)  # of the 26 in `pendigits-sample.training`


class PenDrawings(NamedTuple):
    """The pen digits in three parts by writer: nobody's digits are in two of them."""

    train: list[Drawing]
    validation: list[Drawing]
    test: list[Drawing]


class PenDigits(NamedTuple):
    """The pen strokes as two UNIPEN texts."""

    train: str  # 7,494 digits by 30 writers
    test: str  # 3,498 digits by 14 other writers

    @property
    def validation_writers(self) -> range:
        """The writers in `train` whose digits are for validation."""
        return VALIDATION_WRITERS

    @property
    def test_name(self) -> str:
        """What to call the digits in `test` beside a figure."""
        return "Pen digits of the test writers"

    def drawings(self) -> PenDrawings:
        """The texts as drawings, split by writer into training, validation and test."""
        train, validation = split_by_writer(parse_unipen(self.train), self.validation_writers)
        return PenDrawings(train, validation, parse_unipen(self.test))


class PenDigitsSample(PenDigits):
    """The bundled sample: 28 of the 30 *training* writers, two of them in place of test writers."""

    __slots__ = ()

    @property
    def validation_writers(self) -> range:
        """The writers in `train` whose digits are for validation."""
        return SAMPLE_VALIDATION_WRITERS

    @property
    def test_name(self) -> str:
        """What to call the digits in `test` beside a figure: they are of training writers."""
        return "Pen sample, held-out writers"


def load_pendigits(path: str | os.PathLike | None = None) -> PenDigits:
    """Load the pen digits as UNIPEN text.

    They are taken from `path`, else from `$PENDIGITS_PATH`, else from the Keras cache, into which
    they are downloaded when missing.

    Args:
        path: the zip of UCI data set 81, or a folder with `pendigits-orig.tra` and
            `pendigits-orig.tes`, plain or ending in `.gz` or `.Z`; or `digits.data.sample.PEN`,
            the bundled sample, which gives a `PenDigitsSample`.

    Raises:
        DataError: there is neither a file nor a network, or the files are not the originals.

    Source: E. Alpaydin, F. Alimoglu, "Pen-Based Recognition of Handwritten Digits", UCI Machine
    Learning Repository, 1998, CC BY 4.0.
    """
    named = path or os.environ.get("PENDIGITS_PATH")
    if named:
        return _read_pendigits(Path(named).expanduser())
    found = _downloaded_pendigits()
    try:
        return _read_pendigits(found)
    except DataError:  # an earlier download was cut short: download it again
        return _read_pendigits(_downloaded_pendigits(again=True))


def _downloaded_pendigits(*, again: bool = False) -> Path:
    """The zip of the pen digits in the Keras cache; downloaded when missing, or if `again`."""
    import keras

    try:
        return Path(keras.utils.get_file("pendigits.zip", PENDIGITS_URL, force_download=again))
    except Exception as error:  # urllib and OS errors all mean that no data arrived
        raise DataError(
            "the pen digits are not on this machine and could not be downloaded: connect to the "
            "internet once, or set PENDIGITS_PATH to the zip of UCI data set 81"
        ) from error


def _read_pendigits(place: Path) -> PenDigits:
    """Read and verify both texts in a folder or zip, of the data set or of the sample."""
    try:
        return PenDigits(*_read_texts(place, PENDIGITS_SHA256))
    except FileNotFoundError as missing:
        with suppress(FileNotFoundError):
            return PenDigitsSample(*_read_texts(place, SAMPLE_SHA256))
        raise DataError(
            f"there is no {missing} (plain, .gz or .Z) in {place}: name the zip of UCI data set "
            "81 or the folder it was unpacked to"
        ) from missing


def _read_texts(place: Path, checksums: dict[str, str]) -> list[str]:
    """The texts of those names, verified; raises FileNotFoundError with a name that is missing."""
    texts = []
    for name, expected in checksums.items():
        try:
            text = _read_compressed(place, name)
        except FileNotFoundError:
            raise
        except Exception as error:  # zipfile, gzip, zlib and unlzw3 each raise their own
            raise DataError(f"{place} is damaged: delete it and download it again") from error
        if hashlib.sha256(text).hexdigest() != expected:
            raise DataError(
                f"{name} in {place} is not the original: delete it and download it again"
            )
        texts.append(text.decode("ascii"))
    return texts


def _read_compressed(place: Path, name: str) -> bytes:
    """The uncompressed bytes of `name`, which may end in .gz or .Z, in a folder or zip."""
    decoders = {"": bytes, ".gz": gzip.decompress, ".Z": unlzw3.unlzw}
    if place.is_dir():
        for ending, decode in decoders.items():
            if (file := place / (name + ending)).is_file():
                return decode(file.read_bytes())
    elif place.exists():
        with zipfile.ZipFile(place) as archive:
            for ending, decode in decoders.items():
                if name + ending in archive.namelist():
                    return decode(archive.read(name + ending))
    raise FileNotFoundError(name)
