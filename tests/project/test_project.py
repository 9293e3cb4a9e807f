"""What the project says of itself, held against what it is: flags, commands, files, versions."""

import argparse
import ast
import json
import re
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from mnist_classification import build_parser

ROOT = Path(__file__).resolve().parents[2]
IMPORTED_AS = {"opencv-python-headless": "cv2"}  # where it is another name than the package's
MADE_BY_COMMANDS = {"models/corrected.keras"}
# Gradio requires them all, and Matplotlib Pillow.
BROUGHT_ALONG = {"PIL", "jinja2", "starlette", "uvicorn"}


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def requirements(name: str) -> list[Requirement]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [Requirement(line.split("#")[0]) for line in lines if line and line[0] not in "#-"]


def flags_and_commands(parser: argparse.ArgumentParser) -> set[str]:
    words = set()
    for action in parser._actions:
        words.update(option for option in action.option_strings if option.startswith("--"))
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                words.add(f"mnist_classification.py {name}")
                words.update(flags_and_commands(command))
    return words


@pytest.mark.parametrize("word", sorted(flags_and_commands(build_parser()) - {"--help"}))
def test_every_flag_and_command_is_in_the_readme(word):
    assert re.search(rf"{re.escape(word)}\b", readme())


def test_the_make_commands_in_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", readme(), re.MULTILINE))
    assert {"demo", "test"} <= named <= targets


def test_make_alone_tells_every_command():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split()
    told = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^make ([a-z-]+)", told, re.MULTILINE) == targets[1:]
    assert targets[0] == "help"


def test_the_files_named_in_the_readme_exist():
    rooms = "assets|benchmarks|digits|models|notebooks|tests"
    named = re.findall(rf"[`(]((?:{rooms})/[\w./-]*)[`)]", readme())
    assert named
    missing = {path for path in named if not (ROOT / path).exists()}
    assert missing - MADE_BY_COMMANDS == set()


def test_the_readme_tells_what_each_module_is_for():
    modules = [path.stem for path in (ROOT / "digits").glob("*.py") if path.stem != "__init__"]
    assert len(modules) > 5
    assert [name for name in modules if f"{name}.py" not in readme()] == []


@pytest.mark.parametrize(
    "requirement",
    [
        *requirements("requirements.txt"),
        *requirements("requirements-export.txt"),
        *requirements("requirements-dev.txt"),
    ],
    ids=lambda requirement: requirement.name,
)
def test_requirements_have_two_bounds_and_are_tested_between_them(requirement):
    assert sorted(bound.operator for bound in requirement.specifier) == ["<", ">="]
    assert requirement.specifier.contains(version(requirement.name))


def test_the_shipped_model_opens_in_the_oldest_keras_allowed():
    with zipfile.ZipFile(ROOT / "models" / "mnist_model.keras") as model:
        saved_by = json.loads(model.read("metadata.json"))["keras_version"]
    (keras,) = (known for known in requirements("requirements.txt") if known.name == "keras")
    (oldest,) = (bound.version for bound in keras.specifier if bound.operator == ">=")
    assert Version(saved_by).release[:2] <= Version(oldest).release[:2]


def test_the_readme_names_the_requirements():
    names = [requirement.name for requirement in requirements("requirements.txt")]
    assert len(names) >= 6
    assert [name for name in names if name.lower() not in readme().lower()] == []


def test_what_the_program_imports_is_required():
    files = ("requirements.txt", "requirements-export.txt")
    names = [requirement.name for file in files for requirement in requirements(file)]
    allowed = {IMPORTED_AS.get(name, name) for name in names}
    allowed |= {"digits", *sys.stdlib_module_names, *BROUGHT_ALONG}
    imported = set()
    for path in [ROOT / "mnist_classification.py", *(ROOT / "digits").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported.update(name.name.split(".")[0] for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "digits").split(".")[0])
    assert "tensorflow" in imported
    assert imported - allowed == set()


def test_no_file_names_a_folder_of_somebodys_machine():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: which files are the project's own is not known")
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [ROOT / name for name in names.split("\0") if name]
    somebodys = re.compile(rb"/(?:work|root|tmp|home|Users)/\w+|[A-Z]:\\Users")
    found = {
        str(path.relative_to(ROOT)): somebodys.findall(path.read_bytes())
        for path in files
        if path.is_file()
    }
    assert len(found) > 20
    assert {name: places for name, places in found.items() if places} == {}
