"""Removes library messages and cell timings from the outputs of notebooks, and joins prints."""

import sys

import nbformat
from nbformat import NotebookNode


def clean(path: str) -> None:
    """Rewrite the notebook file without stderr output and execution times."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            kept = [output for output in cell.outputs if output.get("name") != "stderr"]
            cell.outputs = joined(kept)
    nbformat.write(notebook, path)


def joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs of a cell; what it printed in one go is one output, however slowly it came."""
    together: list[NotebookNode] = []
    for output in outputs:
        if together and output.output_type == together[-1].output_type == "stream":
            together[-1].text += output.text
        else:
            together.append(output)
    return together


if __name__ == "__main__":
    for name in sys.argv[1:]:
        clean(name)
