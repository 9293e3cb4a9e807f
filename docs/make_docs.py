"""Writes the parts of these pages that repeat the code, from its docstrings: `make docs`.

`api.md` gets the public names with their signatures, and `how-it-works.md` the list of modules.
Each stands between two markers; everything else on the pages is written by hand.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import digits
from digits.console import start_up_notes_hidden
from digits.data.mnist import Mnist
from digits.data.splits import Split

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ALSO = (Mnist, Split)  # not exported by `digits`, but returned or taken by what is
SECTIONS = {
    "Args": "Arguments",
    "Attributes": "Attributes",
    "Returns": "Returns",
    "Raises": "Raises",
    "Source": "Source",
}


class Generated(NamedTuple):
    """A part of a page that is written by this program."""

    page: Path
    name: str  # in the markers around it
    text: str


def main() -> None:
    """Write every generated part into its page."""
    for part in generated():
        content = part.page.read_text(encoding="utf-8")
        part.page.write_text(replaced(content, part), encoding="utf-8", newline="\n")


def generated() -> list[Generated]:
    """Every generated part, as the code is now."""
    return [
        Generated(HERE / "api.md", "python api", python_api()),
        Generated(HERE / "how-it-works.md", "modules", modules()),
    ]


def replaced(content: str, part: Generated) -> str:
    """The content of a page with the text between its two markers replaced."""
    start, end = f"<!-- {part.name}: start -->", f"<!-- {part.name}: end -->"
    before, rest = content.split(start)
    return f"{before}{start}\n\n{part.text}\n{end}{rest.split(end)[1]}"


# ---- the list of modules


def modules() -> str:
    """A table for each room of `digits/`: its modules, and the first sentence of each."""
    package = ROOT / "digits"
    rooms = sorted(file.parent for file in package.glob("*/__init__.py"))
    tables = [_table(package, sorted(package.glob("*.py")))]
    tables += [_table(room, sorted(room.rglob("*.py"))) for room in rooms]
    return "\n".join(tables)


def _table(room: Path, files: list[Path]) -> str:
    rows = [
        f"| `{_path(file)}` | {_purpose(file)} |" for file in files if file != room / "__init__.py"
    ]
    heading = f"### `{_path(room)}/`\n\n{_purpose(room / '__init__.py')}\n\n"
    return heading + "\n".join(["| module | purpose |", "| --- | --- |", *rows]) + "\n"


def _path(file: Path) -> str:
    name = file.relative_to(ROOT).as_posix()
    return name.removesuffix("__init__.py")  # a package is its folder


def _purpose(file: Path) -> str:
    """The first paragraph of a module's docstring, on one line."""
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    return " ".join(docstring.split("\n\n")[0].split()).replace("|", r"\|")


# ---- the public names


def python_api() -> str:
    """What `digits` exports, with signatures and docstrings, as Markdown."""
    with start_up_notes_hidden():  # this imports TensorFlow
        exported = [getattr(digits, name) for name in digits.__all__]
    objects = [each for each in exported if inspect.isclass(each) or inspect.isfunction(each)]
    errors = [each for each in objects if inspect.isclass(each) and issubclass(each, Exception)]
    others = [each for each in objects if each not in errors]
    base_first = sorted(errors, key=lambda error: len(error.__mro__))
    return "\n".join(_described(each) for each in [*others, *ALSO, *base_first])


def _described(thing: type) -> str:
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(thing))).body
    if isinstance(node, ast.FunctionDef):
        return f"### `{node.name}`\n\n{_function(node)}"
    lines = inspect.getsource(thing).splitlines()
    parts = [f"### `{node.name}`\n", *_fields(node, lines), ""]
    if issubclass(thing, Exception):
        parts[0] = f"### `{node.name}({', '.join(base.id for base in node.bases)})`\n"
    parts.insert(1, markdown(ast.get_docstring(node)))
    for method in node.body:
        if not isinstance(method, ast.FunctionDef):
            continue
        if any(
            isinstance(each, ast.Name) and each.id == "property" for each in method.decorator_list
        ):
            described = markdown(ast.get_docstring(method))
            parts.append(
                f"#### `{node.name}.{method.name}: {_unquoted(method.returns)}`\n\n{described}"
            )
        elif not method.name.startswith("_"):
            parts.append(f"#### `{node.name}.{method.name}`\n\n{_function(method)}")
        elif method.name == "__init__":
            parts.append(f"#### `{node.name}(...)`\n\n{_function(method, node.name)}")
    return "\n".join(parts).rstrip() + "\n"


def _function(node: ast.FunctionDef, name: str | None = None) -> str:
    """The signature as it is written in the code, without `self`, and the docstring."""
    arguments = node.args
    if arguments.args and arguments.args[0].arg in ("self", "cls"):
        del arguments.args[0]
    returned = "" if name or node.returns is None else f" -> {_unquoted(node.returns)}"
    # As Python is usually written: spaces around the `=` behind an annotation.
    written = re.sub(r"(: [^,=]+)=", r"\1 = ", ast.unparse(arguments))
    signature = f"{name or node.name}({written}){returned}"
    return f"`{signature}`\n\n{markdown(ast.get_docstring(node))}"


def _unquoted(annotation: ast.expr) -> str:
    return annotation.value if isinstance(annotation, ast.Constant) else ast.unparse(annotation)


def _fields(node: ast.ClassDef, lines: list[str]) -> Iterator[str]:
    """A named tuple's fields, each with the comment behind it or above it."""
    for field in node.body:
        if not isinstance(field, ast.AnnAssign):
            continue
        comment = lines[field.end_lineno - 1].partition("#")[2]
        above = field.lineno - 2
        while not comment and lines[above].lstrip().startswith("#"):
            comment = lines[above].partition("#")[2]
            above -= 1
        yield f"- `{ast.unparse(field)}`" + (f" – {comment.strip()}" if comment else "")


def markdown(docstring: str) -> str:
    """A docstring in Google's style as Markdown."""
    parts = re.split(rf"^({'|'.join(SECTIONS)}):", docstring, flags=re.MULTILINE)
    text = "\n\n".join(map(_paragraph, parts[0].strip().split("\n\n"))) + "\n"
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        inline, _, block = body.partition("\n")
        entries = _entries(textwrap.dedent(block)) if title not in ("Returns", "Source") else []
        if entries:
            text += f"\n**{SECTIONS[title]}**\n\n" + "\n".join(entries) + "\n"
        else:
            words = " ".join(f"{inline}\n{block}".split())
            text += f"\n**{SECTIONS[title]}**: {words}\n"
    return text


def _paragraph(text: str) -> str:
    """One line of prose; or code, indented, where it is Python."""
    try:
        ast.parse(text)
    except SyntaxError:
        return " ".join(text.split())
    return textwrap.indent(text, "    ")


def _entries(block: str) -> list[str]:
    """The entries of a section as list items: `name: what it is`, with indented lines after it."""
    items: list[str] = []
    for line in block.strip().splitlines():
        if not line.startswith(" ") and (entry := re.match(r"([\w, ]+): (.+)", line)):
            items.append(f"- `{entry[1]}`: {entry[2]}")
        elif items:
            items[-1] += f" {line.strip()}"
    return items


if __name__ == "__main__":
    main()
