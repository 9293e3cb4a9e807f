"""Runs notebooks as Jupyter does, cell by cell in a kernel, and finds what they printed."""

import re
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from notebooks.clean_outputs import joined

FOLDER = Path(__file__).parents[1] / "notebooks"


def read(name: str) -> NotebookNode:
    """The notebook of this name, as it is committed."""
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def text_of(cell: NotebookNode) -> str:
    """All that a code cell printed or returned as text."""
    # A busy kernel may send one line in two pieces.
    outputs = joined(cell.outputs)
    texts = [output.get("text", "") for output in outputs]
    data = [output.get("data", {}) for output in outputs]
    return "\n".join(
        texts + [part.get("text/markdown", part.get("text/plain", "")) for part in data]
    )


def everything(notebook: NotebookNode) -> str:
    """All that its cells printed."""
    return "\n".join(text_of(cell) for cell in notebook.cells if cell.cell_type == "code")


def run(
    notebook: NotebookNode, *, mode: str = "", then: str = "", last: str = "", timeout: int = 240
) -> str:
    """Run every cell; returns all that was printed.

    Args:
        notebook: its outputs are replaced.
        mode: what to write in its settings instead of "full"; by default they stay as they are.
        then: code to run after its settings.
        last: code to run at the end.
        timeout: for each cell, seconds.
    """
    settings = re.compile(r"^QUICK = ", re.MULTILINE)
    (cell,) = (cell for cell in notebook.cells if settings.search(cell.source))
    if mode:
        assert 'MODE = "full"' in cell.source
        cell.source = cell.source.replace('MODE = "full"', f"MODE = {mode!r}")
    cell.source += f"\n{then}"
    notebook.cells.append(nbformat.v4.new_code_cell(last))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    folder = {"metadata": {"path": str(FOLDER)}}
    NotebookClient(notebook, timeout=timeout, startup_timeout=240, resources=folder).execute()
    return everything(notebook)


def check_steps(output: str) -> None:
    """Assert what the training notebook says of its table: each step adds where it is meant to."""
    rows = dict(re.findall(r"^\| (MNIST, canvas.*?|\+ .+?) \| (.+) \|$", output, re.MULTILINE))
    table = {
        name: [float(share) for share in re.findall(r"([\d.]+)%", row)]
        for name, row in rows.items()
    }
    assert [*table] == [
        "MNIST, canvas shrunk to 28×28",
        "+ MNIST's preprocessing",
        "+ augmentation",
        "+ pen digits",
        "+ synthetic handwriting",
    ]
    shrunk, prepared, augmented, with_pen, with_forms = table.values()
    drawings, tilted, forms = range(3)
    assert shrunk[drawings] < prepared[drawings]
    assert prepared[tilted] < augmented[tilted]
    assert augmented[drawings] < with_pen[drawings]
    assert with_pen[forms] < with_forms[forms]
