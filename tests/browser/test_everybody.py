"""Accessibility: keyboard, screen readers, reduced motion and both themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from digits.classifier import DigitClassifier
from digits.page.demo import build_demo, launch_options

TABS = ["Draw", "Upload", "Inside", "Play", "Train", "About"]


@pytest.fixture(scope="module")
def address(classifier, tmp_path_factory):
    """The page with all that it can show: the Train tab, and a choice of models."""
    folder = tmp_path_factory.mktemp("everything")
    DigitClassifier.build("mlp").save(folder / "models" / "untrained.keras")
    demo = build_demo(
        classifier, feedback=folder / "feedback", models=folder / "models", training=True
    )
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield address
    demo.close(verbose=False)
    demo.trainer.let_go()


def faults(page) -> list[str]:
    """What axe-core finds on the page as it stands, serious and worse."""
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {node['html']} {node['any'][:1]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_serious_fault_in_any_tab(visit, width, scheme):
    guest = visit(width=width, height=844, color_scheme=scheme, reduced_motion="reduce")
    assert faults(guest.page) == []
    guest.draw((80, 70), (200, 70), (120, 220))
    expect(guest.heading).to_have_text("7")
    for tab in TABS:
        guest.open_tab(tab)
        guest.settle()
        assert faults(guest.page) == [], tab


@pytest.mark.parametrize(("size", "scheme"), [((640, 420), "light"), ((360, 640), "dark")])
def test_axe_finds_no_serious_fault_in_the_view_for_frames(visit, address, size, scheme):
    guest = visit(f"{address}?embed", width=size[0], height=size[1], color_scheme=scheme)
    assert faults(guest.page) == []
    expect(guest.page.get_by_role("button", name="7", exact=True)).to_be_hidden()  # corrects
    assert guest.canvas.bounding_box()["width"] > 280
    guest.draw((80, 70), (200, 70), (120, 220))
    expect(guest.heading).to_have_text("7")
    guest.settle()
    assert faults(guest.page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_in_any_game_or_part_of_train(visit, scheme):
    guest = visit(color_scheme=scheme, reduced_motion="reduce")
    guest.page.wait_for_function("() => window.digits?.ready")
    parts = {"Play": "#play .choice button", "Train": "#train-parts [role=tab]:visible"}
    for tab, within in parts.items():
        guest.open_tab(tab)
        for button in guest.page.locator(within).all()[1:]:
            button.click()
            guest.settle()
            assert faults(guest.page) == [], button.inner_text()


def test_axe_finds_the_fault_of_a_picture_without_a_text(visit):
    guest = visit()
    guest.page.evaluate("document.querySelector('#title').innerHTML += '<img src=\"data:,\">'")
    assert any(fault.startswith("image-alt") for fault in faults(guest.page))


def test_a_digit_can_be_drawn_by_keys_alone(visit):
    guest = visit()
    page = guest.page
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.tagName") != "CANVAS":
        page.keyboard.press("Tab")
    expect(page.get_by_text("Space puts it down and lifts it")).to_be_visible()
    for key in ["ArrowUp"] * 8 + [" "] + ["ArrowDown"] * 16 + [" "]:  # a bar: 1
        page.keyboard.press(key)
    expect(guest.heading).to_have_text("1")
    guest.settle()
    rows, columns = (guest.last_picture() < 128).nonzero()
    assert (rows.min(), rows.max()) == pytest.approx((51, 228), abs=1)  # 60 to 220 and the pen
    assert (columns.min(), columns.max()) == pytest.approx((131, 148), abs=1)
    sent = len(guest.sent)
    for key in ["ArrowLeft", "Shift+ArrowLeft"]:  # lifted, it moves without a trace
        page.keyboard.press(key)
    guest.settle()
    assert len(guest.sent) == sent
    page.keyboard.press(" ")
    page.keyboard.press(" ")
    guest.settle()
    assert (guest.last_picture() < 128)[220, 120:137].all()  # a dot, 12 further to the left
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    guest.settle()
    assert guest.sent[-1] == ""


def test_the_pen_is_lifted_when_the_keys_go_elsewhere(visit):
    guest = visit()
    guest.canvas.focus()
    guest.page.keyboard.press(" ")
    guest.page.keyboard.press("ArrowDown")
    guest.page.keyboard.press("Tab")
    guest.canvas.focus()
    guest.page.keyboard.press("ArrowDown")
    guest.settle()
    assert (guest.last_picture() < 128).nonzero()[0].max() == pytest.approx(158, abs=1)


def test_every_tab_is_reached_by_keys(visit):
    guest = visit()
    first = guest.page.get_by_role("tab", name="Draw")
    first.focus()
    for tab in TABS[1:]:
        guest.page.keyboard.press("Tab")
        guest.page.keyboard.press("Enter")
        expect(guest.page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")


def test_screen_readers_are_told_the_answer_once_it_has_settled(visit):
    guest = visit()
    announcer = guest.page.locator("#announcer")
    expect(announcer).to_have_attribute("role", "status")
    # When words came to stand on the page and when they were announced, by the page's own clock: on
    # a busy machine an answer on the way may stand long enough to be announced, too.
    guest.page.evaluate(
        """() => {
            window.events = [];
            for (const name of ["#answer h2", "#answer-words", "#announcer"]) {
                const place = document.querySelector(name);
                let text = place.textContent;
                new MutationObserver(() => {
                    if (place.textContent === text) return;
                    text = place.textContent;
                    window.events.push([name, text.trim(), performance.now()]);
                }).observe(place, {childList: true, subtree: true, characterData: true});
            }
        }"""
    )
    guest.draw((80, 70), (200, 70), (120, 220), steps=30)
    expect(announcer).to_have_text("7, certain")
    since, announced = {}, []
    for place, words, time in guest.page.evaluate("window.events"):
        if place != "#announcer":
            since.setdefault(words, time)
        elif words:
            announced.append(words)
            # "7, certain" stands in two places, a doubt in one.
            digit, _, phrase = words.partition(", ")
            parts = [digit, phrase.capitalize()] if digit.isdecimal() else [words]
            assert min(time - since[part] for part in parts) > 600  # milliseconds; it waits 700
    assert len(announced) == len(set(announced)) >= 1
    guest.button("Clear").click()
    expect(announcer).to_have_text("")
    guest.draw((60, 220), (60, 60), (140, 170), (220, 60), (220, 220))  # the letter M
    expect(announcer).to_have_text("Not a digit, I think")


def test_without_motion_an_example_stands_there_at_once(visit):
    guest = visit(reduced_motion="reduce")
    guest.page.get_by_role("button", name="a crossed 7").click()
    expect(guest.heading).to_have_text("7")
    guest.settle()
    assert len(guest.sent) == 1
    durations = guest.page.evaluate(
        "[...document.querySelectorAll('*')].map((e) => getComputedStyle(e).transitionDuration)"
    )
    assert set(durations) <= {"0s"}
