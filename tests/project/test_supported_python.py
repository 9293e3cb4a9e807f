"""Other Pythons are refused in one line by make, by pip and by the program itself."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from digits.supported_python import NEWEST, OLDEST, complaint

ROOT = Path(__file__).resolve().parents[2]
# Runs a file as Python does, but tells it that this is another Python.
PRETEND = (
    "import runpy, sys; sys.version_info = ({}, 0, 'final', 0); sys.argv = sys.argv[1:]; "
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)


def python_called(folder: Path, name: str, version: str) -> Path:
    """A command that runs this Python under another version's number, such as '3, 14'."""
    program = folder / name
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{PRETEND.format(version)}" "$@"\n')
    program.chmod(0o755)
    return program


def only(folder: Path, *names: str) -> dict[str, str]:
    """An environment with these programs of ours on its PATH, and what is in the folder."""
    for name in names:
        (folder / name).symlink_to(shutil.which(name))
    return os.environ | {"PATH": str(folder)}


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ((3, 9), "Python 3.9 is too old"),
        ((3, 14), "Python 3.14 is too new: TensorFlow has no wheel for it yet"),
    ],
)
def test_the_line_says_why_and_what_to_do(version, why, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    line = complaint(version, "{} mnist_classification.py")
    assert line == f"error: {why}. Python 3.10 to 3.13 are supported: install one of these"
    (tmp_path / "python3.13").write_text("#!/bin/sh\nexit 127\n")  # one that does not start
    (tmp_path / "python3.12").write_text("#!/bin/sh\n")
    for program in tmp_path.iterdir():
        program.chmod(0o755)
    line = complaint(version, "{} mnist_classification.py")
    assert line.endswith("supported: run 'python3.12 mnist_classification.py'")


@pytest.mark.parametrize("version", [(3, 10), (3, 11), (3, 12), (3, 13)])
def test_the_supported_ones_are_not_refused(version):
    assert complaint(version, "{}") is None


@pytest.mark.parametrize("version", ["3, 9", "3, 14"])
def test_the_program_refuses_before_it_imports_anything_else(version, tmp_path):
    done = subprocess.run(
        [python_called(tmp_path, "python", version), ROOT / "mnist_classification.py", "--help"],
        env=only(tmp_path),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith(f"error: Python {version.replace(', ', '.')} is too ")


@pytest.mark.parametrize("version", ["3, 9", "3, 14"])
def test_make_refuses_before_it_makes_anything(version, tmp_path):
    project, programs = tmp_path / "project", tmp_path / "programs"
    (project / "digits").mkdir(parents=True)
    programs.mkdir()
    for name in ("Makefile", "requirements.txt", "digits/supported_python.py"):
        shutil.copy(ROOT / name, project / name)
    python_called(programs, "python3", version)
    (programs / "python3.12").write_text("#!/bin/sh\n")
    (programs / "python3.12").chmod(0o755)
    done = subprocess.run(
        ["make", "demo"],
        cwd=project,
        env=only(programs, "make", "sh"),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    line, *makes_own = done.stderr.splitlines()
    assert line.startswith(f"error: Python {version.replace(', ', '.')} is too ")
    assert line.endswith("Python 3.10 to 3.13 are supported: run 'make PYTHON=python3.12 ...'")
    assert [words.startswith("make") for words in makes_own] == [True]
    assert not (project / ".venv").exists()


def test_pip_refuses_the_same_pythons_before_it_downloads_anything():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    first = Requirement(next(line for line in lines if line and not line.startswith("#")))
    assert first.name == "Python-{}.{}-to-{}.{}-is-required".format(*OLDEST, *NEWEST)
    assert first.url == f"file:///{first.name}"
    for minor in range(8, 16):
        refused = first.marker.evaluate({"python_version": f"3.{minor}"})
        assert refused == (complaint((3, minor), "") is not None)


def test_pip_names_the_pythons_it_takes_in_its_error(tmp_path):
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    line = next(line for line in lines if line and not line.startswith("#"))
    refusing = tmp_path / "requirements.txt"
    refusing.write_text(line.partition(";")[0])  # as if the marker matched this Python
    pip = [sys.executable, "-m", "pip", "install", "--no-index", "--requirement", refusing]
    done = subprocess.run(pip, capture_output=True, text=True)
    assert done.returncode == 1
    (error,) = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    assert "Python-3.10-to-3.13-is-required" in error
