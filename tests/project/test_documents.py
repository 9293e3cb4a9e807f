"""README, docs/ and the other pages agree with the project and with each other."""

import importlib
import json
import re

import pytest
from documents import DOCUMENTS, ROOT, anchors, blocks, name, prose, read, sentences

from benchmarks import accuracy
from digits.data.digit_forms import DIGIT_FORMS
from digits.page.guards import rates
from docs import make_docs

FIGURES = ROOT / "docs" / "figures.md"
HOW_IT_WORKS = ROOT / "docs" / "how-it-works.md"
README = ROOT / "README.md"
MADE_BY_COMMANDS = {
    "models/again.keras",
    "models/corrected.keras",
    "models/mlp.json",
    "models/mlp.keras",
    "models/my_mlp.keras",
    "models/my_three_conv.keras",
    "models/two_conv.keras",
    "models/<architecture>.keras",
}


def card() -> dict:
    return json.loads(read(ROOT / "models" / "mnist_model.json"))


def row(beginning: str) -> str:
    """The figure in the card's benchmark whose row begins so."""
    (figure,) = (value for what, value in card()["benchmark"].items() if what.startswith(beginning))
    return figure


# ---- README


def test_the_readme_is_short():
    assert 700 <= len(read(README).split()) <= 1000


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("crossed seven", "digits/data/digit_forms.py"),
        (f"{rates.BROWSER.per_second} requests per second", "digits/page/guards/rates.py"),
        ("`figures`", "notebooks/training.ipynb"),
        ("`benchmark`", "benchmarks/accuracy.py"),
    ],
)
def test_the_readme_tells_where_to_find(words, place):
    assert any(words in line and f"`{place}`" in line for line in read(README).splitlines())


def test_what_the_readme_says_of_these_places_is_true():
    assert any("crossed" in line for line in read(ROOT / "digits/data/digit_forms.py").splitlines())
    assert DIGIT_FORMS[7][1].count("|") == 1  # a stroke, and the one that crosses it
    assert set(card()) >= {"figures", "benchmark"}


def test_the_readme_leads_to_every_page():
    linked = set(re.findall(r"\]\(([\w/.-]+\.md)\)", read(README)))
    assert linked == {name(page) for page in DOCUMENTS} - {"README.md"}


# ---- paths and links


@pytest.mark.parametrize("page", DOCUMENTS, ids=name)
def test_every_path_that_is_named_exists(page):
    rooms = "assets|benchmarks|digits|docs|models|notebooks|tests"
    named = set(re.findall(rf"[` (]((?:{rooms})/[\w./<>-]*[\w/>])(?=[`) ])", prose(page)))
    for block in blocks():
        if block.page == name(page):
            named |= set(re.findall(rf"(?:^|[\s\"'])((?:{rooms})/[\w./-]*\w)", block.code))
    assert {path for path in named if not (ROOT / path).exists()} <= MADE_BY_COMMANDS
    files = re.findall(r"`([\w-]+\.(?:txt|py|cff|md))`", prose(page))
    files += re.findall(r"install -r (\S+?)`?$", read(page), re.MULTILINE)
    assert [file for file in files if not (ROOT / file).exists()] == []


@pytest.mark.parametrize("page", DOCUMENTS, ids=name)
def test_every_name_in_the_package_exists(page):
    for dotted in set(re.findall(r"`(digits(?:\.\w+)+)", read(page))):
        parts = dotted.split(".")
        for length in range(len(parts), 0, -1):
            try:
                found = importlib.import_module(".".join(parts[:length]))
            except ModuleNotFoundError:
                continue
            break
        for attribute in parts[length:]:
            found = getattr(found, attribute)


@pytest.mark.parametrize("page", DOCUMENTS, ids=name)
def test_every_link_leads_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", read(page)):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert ROOT in target.parents, link
        if anchor:
            assert anchor in anchors(target), link


# ---- what is generated


def test_the_generated_parts_are_up_to_date():
    for part in make_docs.generated():
        content = read(part.page)
        assert make_docs.replaced(content, part) == content, "run 'make docs'"


