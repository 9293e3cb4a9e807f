"""The page's own model, which is loaded while the page is already shown.

TensorFlow takes seconds to import. Nobody has to wait for it before they see the page, and whoever
draws before it is ready gets an answer as soon as it is.
"""

from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from digits.console import start_up_notes_hidden
from digits.prediction import THRESHOLD
from digits.saving import read_card

if TYPE_CHECKING:
    from digits.classifier import DigitClassifier
    from digits.explain import Explainer


class OwnModel:
    """A model with its explainer, which may still be loading; thread-safe.

    Attributes:
        path: its file; None if the model has not been saved yet.
        card: the content of its model card; empty without one that can be trusted.
        card_problem: what is wrong with the card, in one line, or None.
        threshold: the confidence, 0 to 1, below which it names no digit.
    """

    def __init__(self, path: Path | None, card: dict[str, Any], card_problem: str | None) -> None:
        """Use `of` or `in_file` instead."""
        self.path = path
        self.card = card
        self.card_problem = card_problem
        self.threshold = THRESHOLD
        self._explainer: Future[Explainer] = Future()
        self._threads: list[Thread] = []

    @classmethod
    def of(cls, classifier: "DigitClassifier") -> "OwnModel":
        """Take a classifier that is loaded."""
        from digits.explain import Explainer

        own = cls(classifier.path, classifier.card, classifier.card_problem)
        own.threshold = classifier.threshold
        own._explainer.set_result(Explainer(classifier))
        own._threads.append(classifier.speed_up())
        return own

    @classmethod
    def in_file(cls, path: Path) -> "OwnModel":
        """Take a model file, which `start_loading` loads; its card is read at once."""
        return cls(path, *read_card(path))

    def start_loading(self, quietly: bool = False) -> None:
        """Load the model in a thread of its own.

        Args:
            quietly: hide TensorFlow's notes, and whatever else this process writes to stderr
                meanwhile.
        """
        hidden = start_up_notes_hidden() if quietly else nullcontext()
        thread = Thread(target=self._load, args=(hidden,), daemon=True, name="load the model")
        self._threads.append(thread)
        thread.start()

    def _load(self, hidden: AbstractContextManager[None]) -> None:
        try:
            with hidden:
                import tensorflow as tf

                from digits.classifier import DigitClassifier
                from digits.explain import Explainer

                # Visitors are served side by side: a drawing is too little work to be shared among
                # processors. (Once TensorFlow has computed anything, it is too late to say so.)
                with suppress(RuntimeError):
                    tf.config.threading.set_intra_op_parallelism_threads(1)
                explainer = Explainer(DigitClassifier.load(self.path))
                self._explainer.set_result(explainer)
                explainer.classifier.speed_up().join()
        except BaseException as error:
            self._explainer.set_exception(error)

    @property
    def explainer(self) -> "Explainer":
        """The model with its explainer; waits until it is loaded.

        Raises:
            ModelError: its file is damaged.
        """
        return self._explainer.result()

    def is_busy(self) -> bool:
        """Whether TensorFlow still works on it; it cannot be interrupted."""
        return any(thread.is_alive() for thread in self._threads)

    def is_ready(self) -> bool:
        """Whether it is loaded.

        Raises:
            ModelError: its file is damaged.
        """
        return self._explainer.done() and self._explainer.result() is not None
