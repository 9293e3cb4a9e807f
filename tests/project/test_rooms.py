"""Imports run one way between the rooms: a module imports from its own floor or from below."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# From the ground up. A name is a module of `digits`, or a room with all its modules.
FLOORS = [
    {"errors", "model_card", "supported_python", "templates"},
    {"files", "metrics", "architectures"},
    {"saving", "images"},
    {"data", "litert", "prediction"},
    {"learning"},
    {"classifier"},
    {"console", "explain", "export", "reading", "web_weights"},
    {"measuring"},
    {"page"},
    {"commands"},
]
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}
MODULES = sorted((ROOT / "digits").rglob("*.py"))


def room(path: Path) -> str:
    """The room that a module of `digits` belongs to."""
    return path.relative_to(ROOT / "digits").parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """The rooms that a module imports from when it runs, wherever in it that is written."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    names = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("digits.")}


def test_every_module_has_its_floor():
    assert {room(path) for path in MODULES} - {"__init__"} == set(FLOOR)


@pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: str(path.relative_to(ROOT / "digits").with_suffix(""))
)
def test_imports_run_down(path):
    if room(path) == "__init__":  # the front door: names that are imported when they are used
        return
    rooms = {name for name in imports(path) if name in FLOOR}
    above = {name for name in rooms if FLOOR[name] > FLOOR[room(path)]}
    assert above == set()
    beside = {name for name in rooms if FLOOR[name] == FLOOR[room(path)]} - {room(path)}
    assert beside == set()


def test_only_the_page_imports_gradio():
    using = {
        room(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and "gradio" in (ast.unparse(node).split()[1].split("."))
    }
    assert using == {"page"}