def test_docstrings_become_markdown():
    docstring = """Read a picture.

model = load()
model.read("seven.png")

Args:
    picture: a path
        or an array.
    size, width: in pixels.

Returns:
    The digit,
    or None.

Raises:
    ImageError: it is none.

Source: somebody,
2017.
"""
    assert make_docs.markdown(docstring.strip()) == (
        "Read a picture.\n\n"
        '    model = load()\n    model.read("seven.png")\n\n'
        "**Arguments**\n\n- `picture`: a path or an array.\n- `size, width`: in pixels.\n\n"
        "**Returns**: The digit, or None.\n\n"
        "**Raises**\n\n- `ImageError`: it is none.\n\n"
        "**Source**: somebody, 2017.\n"
    )


def test_how_it_works_tells_what_each_module_is_for():
    modules = [path for path in (ROOT / "digits").rglob("*.py") if path.name != "__init__.py"]
    assert len(modules) > 30
    text = read(HOW_IT_WORKS)
    assert [name(path) for path in modules if f"| `{name(path)}` | " not in text] == []
    assert "|  |" not in text  # each row says something


# ---- figures


def test_the_table_of_figures_is_the_cards_benchmark():
    table = read(FIGURES).partition(f"{accuracy.START}\n")[2].partition(f"\n{accuracy.END}")[0]
    assert table == accuracy.markdown(card()["benchmark"])


@pytest.mark.parametrize("page", DOCUMENTS, ids=name)
def test_no_page_has_a_figure_of_its_own(page):
    measured = r"\d[\d.]*\.\d+%|\b\d[\d.]* (?:ms|minutes)\b"
    assert (
        set(re.findall(measured, prose(page))) - set(re.findall(measured, read(FIGURES))) == set()
    )


@pytest.mark.parametrize("page", DOCUMENTS, ids=name)
@pytest.mark.parametrize("part", ["MNIST test", "test writers"])
def test_one_figure_is_published_for_each_test_set(page, part):
    beginning = {"MNIST test": "**MNIST", "test writers": "**Pen digits"}[part]
    for sentence in sentences(page):
        if part in sentence and re.search(r"\d\.\d\d%", sentence):
            assert row(beginning) in sentence


def test_the_published_figures_are_in_the_readme():
    for beginning in ("**MNIST test**", "**Pen digits of the test writers**"):
        assert f"| {row(beginning)} of " in read(README)


def test_notebook_and_benchmark_give_one_figure_for_one_thing():
    """Both read the same drawings of the test writers, so the card's two parts agree."""
    pen = card()["figures"]["pen_test_writers"]
    assert f"{pen['accuracy']:.2%}" == row("**Pen digits of the test writers**")
    assert f"{pen['accuracy_by_digit'][9]:.2%}" == row("digit 9").split(", ")[1]
    assert f"{pen['calibration_error']:.2%}" == row("calibration error (15 bins), pen")


def test_figures_in_words_match_the_table():
    mnist, pen = row("**MNIST test**"), row("**Pen digits of the test writers**")
    shares = [float(row(f"digit {d}").split(", ")[1].rstrip("%")) for d in range(10)]
    hardest, second, *_ = sorted(range(10), key=lambda digit: shares[digit])
    assert (hardest, second) == (4, 9)
    fours, nines = (row(f"digit {digit}").split(", ")[1] for digit in (4, 9))
    text = read(FIGURES)
    assert f"One in {one_in(fours)} fours of the test writers is misread" in read(README)
    assert f"Fours are the hardest: one in {one_in(fours)} is misread" in text
    assert f"of nines it is one in {one_in(nines)}" in text
    numbers = {3: "Three", 4: "Four", 5: "Five", 6: "Six", 7: "Seven", 8: "Eight", 9: "Nine"}
    assert f"{numbers[round(10 * misread(pen))]} in a thousand of the test writers'" in text
    assert f"{numbers[round(10 * misread(mnist))]} in a thousand MNIST test images" in text
    signs = row("signs never trained on").split("; ")[2]
    assert f"at the page's threshold it declines {signs} of them" in text


def misread(accuracy: str) -> float:
    """How many of a hundred."""
    return 100 - float(accuracy.rstrip("%"))


def one_in(accuracy: str) -> int:
    return round(100 / misread(accuracy))
