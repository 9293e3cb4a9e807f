"""What the commands share: how they load a model, and how they speak to a terminal."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # TensorFlow takes seconds to import
    from digits.classifier import DigitClassifier


def load_classifier(path: str | None) -> "DigitClassifier":
    """Import TensorFlow and load the classifier of the model file `path` (None: the shipped)."""
    with start_up_notes_hidden():
        from digits.classifier import DigitClassifier

        return DigitClassifier.load(path)


@contextmanager
def start_up_notes_hidden() -> Iterator[None]:
    """Hide TensorFlow's notes on the processor, oneDNN and absent GPUs, which bury our own lines.

    Its C++ parts write them past Python and, since 2.19, whatever TF_CPP_MIN_LOG_LEVEL says; set
    to 0, that shows them here, for whoever looks into a TensorFlow that does not start.
    """
    if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2") == "0":
        yield
        return
    terminal = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)


def print_error(error: object) -> None:
    """Print one line to stderr, in the words of the error."""
    print(f"error: {error}", file=sys.stderr, flush=True)
