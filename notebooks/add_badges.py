"""Puts buttons that open the notebooks in Colab and Kaggle on top of them, for a public copy.

Each notebook's first cell of code gets the address, too, which it then clones there.
"""

import re
import sys
from pathlib import Path

import nbformat

FOLDER = Path(__file__).parent
NOTEBOOKS = ("convolution", "training", "architectures", "solutions")
GITHUB = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+?(?:\.git)?/?")


def with_badges(notebook: nbformat.NotebookNode, name: str, repository: str) -> None:
    """Change a notebook in place; badges that it has already are replaced.

    Args:
        notebook: one that begins with a heading.
        name: of its file, without the ending.
        repository: https://github.com/owner/name.
    """
    path = repository.removeprefix("https://github.com/")
    file = f"{path}/blob/main/notebooks/{name}.ipynb"
    colab = f"https://colab.research.google.com/github/{file}"
    kaggle = f"https://kaggle.com/kernels/welcome?src=https://github.com/{file}"
    badges = (
        f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({colab}) "
        f"[![Open in Kaggle](https://kaggle.com/static/images/open-in-kaggle.svg)]({kaggle})"
    )
    first = notebook.cells[0]
    first.source = badges + "\n\n" + re.sub(r"\A\[!\[Open in Colab\].*\n\n", "", first.source)
    setup = next(cell for cell in notebook.cells if "REPOSITORY =" in cell.source)
    setup.source = re.sub(r'REPOSITORY = ".*?"', f'REPOSITORY = "{repository}"', setup.source)


def main(arguments: list[str]) -> int:
    """Change all notebooks; returns the exit code."""
    if len(arguments) != 1 or not GITHUB.fullmatch(arguments[0]):
        print("error: name the copy on GitHub, as https://github.com/owner/name", file=sys.stderr)
        return 2
    repository = arguments[0].removesuffix("/").removesuffix(".git")
    for name in NOTEBOOKS:
        path = FOLDER / f"{name}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        with_badges(notebook, name, repository)
        nbformat.write(notebook, path)
    print(f"{len(NOTEBOOKS)} notebooks open from {repository}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
