"""The notebooks run from top to bottom, and the committed ones are the output of a full run."""

import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from notebook_runs import FOLDER, everything, read, run

AS_SOMEBODY = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]


@pytest.fixture(scope="module", params=["convolution", "training", "architectures", "solutions"])
def committed(request):
    return read(request.param)


def test_the_notebook_on_convolution_does_what_it_says(mnist, quick):
    output = run(read("convolution"))
    assert "Nobody is drawing here, so the sample digit is used." in output
    assert "equal to the last digit: True" in output
    assert "the map has moved along: True" in output
    assert "dense layer:    529,984 weights\nconvolution:          9 weights" in output
    differ = re.findall(r"pooling: the maps differ by (\d+)%", output)
    assert int(differ[0]) > int(differ[1])  # before pooling, and after
    assert "5,258 weights" in output
    before, after = re.findall(r"trained: ([\d.]+)% of the validation digits", output)
    assert float(before) < 30 < 80 < float(after)
    known, new = re.search(r"(\d+)% of its own 100 digits, (\d+)% of new ones", output).groups()
    assert int(known) == 100 > int(new) + 5
    difference = re.search(r"difference to the network's own answer: (.+)", output).group(1)
    assert float(difference) < 1e-5
    assert "the answer: 4, " in output
    shares = re.findall(r"^moved by \d: (\d+)% of .+; yours as a \d$", output, re.MULTILINE)
    assert len(shares) == 5
    assert int(shares[0]) > int(shares[2]) > int(shares[4])


def test_every_exercise_is_solved(quick):
    headings = r"^(?:\*\*|## )(\d+\. [^*\n]+?)\.?(?:\*\*|$)"
    asked, solved = (
        re.findall(headings, "\n".join(cell.source for cell in read(name).cells), re.MULTILINE)
        for name in ("convolution", "solutions")
    )
    asked = asked[-12:]  # before them are the headings of the steps
    assert [exercise.split(".")[0] for exercise in asked] == [str(n) for n in range(1, 13)]
    assert solved == asked
    output = run(read("solutions"))
    assert "the picture itself: True\nmoved to the right: True" in output
    falling, rising = re.findall(r"strokes like .: the largest sum is (\d+)", output)
    assert int(falling) < int(rising)  # a 4 has a rising stroke
    assert "(1, 12, 12, 1)" in output.replace("[", "(").replace("]", ")")
    assert re.search(r"^5874$", output, re.MULTILINE)
    few, many = re.findall(r"batches of +\d+: +(\d+) steps", output)
    assert int(few) > int(many)
    tossed = re.search(r"as lopsided as 12 to 5 in ([\d.]+)% of 10,000 rounds", output).group(1)
    assert 13 < float(tossed) < 16  # exactly 14.3 %
    without, with_it = re.findall(r": (\d+) of 200 hands of my 1", output)
    assert int(without) < int(with_it)


def test_the_questions_are_twenty_and_their_answers_folded():
    questions = read("convolution").cells[-1].source
    assert re.findall(r"^(\d+)\. .+\?$", questions, re.MULTILINE) == [str(n) for n in range(1, 21)]
    assert questions.count("<details><summary>Answer</summary>") == 20
    assert questions.count("</details>") == 20


def test_without_the_project_the_first_cell_gets_it(tmp_path):
    """As on Colab and Kaggle; what it installs is installed already."""
    (setup,) = (c.source for c in read("convolution").cells if "REPOSITORY =" in c.source)
    pip = tmp_path / "asked.txt"
    stand_in = tmp_path / "python"
    stand_in.write_text(f'#!/bin/sh\necho "$@" > {pip}\n')
    stand_in.chmod(0o755)
    origin = tmp_path / "origin"
    files = ("digits", "notebooks", "requirements-notebooks.txt")
    origin.mkdir()
    for name in files:
        kind = shutil.copytree if (FOLDER.parent / name).is_dir() else shutil.copy
        kind(FOLDER.parent / name, origin / name)
    for command in (["init", "--quiet"], ["add", "."], [*AS_SOMEBODY, "commit", "-qm", "all"]):
        subprocess.run(["git", *command], cwd=origin, check=True)
    code = setup.partition("from digits.console")[0]  # importing Keras takes seconds
    code = code.replace('REPOSITORY = ""', f'REPOSITORY = "{origin.as_uri()}"')
    code = code.replace("sys.executable", repr(str(stand_in)))
    code += "\nimport digits\nprint(Path(digits.__file__).parent.parent.name)"
    empty = tmp_path / "content"
    empty.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=empty, capture_output=True, text=True, check=True
    )
    assert done.stdout == "draw-a-digit\n"
    asked = pip.read_text().split()
    assert asked == [
        *("-m", "pip", "install", "--quiet", "--requirement"),
        "draw-a-digit/requirements-notebooks.txt",
    ]


