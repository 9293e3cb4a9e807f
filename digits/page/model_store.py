"""The models that the page offers: the one it was started with, and those in a folder."""

from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import Any

from digits.classifier import DigitClassifier
from digits.errors import ModelError
from digits.explain import Explainer

LOADED = 4  # models kept in memory beside the page's own


class ModelStore:
    """Finds models by name, and keeps the latest ones loaded; thread-safe."""

    def __init__(self, own: Explainer, folder: Path | None = None) -> None:
        """Offer models.

        Args:
            own: the page's own model, which answers unless a request names another one.
            folder: holds more models, `<name>.keras`; new ones may appear at any time. None offers
                no others.
        """
        self.own = own
        self.folder = folder
        self._own_file = own.classifier.path
        self._own_state = _state(self._own_file) if self._own_file else None
        self.own_name = self._own_file.stem if self._own_file else "this page's own"
        self._loaded: OrderedDict[str, tuple[Any, Explainer]] = OrderedDict()
        self._loading = Lock()

    def names(self) -> list[str]:
        """Give the names of all models that there are now, the page's own first."""
        others = (name for name in model_files(self.folder) if name != self.own_name)
        return [self.own_name, *others]

    def explainer(self, name: Any) -> Explainer:
        """Give the model of that name, as its file is now, with its explainer.

        Args:
            name: one of `names()`; a stranger may have sent anything else.

        Raises:
            ModelError: there is no such model, or its file is damaged.
        """
        if name == self.own_name:
            # Not looked up: this is asked many times a second while a person draws.
            file = self._own_file
            if file is None or _state(file) in (self._own_state, None):
                return self.own
        else:
            others = model_files(self.folder)
            if not isinstance(name, str) or name not in others:
                raise ModelError("That model is gone: choose another one.")
            file = others[name]
        state = _state(file)
        with self._loading:
            known, explainer = self._loaded.pop(name, (None, None))
            if explainer is None or known != state:
                try:
                    explainer = Explainer(DigitClassifier.load(file))
                except ModelError as error:
                    # Visitors need not know where the folder is.
                    raise ModelError(
                        f"The model {name} cannot be loaded: its file is damaged or holds no model "
                        "that reads digits. Choose another one, or train it again."
                    ) from error
            self._loaded[name] = state, explainer
            if len(self._loaded) > LOADED:
                self._loaded.popitem(last=False)
            return explainer


def model_files(folder: Path | None) -> dict[str, Path]:
    """Find the model files in a folder now, by the model's name; none where there is no folder."""
    files = folder.glob("*.keras") if folder else []
    # While a model is being saved it is called <name>.part.keras.
    return {file.stem: file for file in sorted(files) if not file.stem.endswith(".part")}


def _state(file: Path) -> tuple[int, int, int] | None:
    """What changes when a file is replaced; None if it is gone."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
