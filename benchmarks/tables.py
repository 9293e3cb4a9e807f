"""Writes a generated table into a text file, between the two lines that mark its place."""

from pathlib import Path

from digits.errors import DigitsError


def markers(name: str) -> tuple[str, str]:
    """The lines before and after the table called `name`."""
    return f"<!-- {name}: start -->", f"<!-- {name}: end -->"


def write_table(file: Path, name: str, table: str) -> None:
    """Put the table between its markers in the file, in place of what stands there.

    Raises:
        DigitsError: the file has no such markers.
    """
    start, end = markers(name)
    content = file.read_text(encoding="utf-8")
    if start not in content or end not in content:
        raise DigitsError(f"{file} has no place for the table: add the lines {start} and {end}")
    before, after = content.split(start)[0], content.split(end)[1]
    file.write_text(f"{before}{start}\n{table}\n{end}{after}", encoding="utf-8")
