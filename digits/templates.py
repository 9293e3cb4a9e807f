"""Fills the project's Jinja2 templates, so that no module builds HTML by hand.

A template lies beside the module that fills it. The module computes what is shown; the template
holds the markup and the wording.
"""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_PACKAGE = Path(__file__).resolve().parent
_environment = Environment(
    loader=FileSystemLoader(_PACKAGE),
    autoescape=True,  # in every template, whatever the file is called
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def by(*sizes: int) -> str:
    """Format sizes so that they stay on one line: `12 × 12 × 32`, with no-break spaces."""
    return "\u00a0×\u00a0".join(f"{size:,}" for size in sizes)


def percent(share: float, digits: int = 0) -> str:
    """Format a share in [0, 1] with that many decimal digits: `98 %`, with a no-break space."""
    return f"{100 * share:.{digits}f}\u00a0%"


def number(value: int) -> str:
    """Format a whole number with separators: `275,498`."""
    return f"{value:,}"


_environment.globals["by"] = by
_environment.filters |= {"percent": percent, "number": number}


def render(name: str, **values: Any) -> str:
    """Fill a template.

    Every value is escaped: text from files and from visitors is shown as it is.

    Args:
        name: the template's path inside the package, such as "measuring/report.html".
        values: what the template shows, by name.

    Returns:
        HTML, without white space around it.

    Raises:
        jinja2.UndefinedError: the template names a value that is not given.
    """
    return _environment.get_template(name).render(values).strip()
