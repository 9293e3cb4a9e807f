"""Badges for a public copy are put on top of the notebooks, once."""

import nbformat
import pytest

from notebooks import add_badges

ADDRESS = "https://github.com/somebody/digits"


@pytest.fixture
def copies(tmp_path, monkeypatch):
    for name in add_badges.NOTEBOOKS:
        notebook = nbformat.read(add_badges.FOLDER / f"{name}.ipynb", as_version=4)
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    monkeypatch.setattr(add_badges, "FOLDER", tmp_path)
    return tmp_path


def test_badges_and_the_address_are_written_once(copies, capsys):
    title = nbformat.read(copies / "convolution.ipynb", as_version=4).cells[0].source
    assert add_badges.main(["https://github.com/first/one.git"]) == 0
    assert add_badges.main([ADDRESS]) == 0
    assert capsys.readouterr().out.endswith(f"4 notebooks open from {ADDRESS}\n")
    notebook = nbformat.read(copies / "convolution.ipynb", as_version=4)
    file = "somebody/digits/blob/main/notebooks/convolution.ipynb"
    colab, kaggle = notebook.cells[0].source.partition("\n\n")[0].split(") [")
    assert colab.endswith(f"(https://colab.research.google.com/github/{file}")
    assert kaggle.endswith(f"(https://kaggle.com/kernels/welcome?src=https://github.com/{file})")
    assert notebook.cells[0].source.partition("\n\n")[2] == title
    (setup,) = (cell.source for cell in notebook.cells if "REPOSITORY =" in cell.source)
    assert setup.startswith(f'REPOSITORY = "{ADDRESS}"')


@pytest.mark.parametrize("arguments", [[], ["somebody/digits"], [f'{ADDRESS}"; print(1) #']])
def test_another_address_is_refused(arguments, copies, capsys):
    assert add_badges.main(arguments) == 2
    assert capsys.readouterr().err.startswith("error: name the copy on GitHub")
