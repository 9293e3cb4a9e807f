"""The project's descriptions match the project: flags, commands, files and versions."""

import argparse
import ast
import json
import re
import subprocess
import sys
import zipfile
from importlib.metadata import version

import pytest
import yaml
from documents import ROOT, commands, manual, read
from packaging.requirements import Requirement
from packaging.version import Version

import digits
from mnist_classification import build_parser

IMPORTED_AS = {"opencv-python-headless": "cv2"}  # where it is another name than the package's
# Gradio requires them all, Matplotlib Pillow, and Jupyter what shows its plots in notebooks.
BROUGHT_ALONG = {"PIL", "fastapi", "jinja2", "orjson", "pydantic", "starlette", "uvicorn"}
BROUGHT_ALONG |= {"markupsafe", "matplotlib_inline"}


def requirements(name: str) -> list[Requirement]:
    """The packages a file requires; not the line that refuses other Pythons."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [Requirement(line.split("#")[0]) for line in lines if line and line[0] not in "#-"]
    return [requirement for requirement in found if not requirement.url]


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
def test_every_flag_and_command_is_documented(word):
    assert re.search(rf"{re.escape(word)}\b", manual())


def test_the_make_commands_in_the_documents_exist():
    targets = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE))
    named = {line[1] for line in commands("make")}
    assert {"demo", "test", "docs"} <= named <= targets


def test_make_alone_tells_every_command():
    targets = re.search(r"^\.PHONY: (.+)$", read(ROOT / "Makefile"), re.MULTILINE)[1].split()
    told = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^make ([a-z-]+)", told, re.MULTILINE) == targets[1:]
    assert targets[0] == "help"


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


def test_the_bundled_model_opens_in_the_oldest_keras_allowed():
    with zipfile.ZipFile(ROOT / "models" / "mnist_model.keras") as model:
        saved_by = json.loads(model.read("metadata.json"))["keras_version"]
    (keras,) = (known for known in requirements("requirements.txt") if known.name == "keras")
    (oldest,) = (bound.version for bound in keras.specifier if bound.operator == ">=")
    assert Version(saved_by).release[:2] <= Version(oldest).release[:2]


def test_the_readme_gives_a_reason_for_each_requirement():
    names = [requirement.name for requirement in requirements("requirements.txt")]
    assert len(names) >= 6
    dependencies = read(ROOT / "README.md").partition("## Dependencies")[2].partition("##")[0]
    assert [name for name in names if f"`{name}`" not in dependencies] == []


def test_one_version_stands_everywhere():
    assert re.fullmatch(r"\d+\.\d+\.\d+", digits.__version__)
    assert citation()["version"] == digits.__version__
    newest = re.search(r"^## (\d\S*)", read(ROOT / "CHANGELOG.md"), re.MULTILINE)[1]
    assert newest == digits.__version__


def test_the_citation_holds_what_its_format_requires():
    assert {"cff-version", "message", "title", "authors"} <= set(citation())
    assert citation()["cff-version"] == "1.2.0"
    (holder,) = (author["name"] for author in citation()["authors"])
    licence = read(ROOT / "LICENSE")
    assert licence.startswith(f"{citation()['license']} License")
    assert f"Copyright (c) 2026 {holder[0].lower()}{holder[1:]}\n" in licence


def citation() -> dict:
    return yaml.safe_load(read(ROOT / "CITATION.cff"))


def test_what_the_program_imports_is_required():
    files = ("requirements.txt", "requirements-export.txt", "requirements-cluster.txt")
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


def test_the_notebooks_require_what_the_program_requires_and_no_page():
    everything = {str(requirement) for requirement in requirements("requirements.txt")}
    without = {"gradio", "jupyter", "netron"}
    kept = {line for line in everything if Requirement(line).name not in without}
    assert {str(requirement) for requirement in requirements("requirements-notebooks.txt")} == kept