def test_the_notebooks_need_nothing_but_their_requirements():
    """Not the page, nor anything that Gradio or Jupyter would bring along."""
    lines = {
        line
        for name in ("convolution", "training", "architectures", "solutions")
        for cell in read(name).cells
        if cell.cell_type == "code"
        for line in cell.source.splitlines()
        if re.match(r"(from|import) \w", line)
    }
    assert "from notebooks.widgets import netron_can_show, somebody_is_watching" in lines
    missing = "gradio jinja2 fastapi uvicorn pydantic orjson netron notebook jupyterlab ipywidgets"
    code = f"import sys\nsys.modules |= dict.fromkeys({missing.split()!r})\n" + "\n".join(lines)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=FOLDER.parent, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_every_notebook_begins_with_the_same_cell(committed):
    code = [cell.source for cell in committed.cells if cell.cell_type == "code"]
    (setup,) = (c.source for c in read("convolution").cells if "REPOSITORY =" in c.source)
    assert code[0] == setup


def test_the_comparison_of_networks_runs_quickly(mnist, drawings, quick):
    output = run(read("architectures"))
    first, *steps = re.findall(
        r"^\| (.+?) \| [\d,]+ \| \d+ \| [\d.]+% \| ([\d.]+)% \| (.*)", output, re.M
    )
    assert first[0] == "dense layers only"
    assert [rung for rung, _, _ in steps[-2:]] == ["+ augmentation", "+ drawn digits"]
    verdicts = r"[+-][\d.]+ ± [\d.]+ \| (better|worse|too close to call) \|"
    assert all(re.fullmatch(verdicts, row) for _, _, row in steps)
    assert "97 of 100: between 91.5% and 99.0%" in output
    assert "12 to 5: by chance 14.3% of the time" in output
    assert re.search(r"^\| linear \| 7,850 \| ", output, re.MULTILINE)


def test_the_committed_notebook_is_a_full_run_in_order(committed):
    code = [cell for cell in committed.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    errors = [output for cell in code for output in cell.outputs if output.output_type == "error"]
    assert errors == []
    # All of MNIST; but many networks need fewer images each, and solutions have to be quick.
    everything_read = (
        r"\(55000, 28|55,000 digits|\(\(10000, 28, 28\), \(5000|2,000 digits to learn from, 500"
    )
    assert re.search(everything_read, everything(committed))
    pictures = [o for cell in code for o in cell.outputs if "image/png" in o.get("data", {})]
    assert len(pictures) >= 7


def test_the_committed_outputs_hold_no_paths_and_no_chatter(committed):
    raw = nbformat.writes(committed)
    assert not re.search(r"/(home|root|Users|tmp|work|content)/", raw)
    streams = [o.name for c in committed.cells for o in c.get("outputs", []) if "name" in o]
    assert max(len(cell.get("outputs", [])) for cell in committed.cells) <= 4
    assert "stderr" not in streams
    assert "WARNING" not in everything(committed)


def test_its_cells_are_short_and_each_heading_is_followed_by_prose(committed):
    lengths = [
        len(cell.source.splitlines()) for cell in committed.cells if cell.cell_type == "code"
    ]
    assert sorted(lengths)[len(lengths) // 2] <= 8
    assert committed.cells[0].source.startswith("# ")
