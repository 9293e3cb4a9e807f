"""The notebooks run from top to bottom, and the committed ones are the output of a full run."""

import hashlib
import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from digits.architectures import ARCHITECTURES
from digits.saving import DEFAULT_MODEL

FOLDER = Path(__file__).parents[2] / "notebooks"


def read(name: str):
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def training():
    return read("training")


@pytest.fixture(scope="module", params=["training", "architectures"])
def committed(request):
    return read(request.param)


def text_of(cell) -> str:
    """All that a code cell printed or returned as text."""
    texts = [output.get("text", "") for output in cell.outputs]
    data = [output.get("data", {}) for output in cell.outputs]
    return "\n".join(
        texts + [part.get("text/markdown", part.get("text/plain", "")) for part in data]
    )


def everything(notebook) -> str:
    return "\n".join(text_of(cell) for cell in notebook.cells if cell.cell_type == "code")


def run_quickly(committed, then: str = "") -> str:
    """Run every cell on a small part of the data; returns all that was printed.

    `then` is code to run after the cell that makes it quick.
    """
    notebook = nbformat.from_dict(committed)
    (quick,) = (cell for cell in notebook.cells if cell.source.startswith("QUICK = "))
    quick.source += f"\n{then}"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    folder = {"metadata": {"path": str(FOLDER)}}
    NotebookClient(notebook, timeout=240, resources=folder).execute()
    return everything(notebook)


def test_it_runs_quickly_from_top_to_bottom_and_learns(training, mnist, drawings, monkeypatch):
    monkeypatch.setenv("QUICK", "1")
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    before = hashlib.sha256(DEFAULT_MODEL.read_bytes()).hexdigest()
    output = run_quickly(training)
    accuracy = float(re.search(r"mnist_test: .* right, ([\d.]+)%", output).group(1))
    assert accuracy > 80  # a small part of the data, seen four times
    assert "saved mnist_model.keras" in output
    assert hashlib.sha256(DEFAULT_MODEL.read_bytes()).hexdigest() == before


def test_without_the_pen_digits_it_says_so_and_goes_on(training, mnist, tmp_path, monkeypatch):
    monkeypatch.setenv("QUICK", "1")
    monkeypatch.setenv("PENDIGITS_PATH", str(tmp_path))  # nothing there
    # What it learns is for the test above.
    few = 'RECIPE = STEP_RECIPE = RECIPE.changed({"epochs": 1, "images": 300})'
    output = run_quickly(training, few)
    assert "continuing without the pen digits: there is no pendigits-orig.tra" in output
    assert "saved mnist_model.keras" in output


def test_the_comparison_of_networks_runs_quickly(mnist, drawings, monkeypatch):
    monkeypatch.setenv("QUICK", "1")
    output = run_quickly(read("architectures"))
    for network in (*ARCHITECTURES, "linear"):
        assert re.search(rf"^\| {network} \| [\d,]+ \| [\d.]+ \| [\d.]+% \|", output, re.MULTILINE)


def test_the_committed_notebook_is_a_full_run_in_order(committed):
    code = [cell for cell in committed.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    errors = [output for cell in code for output in cell.outputs if output.output_type == "error"]
    assert errors == []
    assert re.search(r"\(55000, (28, 28|5000)\)", everything(committed))
    pictures = [o for cell in code for o in cell.outputs if "image/png" in o.get("data", {})]
    assert len(pictures) >= 7


def test_the_committed_outputs_and_the_card_tell_the_same_figures(training):
    card = json.loads(DEFAULT_MODEL.with_suffix(".json").read_text(encoding="utf-8"))
    for name in ("mnist_test", "pen_test_writers"):
        figures = card["figures"][name]
        line = f"{name}: {figures['correct']:,} of {figures['count']:,} right"
        assert line in everything(training)


def test_the_committed_outputs_hold_no_paths_and_no_chatter(committed):
    raw = nbformat.writes(committed)
    assert not re.search(r"/(home|root|Users|tmp|work|content)/", raw)
    streams = [o.name for c in committed.cells for o in c.get("outputs", []) if "name" in o]
    assert "stderr" not in streams
    assert "WARNING" not in everything(committed)


def test_its_cells_are_short_and_each_heading_is_followed_by_prose(committed):
    lengths = [
        len(cell.source.splitlines()) for cell in committed.cells if cell.cell_type == "code"
    ]
    assert sorted(lengths)[len(lengths) // 2] <= 8
    assert committed.cells[0].source.startswith("# ")
