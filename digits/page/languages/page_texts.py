"""Translates what the server sends with the page: HTML, and Gradio's description of its parts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from digits.page.gradio_internals import frontend
from digits.page.languages import (
    DECIMAL_COMMA,
    ENGLISH,
    LANGUAGES,
    RIGHT_TO_LEFT,
    table,
    translated,
    translated_html,
)

SCRIPT = Path(__file__).with_name("languages.js")
MARKUP = ("html_template", "legend")  # settings of components that hold HTML
SHOWN = ("html", "button")  # kinds of components whose values are words of ours
TEXTS = ("label", "placeholder", "alt", "caption", "info")
Translate = Callable[[str], str]


def script(language: str) -> str:
    """The script in the page's head that translates what changes there."""
    page = {
        "language": LANGUAGES[language],
        "decimalComma": language in DECIMAL_COMMA,
        "rightToLeft": language in RIGHT_TO_LEFT,
        "words": table(language),
    }
    data = json.dumps(page, ensure_ascii=False).replace("<", "\\u003c")
    return f"{{\nconst PAGE = {data};\n{SCRIPT.read_text(encoding='utf-8')}}}\n"


def in_language(html: str, language: str) -> str:
    """Translate the HTML of the page that Gradio has made."""
    if language == ENGLISH:
        return html
    found = frontend.CONFIG.search(html)
    if found is None:
        return html
    config = json.loads(found[1])
    translate_config(
        config,
        lambda text: translated(text, language),
        lambda text: translated_html(text, language),
    )
    data = json.dumps(config, ensure_ascii=False).replace("<", "\\u003c")
    html = f"{html[: found.start(1)]}{data}{html[found.end(1) :]}"
    direction = ' dir="rtl"' if language in RIGHT_TO_LEFT else ""
    return html.replace(frontend.LANG, f'lang="{LANGUAGES[language]}"{direction}', 1)


def translate_config(config: dict[str, Any], text: Translate, markup: Translate) -> None:
    """Translate Gradio's description of a page in place.

    Args:
        config: as Gradio sends it along with the page.
        text: translates a text.
        markup: translates HTML.
    """
    if "title" in config:
        config["title"] = text(config["title"])
    for part in config.get("components", ()):
        translate_settings(part["props"], part.get("type", ""), text, markup)


def translate_settings(
    settings: dict[str, Any], kind: str, text: Translate, markup: Translate
) -> None:
    """Translate the settings of one component in place; `kind` is what Gradio calls its kind."""
    in_browser = "window.translated" in settings.get("html_template", "")
    for name, value in settings.items():
        if name in MARKUP and value:
            settings[name] = markup(value)
        elif name == "value" and kind in SHOWN and isinstance(value, str) and not in_browser:
            settings[name] = markup(value) if kind == "html" else text(value)
        elif name in TEXTS and isinstance(value, str):
            settings[name] = text(value)
        elif name == "choices" and isinstance(value, list):
            settings[name] = [[shown_as(shown, chosen, text), chosen] for shown, chosen in value]
        elif name == "words":
            settings[name] = {key: text(words) for key, words in value.items()}
        elif name == "examples" and isinstance(value, list):
            settings[name] = [{**example, "name": text(example["name"])} for example in value]
        elif name == "props" and isinstance(value, dict):  # a component's own
            translate_settings(value, "", text, markup)


def shown_as(shown: Any, value: Any, text: Translate) -> Any:
    """Translate what a menu shows for a value; the value may stand behind it, as its code name."""
    if shown == value or not isinstance(shown, str):
        return shown
    end = f" · {value}" if shown.endswith(f" · {value}") else ""
    return text(shown.removesuffix(end)) + end
