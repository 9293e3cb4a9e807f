"""Provides the models that the page offers: the one it was started with, and those in a folder."""

from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from digits.errors import ModelError
from digits.page.own_model import OwnModel

if TYPE_CHECKING:  # TensorFlow takes seconds to import, and the page is shown before
    from digits.explain import Explainer

LOADED = 4  # models kept in memory beside the page's own


class ModelStore:
    """Finds models by name, and keeps the most recently used ones loaded; thread-safe."""

    def __init__(self, own: OwnModel, folder: Path | None = None) -> None:
        """Offer models.

        Args:
            own: the page's own model, which answers unless a request names another one.
            folder: holds more models, `<name>.keras`; new ones may appear at any time. None: the
                page's own model only.
        """
        self.own = own
        self.folder = folder
        self._own_file = own.path
        self._own_state = _state(self._own_file) if self._own_file else None
        self.own_name = self._own_file.stem if self._own_file else "this page's own"
        self._loaded: OrderedDict[str, tuple[Any, Explainer]] = OrderedDict()
        self._loading = Lock()

    def names(self) -> list[str]:
        """List the names of all current models, the page's own first."""
        in_folder = (name for name in model_files(self.folder) if name != self.own_name)
        return [self.own_name, *in_folder]

    def explainer(self, name: Any) -> "Explainer":
        """Get the model with this name, from the current version of its file, with its explainer.

        Args:
            name: one of `names()`; but a request may contain anything.

        Raises:
            ModelError: there is no such model, or its file is damaged.
        """
        if name == self.own_name:
            # Not looked up: this is asked many times a second while a person draws.
            file = self._own_file
            if file is None or _state(file) in (self._own_state, None):
                return self._own_explainer()
        else:
            others = model_files(self.folder)
            if not isinstance(name, str) or name not in others:
                raise ModelError("That model is gone: choose another one.")
            file = others[name]
        from digits.classifier import DigitClassifier
        from digits.explain import Explainer

        state = _state(file)
        with self._loading:
            known, explainer = self._loaded.pop(name, (None, None))
            if explainer is None or known != state:
                try:
                    explainer = Explainer(DigitClassifier.load(file))
                    explainer.classifier.speed_up()
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

    def _own_explainer(self) -> "Explainer":
        """The page's own model as it was loaded when the page started."""
        try:
            return self.own.explainer
        except ModelError as error:
            # Visitors need not know where its file is.
            raise ModelError(
                "The page's own model cannot be loaded: the terminal in which it runs says why."
            ) from error


def model_files(folder: Path | None) -> dict[str, Path]:
    """Find the model files in a folder, by model name; none if there is no folder."""
    files = folder.glob("*.keras") if folder else []
    # A model that is being saved is called <name>.part.keras.
    return {file.stem: file for file in sorted(files) if not file.stem.endswith(".part")}


def _state(file: Path) -> tuple[int, int, int] | None:
    """What changes when a file is replaced; None if it is gone."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
