"""The tables of the page's languages: nothing is missing, and every place is filled."""

import base64
import json
import re
from html import unescape
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from digits import DigitClassifier
from digits.architectures import ARCHITECTURES, purpose
from digits.errors import DataError, ModelError, SavingError
from digits.explain import Explainer
from digits.model_card import checked_card
from digits.page import network_names, numbers, wording
from digits.page.background_training import jobs, worker
from digits.page.background_training.jobs import Progress
from digits.page.demo import build_demo
from digits.page.guards import rates
from digits.page.languages import (
    ATTRIBUTE,
    LANGUAGES,
    TEXT,
    bare_text,
    chosen_language,
    table,
    translated,
    translated_html,
)
from digits.page.languages.page_texts import in_language, translate_config
from digits.page.model_store import ModelStore
from digits.page.own_model import OwnModel
from digits.page.shell.page_html import page_html
from digits.page.tabs import about, compare, correcting, inside, teach, train, upload
from digits.page.tabs.training_pictures import progress_bar
from digits.prediction import NOT_SURE, several

PAGE = Path(wording.__file__).parent
OTHERS = [language for language in LANGUAGES if language != "en"]
# By JavaScript; by Gradio; keys; a name.
FILLED = re.compile(r"\$\{|^output \d$|^(Run|Esc|Z|C)$|^MNIST$")
PLACES = re.compile(r"\{\w+\}")
IMAGE = base64.b64encode(bytes(784)).decode()


def texts_in(markup: str) -> set[str]:
    """What people read or hear of some HTML."""
    found = [text[0] for text in TEXT.finditer(markup)]
    found += [attribute[2] for attribute in ATTRIBUTE.finditer(markup)]
    texts = {" ".join(unescape(bare_text(text)).split()) for text in found}
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
    files = PAGE.rglob("*.js")
    scripts = {f"{file.parent.name}/{file.name}": file.read_text("utf-8") for file in files}
    called = re.findall(r'(?:inLanguage|translated)(?:\?\.)?\("([^"]+)"', "".join(scripts.values()))
    cell = scripts["live_network/cells.js"].partition("const CELL = {")[2].partition("\n};")[0]
    lesson = scripts["lesson/words.js"].partition("const WORDS = {")[2]
    away = re.findall(r'const AWAY = "([^"]+)"', scripts["page/patience.js"])
    return {*called, *re.findall(r'"([^"]+)"', cell + lesson), *away}


def told_of_the_network(classifier) -> set[str]:
    """What Inside and About say of networks."""
    explainer = Explainer(classifier)
    inside_it = [layers.Conv2D(2, 5), layers.AveragePooling2D(2), layers.ReLU(), layers.Flatten()]
    ends = layers.Input((28, 28, 1)), layers.Dense(10, activation="softmax")
    other = Explainer(DigitClassifier(keras.Sequential([ends[0], *inside_it, ends[1]])))
    drawing = np.zeros((280, 280), np.uint8)
    drawing[80:200, 130:150] = 255
    card = classifier.card
    recipe = card["recipe"]
    augmented = [{"augmentation": None}, {"settling_epochs": 0}, {"augmentation": "unknown"}]
    cards = [card, {"architecture": "mlp"}]
    cards += [card | {"recipe": recipe | change} for change in augmented]
    cards += [card | {"training": {"changes": [[1, "pace", 3]]}}]
    html = [
        *(about.about(checked_card(each), classifier.path, 0.7) for each in cards),
        about.about(None, None, 0.7, problem=True),
        inside.story(explainer, None),
        inside.story(explainer, drawing),
        inside.story(other, drawing),
        inside.layer_table(explainer),
        inside.netron(None),
        inside.netron("http://127.0.0.1"),
    ]
    texts = set().union(*map(texts_in, html))
    names = {layer.name for layer in classifier.model.layers}
    commands = {text for text in texts if text.startswith("python3 ")}
    return texts - names - commands | set(inside.KINDS.values())


def told_of_a_training() -> set[str]:
    """What Train and Compare say while networks learn, and after."""
    lesson = {
        "held_out": [{"digit": 4, "before": 9, "after": 4, "image": IMAGE}],
        "others": 2000, "others_before": 0.9, "others_after": 0.9,
    }  # fmt: skip
    learned = Progress(
        history={"loss": [1.0], "val_loss": [1.0], "accuracy": [0.5], "val_accuracy": [0.5]},
        mistakes=[{"digit": 4, "answer": 9, "image": IMAGE}],
        answers=[(0, [0.1] * 10), (1, [0.1] * 10)],
        changes=[(0, "dropout", 0.2), (1, "augmented", 1), (2, "augmented", 0)],
    )
    saved = Progress(saved="my_mlp", over=True)
    moments = [Progress(), Progress(place=2), Progress(over=True), Progress(lesson=lesson), learned]
    html = [say(now) for now in [*moments, saved] for say in (train.status, teach.status)]
    html += [train.report(learned._replace(epochs=count)) for count in (1, 5)]
    html += [teach.report(Progress(lesson=lesson))]
    html += [progress_bar(now) for now in [Progress(), *(Progress(step) for step in steps())]]
    titles = {*network_names.NETWORKS.values(), network_names.SHIPPED, network_names.HAND}
    return set().union(*map(texts_in, html)) | titles | {
        network_names.model_title("my_hand-2", "mnist_model"),
        *map(purpose, ARCHITECTURES),
        jobs.LOST, jobs.BUSY, jobs.TWICE,
        teach.INCOMPLETE, teach.UNSAVED, train.NO_CHOICE,
        *(worker.for_visitors(error("")) for error in (SavingError, DataError)),
        compare.NO_ANSWER,
    }  # fmt: skip


