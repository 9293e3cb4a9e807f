"""Leaves out what Gradio does for programmers alone while it is imported: half of the work.

For each class of component, Gradio parses its own source, writes a stub file for editors beside it
(`.pyi`, in our folders too), and fills in the docstring of each event.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from types import ModuleType
from typing import Any

COMPONENT_CLASSES = "gradio.component_meta"  # the module whose metaclass makes each of them


def import_quickly() -> None:
    """Let this process import Gradio in about half the time; without effect once it is imported."""
    if COMPONENT_CLASSES not in sys.modules:
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Has that one module loaded by `_Loader`."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != COMPONENT_CLASSES:
            return None
        found = PathFinder.find_spec(fullname, path)
        if found is None or not isinstance(found.loader, SourceFileLoader):
            return found
        loader = _Loader(fullname, found.loader.path)
        return spec_from_file_location(fullname, found.origin, loader=loader)


class _Loader(SourceFileLoader):
    """Loads the module, and takes these two steps out of it."""

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        internals: Any = module
        internals.create_or_modify_pyi = lambda *_: None
        internals.EventListener.set_doc = lambda *_, **__: None
