"""Tells a visitor something beside the answer, in one line, for example that a model is gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import gradio as gr

_lines: ContextVar[list[str] | None] = ContextVar("lines", default=None)


def tell(line: str) -> None:
    """Show a line to the visitor whose request is being answered.

    It goes along with a direct answer (see `digits.page.direct_answers`), and `patience.js` shows
    it. What Gradio's queue answers has Gradio's own way.
    """
    lines = _lines.get()
    if lines is None:
        gr.Warning(line)
    else:
        lines.append(line)


@contextmanager
def collected() -> Iterator[list[str]]:
    """Collect what is told inside."""
    lines: list[str] = []
    token = _lines.set(lines)
    try:
        yield lines
    finally:
        _lines.reset(token)
