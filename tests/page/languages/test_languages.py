"""The tables of the page's languages: nothing is missing, and every place is filled."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from digits.page import numbers, wording
from digits.page.demo import build_demo
from digits.page.languages import ATTRIBUTE, LANGUAGES, TEXT, chosen_language, table
from digits.page.languages.page_texts import in_language, translate_config
from digits.page.shell.page_html import page_html
from digits.page.tabs import correcting, upload
from digits.prediction import NOT_SURE, several

PAGE = Path(wording.__file__).parent
OTHERS = [language for language in LANGUAGES if language != "en"]
FILLED = re.compile(r"\$\{|^output \d$|^(Run|Esc|Z|C)$")  # by JavaScript; by Gradio; keys


def texts_in(markup: str) -> set[str]:
    """What people read or hear of some HTML."""
    found = [text[0] for text in TEXT.finditer(markup)]
    found += [attribute[2] for attribute in ATTRIBUTE.finditer(markup)]
    texts = {" ".join(unescape(text).split()) for text in found}
    return {text for text in texts if re.search("[A-Za-z]", text) and not FILLED.search(text)}


def sent_with_the_page(classifier, folder: Path) -> set[str]:
    """The texts of Gradio's description of the page."""
    demo = build_demo(classifier, feedback=folder, models=folder, training=True)
    config = json.loads(json.dumps(demo.get_config_file(), default=str))
    texts = set()

    def note(markup: str) -> str:
        texts.update(texts_in(markup))
        return markup

    translate_config(config, note, note)
    demo.close(verbose=False)
    return texts


def around_the_page() -> set[str]:
    """The texts of its HTML, without those of its address."""
    shell = page_html("<head></head><gradio-app>", None, "")
    markup = re.sub(r"<(script|style)>.*?</\1>", "", shell, flags=re.DOTALL)
    machine = r"^(\d+|website|summary_large_image|card\.png)$"
    return {text for text in texts_in(markup) if not re.match(machine, text)}


def answered() -> set[str]:
    """What the server and the reader answer, in English everywhere."""
    counts = {several(count, 1).partition(" digits")[0] for count in range(2, 11)}
    assert several(12, 3).startswith("12 digits in 3 lines:")
    return {
        wording.INVITATION, wording.DOUBT, wording.TIE, wording.SEVERAL, NOT_SURE,
        *(word for word, _ in wording.DEGREES),
        "{number} digits side by side", "{number} digits in {lines} lines", *counts,
        numbers.UNCLEAR,
        correcting.KEPT, correcting.NOTHING_TO_CORRECT, correcting.WHERE_KEPT,
        upload.INVITATION, upload.NOTHING_FOUND, upload.UNREADABLE_FILE,
    }  # fmt: skip


def in_scripts() -> set[str]:
    """The texts that scripts name where they have them translated."""
    scripts = {file.name: file.read_text(encoding="utf-8") for file in PAGE.rglob("*.js")}
    called = re.findall(r'(?:inLanguage|translated)(?:\?\.)?\("([^"]+)"', "".join(scripts.values()))
    cell = scripts["cells.js"].partition("const CELL = {")[2].partition("\n};")[0]
    away = re.findall(r'const AWAY = "([^"]+)"', scripts["patience.js"])
    return {*called, *re.findall(r'"([^"]+)"', cell), *away}


@pytest.fixture(scope="module")
def used(classifier, tmp_path_factory) -> set[str]:
    folder = tmp_path_factory.mktemp("page")
    return sent_with_the_page(classifier, folder) | around_the_page() | answered() | in_scripts()


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_of_the_page_is_missing_and_none_is_left_over(used, language):
    assert used - set(table(language)) == set()
    assert set(table(language)) - used == set()


@pytest.mark.parametrize("language", OTHERS)
def test_every_translation_has_the_places_of_its_text(language):
    places = re.compile(r"\{\w+\}|</?code>")
    for english, own in table(language).items():
        assert sorted(places.findall(own)) == sorted(places.findall(english)), english
        assert own.strip() == own != "", english


@pytest.mark.parametrize("language", ["zh", "ar"])
def test_another_script_is_written_in_it(language):
    written = {"zh": r"[\u4e00-\u9fff]", "ar": r"[\u0600-\u06ff]"}[language]
    latin = {text for text, own in table(language).items() if not re.search(written, own)}
    numerals = {"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
    assert latin - numerals == {"ReLU: {value}"}


@pytest.mark.parametrize(
    ("accepted", "wanted", "language"),
    [
        ("", None, "en"),
        ("de-AT,de;q=0.9,en;q=0.8", None, "de"),
        ("en-GB,en;q=0.9,de;q=0.8", None, "en"),
        ("it,fr;q=0.4,es;q=0.7", None, "es"),
        ("zh-TW", None, "zh"),
        ("fr;q=0,nl", None, "en"),
        ("de", "ar", "ar"),
        ("de", "en", "en"),
        ("de", "../../de", "de"),
        ("de;q=very,*", "klingon", "en"),
    ],
)
def test_the_browser_and_the_address_choose_the_language(accepted, wanted, language):
    assert chosen_language(accepted, wanted) == language


def test_the_english_page_is_as_gradio_made_it():
    html = '<html lang="en"><script>window.gradio_config = {"title": "Draw a digit"};</script>'
    assert in_language(html, "en") == html
    german = (
        '<html lang="de"><script>window.gradio_config = {"title": "Zeichne eine Ziffer"};</script>'
    )
    assert in_language(html, "de") == german
    assert in_language(html, "ar").startswith('<html lang="ar" dir="rtl">')
