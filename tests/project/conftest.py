"""How the tests run notebooks."""

import pytest

from notebooks.widgets import OPEN_IN


@pytest.fixture
def quick(monkeypatch, full_data):
    """Notebooks that are run take a small part of the data, and nobody is watching."""
    monkeypatch.setenv("QUICK", "1")
    for name, path in (full_data or {}).items():
        monkeypatch.setenv(name, path)
    for name in OPEN_IN:
        monkeypatch.delenv(name, raising=False)
