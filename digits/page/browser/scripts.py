"""Joins the scripts of this folder, which read drawings in the browser."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from digits.page.wording import WORDS

HERE = Path(__file__).parent
PARTS = (
    "strokes",
    "specks",
    "digit_image",
    "sums",
    "network",
    "stages",
    "taken_apart",
    "aside",
    "wording",
    "worker",
    "reader",
)


def script(*parts: str) -> str:
    """Join scripts of this folder, by their names."""
    return "\n".join((HERE / f"{part}.js").read_text(encoding="utf-8") for part in parts)


@lru_cache
def reader_script() -> str:
    """The script that reads drawings, for the page and for its worker."""
    words = json.dumps(WORDS)
    return f'(() => {{\n"use strict";\nconst WORDS = {words};\n\n{script(*PARTS)}\n}})();\n'


def head() -> str:
    """The part of the page's `<head>` that loads it; its address changes with its content."""
    return f'<script src="reader.js?v={digest(reader_script().encode())}"></script>'


def digest(content: bytes) -> str:
    """What tells one version of a file from another."""
    return hashlib.sha256(content).hexdigest()[:16]
