"""Removes library messages and cell timings from the outputs of notebooks."""

import sys

import nbformat


def clean(path: str) -> None:
    """Rewrite the notebook file without stderr output and execution times."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        clean(name)
