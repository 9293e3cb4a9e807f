"""The games: the network in the browser judges, and nothing goes to the server."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.page.examples import centred

FOUR = [[(100, 60), (90, 130), (180, 130)], [(180, 50), (180, 240)]]
ROOF = [(100, 60), (140, 40), (180, 60)]  # which closes it


def strokes_of(digit: int) -> list:
    return centred(parse_form(DIGIT_FORMS[digit][0]), 280)


@pytest.fixture
def player(visit):
    """A visit with the Play tab open, and the network there."""

    def start(**settings):
        guest = visit(**settings)
        guest.page.wait_for_function("() => window.digits?.ready")
        guest.settle()
        guest.open_tab("Play")
        expect(guest.page.locator("#play .main")).to_be_enabled()
        return guest

    return start


def draw(guest, strokes) -> None:
    canvas = guest.page.locator("#play-pad canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for stroke in strokes:
        points = [
            (box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280)
            for x, y in stroke
        ]
        guest.page.mouse.move(*points[0])
        guest.page.mouse.down()
        for point in points[1:]:
            guest.page.mouse.move(*point)
        guest.page.mouse.up()


# The same by events of the pointer, all at once: the clock runs, and a busy machine moves the mouse
# slowly.
DRAW_AT_ONCE = """(strokes) => {
  const canvas = document.querySelector("#play-pad canvas");
  const box = canvas.getBoundingClientRect();
  const tell = (type, [x, y]) => canvas.dispatchEvent(new PointerEvent(type, {
    pointerId: 9, pointerType: "pen", isPrimary: true, buttons: 1, bubbles: true,
    clientX: box.x + x * box.width / 280, clientY: box.y + y * box.height / 280,
  }));
  for (const points of strokes) {
    tell("pointerdown", points[0]);
    for (const point of points) tell("pointermove", point);
    tell("pointerup", points.at(-1));
  }
}"""


def choose(guest, game: str) -> None:
    guest.page.get_by_role("button", name=game).click()


def test_ten_digits_against_the_clock_make_a_card_and_nothing_is_sent(player):
    guest = player()
    page = guest.page
    guest.sent.clear()
    task = page.locator("#play .task p")
    page.get_by_role("button", name="Start", exact=True).click()
    for digit in range(10):
        expect(task).to_have_text(f"Draw a {digit}")
        page.evaluate(DRAW_AT_ONCE, strokes_of(digit))
    expect(task).to_have_text(re.compile(r"^0 to 9 in \d+\.\d seconds$"))
    card = page.locator("#play .result canvas")
    expect(card).to_have_attribute("aria-label", re.compile("^0 to 9 in .* Your best on this dev"))
    expect(page.locator("#play .tiles")).to_be_hidden()
    best = page.evaluate("localStorage.getItem('digits: best time')")
    assert 0 < float(best) < 20
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as a picture").click()
    assert saved.value.suggested_filename == "0-to-9.png"
    picture = Image.open(io.BytesIO(saved.value.path().read_bytes())).convert("RGB")
    assert picture.size == (1200, 630)
    assert picture.getpixel((5, 5)) == (0x1B, 0x1F, 0x1D)
    assert picture.getpixel((124, 220)) == (0xFF, 0xFE, 0xFB)  # the tile of the first digit
    assert guest.sent == []


def test_a_wrong_digit_does_not_count_and_one_may_be_skipped(player):
    guest = player()
    page = guest.page
    task = page.locator("#play .task p")
    page.get_by_role("button", name="Start", exact=True).click()
    draw(guest, strokes_of(7))
    expect(page.locator("#play .reading output")).to_have_text("7")
    expect(task).to_have_text("Draw a 0")
    page.get_by_role("button", name="Skip").click()
    expect(task).to_have_text("Draw a 1")
    for _ in range(9):
        page.get_by_role("button", name="Skip").click()
    expect(task).to_have_text(re.compile(r"^0 of 10 digits in \d+\.\d seconds$"))
    page.get_by_role("button", name="Again", exact=True).click()
    expect(task).to_have_text("Draw a 0")


def test_a_four_becomes_a_nine_and_the_picture_says_why(player):
    guest = player(reduced_motion="reduce")
    page = guest.page
    choose(guest, "Fool it")
    task, steps = page.locator("#play .task p"), page.locator("#play .steps li")
    expect(task).to_have_text("Draw a 4 that it takes for a 9")
    draw(guest, FOUR)
    expect(steps.nth(0)).to_have_class("done")
    expect(steps.nth(1)).to_have_class("now")
    # Its ink speaks for the 4, in blue, once the pen is up.
    page.wait_for_function(
        """() => {
            const canvas = document.querySelector("#play .why canvas");
            const pixels = canvas.getContext("2d").getImageData(0, 0, 28, 28).data;
            let [red, blue] = [0, 0];
            for (let i = 0; i < pixels.length; i += 4) {
                if (pixels[i + 3] < 200) continue;
                if (pixels[i] > pixels[i + 2] + 60) red += 1;
                if (pixels[i + 2] > pixels[i] + 40) blue += 1;
            }
            return blue > 10 && blue > red;
        }"""
    )
    draw(guest, [ROOF])
    expect(task).to_have_text("Fooled: it takes your 4 for a 9")
    expect(page.get_by_role("button", name="Save as a picture")).to_be_visible()
    page.get_by_role("button", name="Another", exact=True).click()
    expect(task).not_to_have_text(re.compile("4 that it takes for a 9|Fooled"))
    expect(steps.nth(0)).to_have_class("now")


def test_a_slider_turns_one_digit_into_another_and_the_answer_tips_over(player):
    guest = player(reduced_motion="reduce")
    page = guest.page
    choose(guest, "Morph")
    slider, answer = page.get_by_role("slider", name="From the first"), "#play .reading output"
    runs = page.locator("#play .strip span")
    expect(runs.first).to_have_text("3")
    expect(runs.last).to_have_text("8")
    assert slider.input_value() == "50"  # without motion it does not move by itself
    draw(guest, strokes_of(1))  # the first digit, in the place of the 3
    expect(page.locator(answer)).to_have_text("1")
    page.get_by_role("button", name="Now the second").click()
    draw(guest, strokes_of(0))
    expect(page.locator(answer)).to_have_text("0")
    expect(runs.first).to_have_text("1")
    expect(runs.last).to_have_text("0")
    for key, digit in [("Home", "1"), ("End", "0")]:
        slider.press(key)
        expect(page.locator(answer)).to_have_text(digit)
        column = page.locator(f"#play .columns li:nth-child({int(digit) + 1})")
        expect(column).to_have_class("largest")


@pytest.mark.parametrize("size", [(390, 844), (844, 390), (320, 568)])
def test_games_fit_small_screens(player, size):
    width, height = size
    guest = player(width=width, height=height, has_touch=True)
    for game in ("0 to 9 in 20 seconds", "Fool it", "Morph"):
        choose(guest, game)
        assert guest.page.evaluate("document.documentElement.scrollWidth") == width
        boxes = [
            button.bounding_box()
            for button in guest.page.locator("#play button").all()
            if button.is_visible()
        ]
        assert min(box["height"] for box in boxes) >= 44
        assert np.all([box["x"] + box["width"] <= width for box in boxes])
