"""The project's documents, taken apart for tests: code blocks, commands, links, sentences."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
MANUAL = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
DOCUMENTS = [*MANUAL, *(ROOT / f"{name}.md" for name in ("CONTRIBUTING", "SECURITY", "CHANGELOG"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block of code."""

    page: str  # the document's path within the project
    language: str
    code: str


def read(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def name(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


def manual() -> str:
    """README and docs/ as one text."""
    return "\n".join(map(read, MANUAL))


def prose(document: Path) -> str:
    """A document without its blocks of code."""
    return BLOCK.sub("", read(document))


def blocks(language: str | None = None) -> list[Block]:
    found = [Block(name(page), *match) for page in DOCUMENTS for match in BLOCK.findall(read(page))]
    return [block for block in found if language in (None, block.language)]


def commands(program: str) -> list[list[str]]:
    """Every command line that begins with `program`, in a block or as `code`, in words."""
    lines = [line for block in blocks("sh") for line in block.code.splitlines()]
    lines += [span for page in DOCUMENTS for span in re.findall(r"`([^`\n]+)`", prose(page))]
    words = [shlex.split(line, comments=True) for line in lines if line.startswith(f"{program} ")]
    return [line for line in words if len(line) > 1]


def anchors(document: Path) -> set[str]:
    """What a link can name behind `#` in a document, as GitHub makes it of the headings."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


def sentences(document: Path) -> list[str]:
    """The sentences of a document; a row of a table and an item of a list are one each."""
    return re.split(r"(?<=[.!?]) |\n", prose(document))
