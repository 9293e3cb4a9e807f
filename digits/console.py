"""What the commands share: how they load a model, and how they write to a terminal."""

import os
import shlex
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:  # TensorFlow takes seconds to import
    from digits.classifier import DigitClassifier

T = TypeVar("T")


def load_classifier(path: str | None) -> "DigitClassifier":
    """Import TensorFlow and load the classifier of the model file `path` (None: the bundled one).

    A card that cannot be trusted is named in one line on stderr; the model reads without it.
    """
    with start_up_notes_hidden():
        from digits.classifier import DigitClassifier

        classifier = DigitClassifier.load(path)
    print_card_problem(classifier.card_problem)
    return classifier


def print_card_problem(problem: str | None) -> None:
    """Print to stderr, as one line, what is wrong with a model card, if anything is."""
    if problem:
        print(f"note: {problem}", file=sys.stderr, flush=True)


@contextmanager
def start_up_notes_hidden() -> Iterator[None]:
    """Hide TensorFlow's notes on processors, oneDNN and absent GPUs, which bury our own lines.

    Its C++ code writes them past Python and, since 2.19, whatever TF_CPP_MIN_LOG_LEVEL says. Set
    to 0, that variable shows them here, to look into a TensorFlow that does not start.
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
    """Print an error to stderr as one line."""
    print(f"error: {error}", file=sys.stderr, flush=True)


def progress_style() -> int:
    """Keras' `verbose`: a moving bar on a terminal, a line per epoch elsewhere."""
    return 1 if sys.stdout.isatty() else 2


def with_progress(groups: Iterable[list[T]], total: int) -> Iterator[list[T]]:
    """Yield groups of `total` things in all, beside a progress bar where stderr is a terminal.

    The bar steps aside while the caller prints what a group holds.
    """
    if total < 2 or not sys.stderr.isatty():
        yield from groups
        return
    from tqdm import tqdm

    with tqdm(total=total, unit=" pictures", leave=False) as bar:
        for group in groups:
            with tqdm.external_write_mode():
                yield group
            bar.update(len(group))


def print_how_to_draw(model: Path) -> None:
    """Print the command that opens the page with a model."""
    command = shlex.join(["python3", sys.argv[0], "--model", str(model)])
    print(f"To draw with it: {command}")