def steps() -> list[str]:
    """What the process that trains says it is doing."""
    code = "".join(file.read_text() for file in sorted(Path(jobs.__file__).parent.glob("*.py")))
    said = re.findall(r'step=(?:f?)"([^"]+)"(?: if [^\n]*? else "([^"]+)")?', code)
    said += re.findall(r'(?:what: str = |learn\(\w+, f)("[^"]+")', code)
    texts = [text.strip('"') for found in said for text in np.atleast_1d(found) if text]
    return [re.sub(r"\{+[^{}]*\}+", "4", text) for text in texts]


def told_of_models(folder: Path) -> set[str]:
    """What is told of models that cannot be had, and of too many requests."""
    guards = "".join((PAGE / "guards" / f"{name}.py").read_text() for name in ("turns", "streams"))
    (folder / "damaged.keras").write_bytes(b"no model")
    store = ModelStore(OwnModel.in_file(folder / "own.keras"), folder)
    lines = []
    for name in ("gone", "damaged"):
        with pytest.raises(ModelError) as caught:
            store.explainer(name)
        lines.append(str(caught.value))
    own = re.search(r'"(The page\'s own model cannot[^"]*)"', (PAGE / "model_store.py").read_text())
    return {
        *lines, own[1], f"{lines[0]} Until then, mnist_model answers.",
        rates.TOO_MANY, *re.findall(r'line = "([^"]+)"', guards),
    }  # fmt: skip


@pytest.fixture(scope="module")
def used(classifier, tmp_path_factory) -> set[str]:
    """Texts of the page as people see them, most of them with their places filled."""
    folder = tmp_path_factory.mktemp("page")
    return (
        sent_with_the_page(classifier, folder)
        | around_the_page()
        | answered()
        | in_scripts()
        | told_of_the_network(classifier)
        | told_of_a_training()
        | told_of_models(folder)
    )


def known_as(text: str, words: dict[str, str]) -> set[str]:
    """The texts of the table that stand for one of the page, as `languages.js` finds them.

    What fills a place may itself be in the table.
    """
    if text in words:
        return {text}
    patterns = sorted(filter(PLACES.search, words), key=lambda own: -len(PLACES.sub("", own)))
    for own in patterns:
        parts = map(re.escape, PLACES.split(own))
        if found := re.fullmatch("(.+?)".join(parts), text):
            return {own, *(value for value in found.groups() if value in words)}
    return set()


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_of_the_page_is_missing_and_none_is_left_over(used, language):
    words = table(language)
    known = {text: known_as(text, words) for text in used}
    assert {text for text, own in known.items() if not own} == set()
    assert set(words) - set().union(*known.values()) == set()


@pytest.mark.parametrize("language", OTHERS)
def test_every_translation_has_the_places_of_its_text(language):
    places = re.compile(r"\{\w+\}|</?(?:code|strong|em)>")
    for english, own in table(language).items():
        assert sorted(places.findall(own)) == sorted(places.findall(english)), english
        assert own.strip() == own != "", english
        assert not re.search(r"[<>&]", re.sub(places, "", own)), english  # it goes into HTML


@pytest.mark.parametrize("language", ["zh", "ar"])
def test_another_script_is_written_in_it(language):
    written = {"zh": r"[\u4e00-\u9fff]", "ar": r"[\u0600-\u06ff]"}[language]
    latin = {text for text, own in table(language).items() if not re.search(written, own)}
    numerals = {"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
    assert latin - numerals == {"ReLU", "ReLU: {value}"}


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


def test_a_sentence_is_translated_as_a_whole():
    words = "Its file was checked against its card: the SHA-256 <code>{digest}</code> is the same."
    assert words in table("de")
    script = '<p>From <span data-fill="score_digit"></span></p>'
    assert translated_html(script, "de") == script
    script = '<h3 title="Map">What adds to <span data-fill="score_digit"></span></h3>'
    assert translated_html(script, "de") == (
        '<h3 title="Landkarte">Was zur <span data-fill="score_digit"></span> beiträgt</h3>'
    )


def test_large_numbers_are_written_as_the_language_does():
    assert [translated("55,000", language) for language in ("en", "de", "zh")] == [
        "55,000", "55\u202f000", "55,000",
    ]  # fmt: skip
