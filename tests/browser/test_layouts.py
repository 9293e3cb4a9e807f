"""The Draw tab at every size: on phones, held upright and sideways, and on a projector."""

import re

import pytest
from playwright.sync_api import expect

SEVEN = [(80, 70), (200, 70), (120, 220)]
PHONE = {"has_touch": True, "is_mobile": True}


def box(guest, name: str) -> dict:
    return guest.page.locator(name).first.bounding_box()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 568)])
def test_on_a_phone_the_pad_is_wide_and_the_tools_are_below_the_thumb(visit, width, height):
    guest = visit(width=width, height=height, **PHONE)
    page = guest.page
    expect(page.locator("#promise")).to_contain_text("admits its doubts")
    expect(page.locator("#promise p")).to_be_visible()
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    expect(page.locator("#promise")).to_be_hidden()
    pad, answer = guest.canvas.bounding_box(), box(guest, "#answer")
    assert pad["width"] >= 0.92 * width
    assert 0 <= answer["y"] - pad["y"] - pad["height"] <= 16
    bar = box(guest, "#sketchpad .tools")
    assert bar["y"] + bar["height"] == height
    more = guest.button("Pen and examples")
    example = guest.button("an open 4")
    expect(example).to_be_hidden()
    more.tap()
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("slider", name="Pen width")).to_be_focused()
    page.wait_for_timeout(200)  # the sheet has risen
    shown = page.locator("#sketchpad button:visible, #sketchpad input:visible")
    sizes = [part.bounding_box() for part in shown.all()]
    assert len(sizes) == 10  # undo, clear, more; the pen; six examples
    assert min(size["height"] for size in sizes) >= 44
    assert min(size["width"] for size in sizes) >= 44
    page.keyboard.press("Escape")
    expect(example).to_be_hidden()
    expect(guest.heading).to_have_text("7")  # nothing is cleared
    more.tap()
    example.tap()
    expect(example).to_be_hidden()
    expect(guest.heading).to_have_text("4")


@pytest.mark.parametrize(("width", "height"), [(844, 390), (683, 384)])  # a laptop at 200 % zoom
def test_held_sideways_everything_is_side_by_side(visit, width, height):
    guest = visit(width=width, height=height)
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    assert guest.page.evaluate("document.documentElement.scrollWidth") == width
    pad, tools, answer = (box(guest, f"#{part}") for part in ["sketchpad canvas",
                          "sketchpad .tools", "answer"])  # fmt: skip
    assert pad["width"] >= 300
    assert pad["y"] + pad["height"] <= height
    assert pad["x"] + pad["width"] <= tools["x"]
    assert tools["x"] + tools["width"] <= answer["x"]
    last = guest.bars.last.bounding_box()
    assert last["width"] >= 40
    assert last["y"] + last["height"] <= height
    assert last["x"] + last["width"] <= width


@pytest.mark.parametrize(
    ("size", "least", "most", "pad"),
    [((1366, 768), 160, 220, 470), ((1920, 1080), 200, 300, 700)],
)
def test_the_digit_is_large_and_grows_with_the_room(visit, size, least, most, pad):
    guest = visit(width=size[0], height=size[1])
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    assert least <= guest.heading.bounding_box()["height"] <= most
    used = box(guest, "#draw")["width"]
    assert used >= 0.7 * size[0]
    for part in ("#network", "#seen figure", "#looked figure"):  # seen while one draws
        place = box(guest, part)
        assert place["y"] + place["height"] <= size[1]
    assert guest.canvas.bounding_box()["width"] >= pad  # they take nothing from it


def test_pictures_are_framed_when_there_is_something_to_see_and_have_a_legend(visit):
    guest = visit()
    figures = guest.page.locator("#seen figure, #looked figure")
    for figure in figures.all():
        expect(figure).to_have_css("visibility", "hidden")
    expect(guest.page.locator("#title p")).to_be_visible()
    guest.draw(*SEVEN)
    expect(guest.page.locator("#looked .legend")).to_have_text("littlemuch")
    expect(guest.page.locator("#looked .legend")).to_be_visible()
    expect(figures.first).to_be_visible()


def test_a_tie_shows_both_digits_and_shares_the_ring(visit):
    guest = visit()
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    guest.settle()
    guest.page.evaluate(
        """() => {
            const probabilities = [0.01, 0.01, 0.01, 0.01, 0.5, 0.01, 0.01, 0.01, 0.01, 0.42];
            const detail = { ...digits.last, probabilities };
            document.dispatchEvent(new CustomEvent("answer", { detail }));
        }"""
    )
    expect(guest.heading).to_have_text("4 or 9?")
    expect(guest.heading.locator("b")).to_have_text(["4", "9"])
    expect(guest.page.locator("#answer-words")).to_have_text("")
    expect(guest.page.locator("#answer .bar.largest")).to_have_text("450 %")
    ring = guest.page.locator("#answer .ring")
    expect(ring.locator(".first")).to_have_css(
        "stroke-dasharray", re.compile(r"^(50px|calc\(50px\)), 200px$")
    )
    expect(ring.locator(".second")).to_have_css("visibility", "visible")
    expect(ring.locator(".second")).to_have_css("stroke-dashoffset", re.compile("-50px"))


def test_with_forced_colours_ink_ring_and_bars_can_be_told_from_the_page(visit):
    guest = visit(forced_colors="active")
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    guest.page.mouse.move(0, 0)
    shown = guest.shown_picture()
    assert abs(shown[70, 140] - shown[200, 200]) > 150
    colours = guest.page.evaluate(
        """() => ["#answer .ring .first", "body"].map((name) => {
            const style = getComputedStyle(document.querySelector(name));
            return name === "body" ? style.backgroundColor : style.stroke;
        })"""
    )
    assert colours[0] != colours[1]
