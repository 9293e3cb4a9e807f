"""Numbers on the sketchpad: what is shown while a person writes one, and when it is gone again."""

import re

import pytest
from playwright.sync_api import expect

FOUR = [[(50, 100), (25, 150), (80, 150)], [(65, 125), (65, 190)]]
TWO = [[(108, 120), (120, 98), (145, 100), (150, 125), (110, 185), (160, 185)]]
SEVEN = [[(195, 100), (248, 100), (215, 190)]]
DOUBT = "Not a digit, I think"
FULL, PALE = ("1", "1"), ("0.45", "0.3")  # opacity of the answer, and of the boxes
# Everything that the heading says, also for an instant.
RECORD = """() => {
    const heading = document.querySelector("#answer h2");
    window.said = [];
    new MutationObserver(() => window.said.push(heading.textContent))
        .observe(heading, { childList: true, characterData: true, subtree: true });
}"""


@pytest.fixture
def guest(visit):
    guest = visit()
    guest.page.wait_for_function("() => window.digits?.ready")
    return guest


def write(guest, *digits, lift=True):
    for strokes in digits:
        for stroke in strokes:
            guest.draw(*stroke, steps=4, lift=lift)


def boxes(guest):
    return guest.page.locator("#sketchpad .digit-boxes g")


def shown(guest, opacity):
    """The answer and the boxes are shown, in full or pale."""
    expect(guest.page.locator("#answer .html-container")).to_have_css("opacity", opacity[0])
    expect(guest.page.locator(".digit-boxes")).to_have_css("opacity", opacity[1])


def test_a_number_is_read_and_one_digit_is_shown_as_before(guest):
    write(guest, FOUR)
    expect(guest.heading).to_have_text("4")
    guest.settle()
    parts = [guest.page.locator(name) for name in ("#answer", "#seen", "#network", "#correcting")]
    before = [part.bounding_box() for part in parts if part.count()]
    guest.page.evaluate(RECORD)
    write(guest, TWO)
    expect(guest.heading).to_have_text("42")
    expect(boxes(guest)).to_have_count(2)
    assert boxes(guest).all_text_contents()[0].startswith("4: ")
    assert guest.page.locator("#answer dt").all_inner_texts() == ["4", "2"]
    expect(guest.page.locator("#answer-words")).to_have_text(
        re.compile(r"^\s*(Certain|Probably)\s*$")
    )
    expect(guest.page.locator("#numbers pre")).to_have_text("42")
    expect(guest.page.locator("#network canvas")).not_to_be_visible()  # it reads one digit
    expect(guest.page.get_by_text("Each digit of a number is read by itself")).to_be_visible()
    assert [part.bounding_box() for part in parts if part.count()] == before  # nothing moves
    assert guest.page.evaluate("window.said") == ["42"]
    sent = guest.page.evaluate("JSON.parse(digits.sent)")  # beside the picture
    assert sent["pen"] == 18
    assert [len(stroke) for stroke in sent["strokes"]] == [9, 5, 21]
    guest.button("Undo").click()
    expect(guest.heading).to_have_text("4")
    expect(boxes(guest)).to_have_count(0)
    expect(guest.bars).to_have_count(10)
    expect(guest.page.locator("#network canvas")).to_be_visible()
    write(guest, TWO)
    expect(boxes(guest)).to_have_count(2)
    guest.button("Clear").click()
    expect(boxes(guest)).to_have_count(0)
    expect(guest.heading).to_have_text("Draw a digit")
    expect(guest.page.locator("#numbers pre")).not_to_be_visible()
    write(guest, SEVEN)
    expect(guest.heading).to_have_text("7")
    expect(guest.bars).to_have_count(10)
    guest.settle()
    expect(guest.page.locator("#looked img")).to_be_visible()


def test_while_a_number_grows_the_last_one_is_shown_pale(guest):
    write(guest, FOUR, TWO)
    expect(guest.heading).to_have_text("42")
    guest.settle()
    shown(guest, FULL)
    guest.page.evaluate(RECORD)
    write(guest, SEVEN, lift=False)
    # The browser has read all three as one digit by now, but does not say so.
    guest.page.wait_for_function("() => digits.last.drawing === digits.drawing")
    assert guest.heading.inner_text() == "42"
    shown(guest, PALE)
    guest.page.mouse.up()
    expect(guest.heading).to_have_text("427")
    expect(boxes(guest)).to_have_count(3)
    shown(guest, FULL)
    # The same answer again, to another drawing: the server's last word counts.
    guest.draw((250, 103), (247, 103))
    guest.settle()
    expect(guest.heading).to_have_text("427")
    expect(boxes(guest)).to_have_count(3)
    shown(guest, FULL)
    assert DOUBT not in guest.page.evaluate("window.said")


def test_ten_digits_fit_into_the_ring(visit):
    guest = visit(width=390, height=844)
    guest.button("Pen and examples").click()
    guest.page.locator("#sketchpad .pen input").fill("10")
    guest.button("Pen and examples").click()
    for number in range(10):
        left = 14 + 27 * number
        guest.draw((left, 120), (left + 14, 120), (left + 4, 160), steps=3)
    expect(guest.heading).to_have_text("7777777777")
    expect(boxes(guest)).to_have_count(10)
    expect(guest.bars).to_have_count(10)
    heading, ring = (guest.page.locator(f"#answer {part}") for part in ("h2", ".ring"))
    assert heading.bounding_box()["width"] < ring.bounding_box()["width"] - 14
    assert guest.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
