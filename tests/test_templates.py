"""Templates show text as text, and name what is missing."""

import re
from pathlib import Path

import jinja2
import pytest

from digits.templates import by, number, percent, render

PACKAGE = Path(__file__).parents[1] / "digits"
TEMPLATES = sorted(
    path.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.rglob("*.html")
    if "{%" in path.read_text(encoding="utf-8")
)


def test_every_value_is_escaped():
    html = render("page/tabs/inside_netron.html", address="\"><script>alert('x')</script>&{{ 1 }}")
    escaped = "&#34;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;{{ 1 }}"
    assert html.count(f'"{escaped}"') == 2  # the link and the frame
    assert "<script" not in html


def test_a_template_whose_value_is_missing_is_an_error():
    with pytest.raises(jinja2.UndefinedError, match="'address' is undefined"):
        render("page/tabs/inside_netron.html")


def test_no_template_turns_the_escaping_off():
    assert len(TEMPLATES) >= 8
    for name in TEMPLATES:
        text = (PACKAGE / name).read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe|autoescape", text), name


def test_numbers_stay_on_one_line():
    assert by(12, 12, 1024) == "12\u00a0×\u00a012\u00a0×\u00a01,024"
    assert percent(0.975) == "98\u00a0%"
    assert percent(0.99514, 2) == "99.51\u00a0%"
    assert number(275498) == "275,498"
