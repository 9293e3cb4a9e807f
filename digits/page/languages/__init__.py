"""The languages of the page: which one a visitor gets, and the table of each.

Everything is written in English. A table, such as `de.json`, gives for each text of the page what
stands in its place; `{name}` stands for what is filled in. Python and the network answer in English
in every language, so programs get the same texts; the browser translates what it shows
(`languages.js`), and the server what it sends with the page (`page_texts.py`).
"""

import html
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ENGLISH = "en"
# What a browser calls each: the first part is the name of its table.
LANGUAGES = {"en": "en", "de": "de", "fr": "fr", "es": "es", "zh": "zh-CN", "ar": "ar"}
RIGHT_TO_LEFT = {"ar"}
RIGHT_TO_LEFT_STYLES = HERE / "right_to_left.css"
# Where a comma between the digits of 10,000 would be read as a decimal one.
DECIMAL_COMMA = {"de", "fr", "es"}
# The template of a component whose HTML the server makes anew: the browser translates it.
HTML_TEMPLATE = '${window.translatedHtml?.(value) ?? value ?? ""}'
# The settings of such a component whose styles are all ours.
TRANSLATED_HTML: dict[str, Any] = {"html_template": HTML_TEMPLATE, "apply_default_css": False}

# Texts between tags, and in the attributes that people read or hear. A sentence may have marked
# words in it, and places that a script fills; `languages.js` has the same.
MARKED = r"<(?P<mark>strong|em|code)>[^<>]*</(?P=mark)>"
PLACE = r'<span data-fill="(\w+)"></span>'
TEXT = re.compile(
    rf"(?:(?<=>)(?<!<code>)|\A)\s*(?:[^<>\s]|{PLACE})(?:[^<>]|{MARKED}|{PLACE})*(?=<|\Z)"
)
ATTRIBUTE = re.compile(
    r'(?<= )(aria-label|aria-description|title|alt|placeholder|content|data-name)="([^"]*)"'
)


def chosen_language(accepted: str, wanted: str | None = None) -> str:
    """Choose the language of the page for a visitor.

    Args:
        accepted: the header Accept-Language, in which a browser lists the languages of its user.
        wanted: the one that the address asks for, by `?lang=`; anything.

    Returns:
        A name of `LANGUAGES`: the wanted one, or else the most accepted one, or else English.
    """
    for name in ([wanted] if wanted else []) + by_preference(accepted):
        language = name.strip().lower().replace("_", "-").partition("-")[0]
        if language in LANGUAGES:
            return language
    return ENGLISH


def by_preference(accepted: str) -> list[str]:
    """The languages in a header Accept-Language, the most wanted one first."""
    ranked = []
    for part in accepted.split(","):
        name, _, quality = part.partition(";q=")
        try:
            ranked.append((-float(quality or 1), name))
        except ValueError:
            continue
    return [name for quality, name in sorted(ranked, key=lambda pair: pair[0]) if quality < 0]


@lru_cache
def table(language: str) -> dict[str, str]:
    """What stands in the place of each English text; empty for English."""
    if language == ENGLISH:
        return {}
    words: dict[str, str] = json.loads((HERE / f"{language}.json").read_text(encoding="utf-8"))
    return words


def translated(text: str, language: str) -> str:
    """Translate a text of the page; of one that the table does not know, only large numbers."""
    bare = " ".join(text.split())
    own = table(language).get(bare)
    if own is None:
        return with_own_numbers(text, language)
    # White space around it separates it from its neighbours.
    before, after = (" " if end.isspace() else "" for end in (text[:1], text[-1:]))
    return f"{before}{own}{after}"


def with_own_numbers(text: str, language: str) -> str:
    """Write large numbers so that nobody takes 10,000 for ten: with a thin space, where needed."""
    between = "\u202f" if language in DECIMAL_COMMA else ","
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", between, text)


def translated_html(markup: str, language: str) -> str:
    """Translate the texts of HTML that we have written: between tags, and in attributes."""

    def between(found: re.Match[str]) -> str:
        text = bare_text(found[0])
        own = translated(text, language)
        return found[0] if own == text else re.sub(r"\{(\w+)\}", filled_by_script, own)

    def inside(found: re.Match[str]) -> str:
        text = html.unescape(found[2])
        own = translated(text, language)
        return found[0] if own == text else f'{found[1]}="{html.escape(own)}"'

    return ATTRIBUTE.sub(inside, TEXT.sub(between, markup))


def bare_text(markup: str) -> str:
    """A text that `TEXT` has found as it stands in the tables."""
    return html.unescape(re.sub(PLACE, r"{\1}", markup))


def filled_by_script(place: re.Match[str]) -> str:
    """The element for a place in a text, which a script fills."""
    return f'<span data-fill="{place[1]}"></span>'
