"""The models that the page offers: the one it was started with, and those in a folder.

Each visitor draws with the one of their choice. A visitor is a session of Gradio's: a page that
is open in a browser.
"""

from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import Any

from digits.classifier import DigitClassifier
from digits.errors import ModelError
from digits.explain import Explainer

LOADED = 4  # models kept ready beside the page's own
VISITORS = 1000  # whose choice is remembered


class ModelStore:
    """Loads models by name, and remembers who chose which; thread-safe."""

    def __init__(self, own: Explainer, folder: Path | None = None) -> None:
        """Offer models.

        Args:
            own: the page's own model, for all who chose none.
            folder: where there are more, `<name>.keras`, also such as come later; None offers
                none of them.
        """
        self.own = own
        self.folder = folder
        self._own_file = own.classifier.path
        self._own_state = _state(self._own_file)
        self.own_name = self._own_file.stem if self._own_file else "this page's own"
        self._loaded: OrderedDict[str, tuple[Any, Explainer]] = OrderedDict()
        self._choices: OrderedDict[str, str] = OrderedDict()
        self._loading, self._choosing = Lock(), Lock()

    def names(self) -> list[str]:
        """Every name there is now, the page's own first."""
        return [
            self.own_name,
            *(name for name in model_files(self.folder) if name != self.own_name),
        ]

    def explainer(self, name: Any) -> Explainer:
        """Give the model of that name, as it is now, with its explainer.

        Raises:
            ModelError: there is none of that name, or it is damaged.
        """
        own = name == self.own_name
        # Not for the page's own: this is asked many times a second while a person draws.
        if not own and name not in self.names():
            raise ModelError("That model is gone: choose another one.")
        file = self._own_file if own else self.folder / f"{name}.keras"
        state = _state(file)
        if own and state in (self._own_state, None):
            return self.own
        with self._loading:
            known, explainer = self._loaded.pop(name, (None, None))
            if known != state:
                try:
                    explainer = Explainer(DigitClassifier.load(file))
                except ModelError as error:
                    # Where the folder lies is no visitor's business.
                    raise ModelError(
                        f"The model {name} cannot be loaded: its file is damaged or is no digit "
                        "reader. Choose another one, or train it again."
                    ) from error
            self._loaded[name] = state, explainer
            if len(self._loaded) > LOADED:
                self._loaded.popitem(last=False)
            return explainer

    def choose(self, visitor: str, name: Any) -> None:
        """Let a visitor draw with the model of that name.

        Raises:
            ModelError: as for `explainer`; the visitor's choice stays as it was.
        """
        self.explainer(name)
        with self._choosing:
            self._choices.pop(visitor, None)
            self._choices[visitor] = name
            if len(self._choices) > VISITORS:
                self._choices.popitem(last=False)

    def choice(self, visitor: str | None) -> str:
        """The name that a visitor chose, by default the page's own."""
        return self._choices.get(visitor, self.own_name)

    def chosen(self, visitor: str | None) -> Explainer:
        """The model that a visitor chose, with its explainer; raises as `explainer` does."""
        return self.explainer(self.choice(visitor))

    def forget(self, visitor: str) -> None:
        """Drop a visitor's choice: they left."""
        with self._choosing:
            self._choices.pop(visitor, None)


def model_files(folder: Path | None) -> dict[str, Path]:
    """Find the model files in a folder now, by the model's name; none where there is no folder."""
    files = folder.glob("*.keras") if folder else []
    # While a model is being saved it is called <name>.part.keras.
    return {file.stem: file for file in sorted(files) if not file.stem.endswith(".part")}


def _state(file: Path | None) -> tuple[int, int, int] | None:
    """What changes when a file is replaced; None when there is no file."""
    try:
        status = file.stat()
    except (AttributeError, OSError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
