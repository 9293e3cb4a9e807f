"""The page in German and in Arabic, from right to left."""

import re

import pytest
from playwright.sync_api import expect

SEVEN = [(80, 70), (200, 70), (120, 220)]


def tab_names(guest) -> list[str]:
    names = guest.page.locator("#tabs > .tab-wrapper [role=tab]").all_inner_texts()
    return [name.strip() for name in names if name.strip()]


def overflow(guest) -> int:
    return guest.page.evaluate("document.documentElement.scrollWidth - innerWidth")


def test_a_german_browser_gets_a_german_page(visit):
    guest = visit(locale="de-DE")
    assert guest.page.title() == "Zeichne eine Ziffer"
    assert guest.page.locator("html").get_attribute("lang") == "de"
    assert tab_names(guest) == ["Zeichnen", "Foto", "Einblick", "Spielen", "Info"]
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    expect(guest.page.locator("#answer-words")).to_have_text("Sicher")
    expect(guest.bars.nth(7)).to_have_attribute("aria-label", "Zuversicht für 7")
    guest.page.locator("#correcting").get_by_role("button", name="7").click()
    expect(guest.page.locator("#kept")).to_have_text("Danke. Als 7 aufbewahrt.")
    guest.open_tab("Foto")
    guest.page.get_by_role("button", name="Eine Seite voller Zahlen").click()
    expect(guest.page.locator("#photo-answer-words")).to_contain_text("Ziffern in")


def test_an_arabic_page_runs_from_right_to_left(visit, address):
    guest = visit(f"{address}?lang=ar", width=390, height=844, locale="de-DE", has_touch=True)
    assert guest.page.locator("html").get_attribute("dir") == "rtl"
    assert tab_names(guest) == ["ارسم", "صورة", "من الداخل", "العب", "حول"]
    guest.draw(*SEVEN)
    expect(guest.page.locator("#answer-words")).to_have_text("مؤكد")
    assert overflow(guest) == 0
    # The title begins on the right, and the drawing is no mirror image.
    directions = {
        part: guest.page.locator(part).first.evaluate("part => getComputedStyle(part).direction")
        for part in ["#title h1", "#sketchpad .paper", "#answer", "footer", "#network canvas"]
    }
    assert directions == {
        "#title h1": "rtl", "#sketchpad .paper": "ltr", "#answer": "rtl", "footer": "rtl",
        "#network canvas": "ltr",
    }  # fmt: skip
    expect(guest.page.locator("footer")).to_contain_text("الإعدادات")  # a word of Gradio's own
    for tab in ["صورة", "العب", "حول", "من الداخل"]:
        guest.open_tab(tab)
        assert overflow(guest) == 0
        gradios = {"Upload file", "Capture from camera", "Paste from clipboard"}  # of its image
        assert guest.not_in_arabic() - gradios == set()
    # The last of them has a lesson, which computes what it says.
    lesson = guest.page.locator("#inside-lesson .course")
    for words in lesson.get_by_role("radio").all():
        words.check(force=True)
        for step in lesson.locator("nav button").all():
            step.click()
            assert guest.not_in_arabic() == set()
            assert overflow(guest) == 0
    directions = {
        part: guest.page.locator(part).first.evaluate("part => getComputedStyle(part).direction")
        for part in ["#inside-lesson h2", "#inside-lesson .player", "#inside-layers table"]
    }
    assert directions == {
        "#inside-lesson h2": "rtl", "#inside-lesson .player": "ltr", "#inside-layers table": "rtl"
    }  # fmt: skip
    # A number keeps its sign to its left: the isolate runs from left to right.
    scores = lesson.locator("section[data-step=scores] .sum").text_content()
    assert re.search("\u2066[+−]\\d+\\.\\d+\u2069", scores)


def test_long_words_widen_nothing_on_a_phone_held_sideways(visit):
    guest = visit(width=844, height=390, locale="de-DE", has_touch=True)
    guest.open_tab("Einblick")
    lesson = guest.page.locator("#inside-lesson .course")
    side, step = lesson.locator("aside"), lesson.locator("h2:visible")
    expect(step).to_have_text("Ein Bild besteht aus Zahlen")
    ends = side.locator("> *, .beside > *").evaluate_all(
        "parts => parts.map((part) => part.getBoundingClientRect().right)"
    )
    assert max(ends) < step.bounding_box()["x"]
    words = side.locator("button, label").evaluate_all(
        "parts => parts.filter((part) => part.scrollWidth > part.clientWidth)"
        ".map((part) => part.textContent)"
    )
    assert words == []


@pytest.mark.parametrize("asked", ["?lang=en", "?lang=xx"])
def test_an_address_may_ask_for_a_language(visit, address, asked):
    guest = visit(address + asked, locale="es-ES" if asked == "?lang=xx" else "de-DE")
    expect(guest.heading).to_have_text({"?lang=en": "Draw a digit"}.get(asked, "Dibuja un dígito"))
