"""The page as a visitor uses it: drawing with mouse and finger, in a real browser."""

import time

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import expect

from digits.classifier import DigitClassifier
from digits.page.demo import build_demo, launch_options
from digits.page.sketchpad import Sketchpad

SEVEN = [(80, 70), (200, 70), (120, 220)]
INVITATION = "Draw a digit"
SIZES = {"wide": (1280, 800), "phone": (390, 844)}


def ink(picture) -> np.ndarray:
    return np.asarray(picture) < 128


# ---- drawing and answers


def test_a_seven_drawn_by_mouse_is_read(visit):
    guest = visit()
    expect(guest.heading).to_have_text(INVITATION)
    expect(guest.bars).to_have_count(0)
    parts = [guest.canvas, *map(guest.page.locator, ["#answer", "#seen", "#looked"])]
    before = [part.bounding_box() for part in parts]
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    expect(guest.bars).to_have_count(10)
    assert guest.page.locator("#answer dt").all_inner_texts() == list("0123456789")
    seen = guest.page.locator("#seen img")
    assert seen.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [28, 28]
    assert seen.evaluate("image => getComputedStyle(image).imageRendering") == "pixelated"
    looked = guest.page.locator("#looked img")
    assert looked.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [168, 168]
    expect(guest.page.locator("#answer-words")).to_have_text("Certain")
    assert [part.bounding_box() for part in parts] == before  # nothing moves under the pen
    assert guest.page.title() == "Draw a digit"


def test_the_answer_follows_while_the_pen_is_still_down(visit):
    guest = visit()
    guest.draw((140, 40), (140, 240), lift=False)
    expect(guest.heading).to_have_text("1")
    x, y = 140, 240
    page = guest.page
    page.mouse.up()
    guest.button("Clear").click()
    expect(guest.heading).to_have_text(INVITATION)
    guest.draw(*SEVEN, lift=False)
    expect(guest.heading).to_have_text("7")
    assert page.evaluate("document.querySelector('#sketchpad canvas.drawing') !== null")
    page.mouse.move(*guest.at(x, y))
    page.mouse.up()
    assert page.evaluate("document.querySelector('#sketchpad canvas.drawing') === null")


def test_a_seven_drawn_by_finger_is_read_and_the_page_stays_put(visit):
    guest = visit(width=390, height=600, has_touch=True, is_mobile=True)
    guest.touch("touchStart", SEVEN[0])
    for start, end in zip(SEVEN, SEVEN[1:], strict=False):
        for step in np.linspace(0, 1, 8):
            x, y = (1 - step) * np.array(start) + step * np.array(end)
            guest.touch("touchMove", (float(x), float(y)))
    expect(guest.heading).not_to_have_text(INVITATION)  # while the finger is down
    guest.touch("touchEnd")
    expect(guest.heading).to_have_text("7")
    assert guest.page.evaluate("document.documentElement.scrollHeight > innerHeight")
    assert guest.page.evaluate("scrollY") == 0


def test_a_second_finger_draws_nothing(visit):
    guest = visit(has_touch=True)
    guest.touch("touchStart", (60, 40))
    guest.touch("touchStart", (60, 40), (220, 40))
    for y in range(60, 241, 20):
        guest.touch("touchMove", (60, y), (220, y))
    guest.touch("touchEnd")
    expect(guest.heading).not_to_have_text(INVITATION)
    guest.settle()
    columns = np.flatnonzero(ink(guest.last_picture()).any(axis=0))
    assert (columns.min(), columns.max()) == pytest.approx((51, 68), abs=1)


def test_a_tap_makes_a_dot_as_wide_as_the_pen(visit):
    guest = visit()
    guest.page.mouse.click(*guest.at(100, 180))
    expect(guest.heading).not_to_have_text(INVITATION)
    rows, columns = np.nonzero(ink(guest.last_picture()))
    assert (columns.mean(), rows.mean()) == pytest.approx((99.5, 179.5), abs=1)
    assert np.ptp(columns) + 1 == pytest.approx(18, abs=1)
    assert np.ptp(rows) + 1 == pytest.approx(18, abs=1)


def test_corners_are_rounded_into_curves(visit):
    guest = visit()
    guest.draw((60, 60), (220, 60), (220, 220), steps=1)
    guest.settle()
    picture = ink(guest.last_picture())
    # The curve from (60, 60) bends towards the corner and meets the next side half-way down.
    assert picture[80, 180]
    assert picture[[140, 219], 220].all()
    assert not picture[50:80, 210:240].any()


def test_the_pen_width_is_that_of_the_line(visit):
    guest = visit()
    pen = guest.page.get_by_role("slider", name="Pen width")
    assert pen.evaluate("pen => [pen.min, pen.max, pen.value]") == ["10", "26", "18"]
    for key, width in [("Home", 10), ("End", 26)]:
        pen.press(key)
        guest.draw((60, 140), (220, 140))
        expect(guest.button("Undo")).to_be_enabled()
        guest.settle()
        assert ink(guest.last_picture())[:, 140].sum() == pytest.approx(width, abs=1)
        guest.button("Clear").click()


def test_a_stroke_goes_on_outside_the_canvas_and_ends_there(visit):
    guest = visit()
    guest.draw((140, 140), (-40, 140), (-40, 220), (140, 220))
    guest.settle()
    picture = ink(guest.last_picture())
    assert picture[[140, 220], 2].all()  # left and came back ...
    assert not picture[170:190].any()  # ... and went down outside
    guest.draw((200, 60), (320, 60))  # released outside
    guest.settle()
    before = len(guest.sent)
    guest.page.mouse.move(*guest.at(200, 200), steps=5)
    guest.settle()
    assert len(guest.sent) == before
    assert not ink(guest.last_picture())[180:210, 190:210].any()


# ---- undo and clear


def test_undo_takes_strokes_back_one_by_one(visit):
    guest = visit()
    undo, clear = guest.button("Undo"), guest.button("Clear")
    expect(undo).to_be_disabled()
    expect(clear).to_be_disabled()
    guest.draw((140, 40), (140, 240))
    guest.settle()
    one = guest.last_picture()
    guest.draw((60, 100), (100, 100))
    guest.draw((60, 200), (100, 200))
    guest.settle()
    assert ink(guest.last_picture())[[100, 200], 80].all()
    undo.click()
    guest.page.keyboard.press("Control+z")
    guest.settle()
    assert (guest.last_picture() == one).all()
    expect(clear).to_be_enabled()
    guest.page.keyboard.press("Meta+z")
    expect(guest.heading).to_have_text(INVITATION)
    expect(undo).to_be_disabled()
    expect(clear).to_be_disabled()
    assert guest.sent[-1] == ""


def test_clear_empties_everything(visit):
    guest = visit()
    for clear in [guest.button("Clear").click, lambda: guest.page.keyboard.press("Escape")]:
        guest.draw(*SEVEN)
        expect(guest.heading).to_have_text("7")
        clear()
        expect(guest.heading).to_have_text(INVITATION)
        expect(guest.bars).to_have_count(0)
        expect(guest.page.locator("#seen img")).to_have_count(0)
        expect(guest.button("Undo")).to_be_disabled()
        guest.settle()
        assert guest.sent[-2:].count("") == 1  # sent, and once
        guest.page.evaluate("document.activeElement.blur()")  # or the keys' cursor would show
        assert np.ptp(guest.shown_picture()[10:-10, 10:-10]) < 20  # the squares of the paper


def test_keys_typed_into_a_text_field_are_left_alone(visit):
    guest = visit()
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    guest.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<input id=other>')")
    guest.page.locator("#other").press_sequentially("text")
    guest.settle()
    sent = len(guest.sent)
    for key in ["Control+z", "Escape"]:
        guest.page.keyboard.press(key)
    guest.settle()
    assert len(guest.sent) == sent
    expect(guest.heading).to_have_text("7")
    guest.page.locator("#other").evaluate("field => field.remove()")
    guest.page.keyboard.press("Control+Shift+z")  # other keys are not ours either
    guest.settle()
    assert len(guest.sent) == sent


def test_the_tools_work_by_keyboard_with_a_visible_focus(visit):
    guest = visit()
    guest.draw((60, 60), (200, 60))
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    focused = "document.activeElement.getAttribute('aria-label')"
    names = []
    for _ in range(3):
        guest.page.keyboard.press("Tab")
        names.append(guest.page.evaluate(focused))
        outline = guest.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
    assert names == ["Undo the last stroke", "Clear the sketchpad", "Pen width"]
    guest.button("Clear").press("Enter")
    expect(guest.heading).to_have_text(INVITATION)


# ---- what is sent


def test_what_is_sent_is_what_is_shown(visit):
    guest = visit(device_scale_factor=2)
    guest.draw(*SEVEN)
    guest.draw((90, 150), (190, 150))
    guest.page.mouse.move(0, 0)
    guest.settle()
    sent, shown = guest.last_picture(), guest.shown_picture()
    assert sent[70, 140] == sent[150, 110] == 0
    assert sent[5, 5] == sent[250, 200] == 255
    difference = ink(sent) != ink(shown)
    assert difference.sum() < 0.03 * ink(sent).sum()


def test_what_is_sent_depends_on_no_theme_density_or_size(visit):
    pictures = {}
    for name, settings in {
        "plain": {},
        "dark": {"color_scheme": "dark"},
        "dense": {"device_scale_factor": 3},
        "phone": {"width": 390, "height": 844, "device_scale_factor": 1.5},
    }.items():
        guest = visit(**settings)
        guest.draw(*SEVEN)
        expect(guest.heading).to_have_text("7")
        guest.settle()
        pictures[name] = guest.last_picture()
        # On the screen it is crisp: a pixel of the canvas for each of the screen.
        pixels, side = guest.canvas.evaluate("canvas => [canvas.width, canvas.clientWidth]")
        assert pixels == round(side * settings.get("device_scale_factor", 1))
    plain = ink(pictures["plain"])
    for name, picture in pictures.items():
        # A pixel of the edge may differ: the mouse stops at whole pixels of the screen.
        assert (ink(picture) != plain).sum() < 0.06 * plain.sum(), name
    assert (pictures["plain"] == pictures["dark"]).all()


def reads_by_itself(guest) -> None:
    """Wait until the browser has the network."""
    guest.page.wait_for_function("() => digits.ready")


def test_the_server_is_asked_once_at_the_end_of_a_stroke(visit):
    guest = visit()
    reads_by_itself(guest)
    guest.draw(*SEVEN, steps=40, lift=False)
    expect(guest.heading).to_have_text("7")
    guest.page.wait_for_timeout(300)
    assert guest.sent == []
    guest.page.mouse.up()
    guest.settle()
    assert len(guest.sent) == 1
    guest.draw((90, 150), (190, 150))
    guest.settle()
    assert len(guest.sent) == 2


def test_at_most_about_twelve_pictures_a_second_and_none_twice(visit):
    guest = visit()
    reads_by_itself(guest)
    guest.page.evaluate("digits.ready = false")  # as where the browser cannot read
    mouse = guest.page.mouse
    left, top = guest.at(0, 0)
    mouse.move(left + 40, top + 140)
    start = time.monotonic()
    mouse.down()
    turn = 0
    while time.monotonic() - start < 2:
        turn += 1
        mouse.move(left + 40 + 4 * (turn % 80), top + 40 + 4 * (turn % 83), steps=4)
    mouse.up()
    lasted = time.monotonic() - start
    expect(guest.heading).not_to_have_text(INVITATION)
    guest.settle()
    assert 3 <= len(guest.sent) <= lasted / 0.08 + 2
    assert 4 * turn > len(guest.sent)  # it was not the mouse that was slow
    assert len(set(guest.sent)) == len(guest.sent)


def test_one_stroke_at_rest_sends_nothing_more(visit):
    guest = visit()
    reads_by_itself(guest)
    guest.page.evaluate("digits.ready = false")  # as where the browser cannot read
    guest.draw(*SEVEN, lift=False)
    guest.settle()
    sent = len(guest.sent)
    guest.page.wait_for_timeout(500)
    guest.page.mouse.up()
    guest.settle()
    assert len(guest.sent) == sent


def test_each_movement_is_read_when_it_happens_and_counts_once(visit):
    guest = visit()
    guest.page.evaluate("""() => {
      window.readAt = [];
      let moving = "";
      for (const kind of ["pointerrawupdate", "pointermove", "pointerup"]) {
        addEventListener(kind, () => { moving = kind; }, { capture: true });
      }
      document.addEventListener("drawing", () => readAt.push(moving));
    }""")
    guest.draw((60, 80), (200, 80), steps=7)
    moves = guest.page.evaluate(
        "readAt.slice(-8)"
    )  # those before are of a page that drew by itself
    assert moves == [*7 * ["pointerrawupdate"], "pointerup"]
    (line,) = guest.page.evaluate("digits.strokes.map(({ points }) => points)")
    assert [x for x, _ in line] == pytest.approx([60, 80, 100, 120, 140, 160, 180, 200], abs=1)


def test_the_last_picture_wins_over_a_slow_server(visit, classifier):
    class Slow(DigitClassifier):
        def predict(self, image):
            time.sleep(0.4)
            return super().predict(image)

    demo = build_demo(Slow(classifier.model))
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    try:
        guest = visit(address)
        start = time.monotonic()
        guest.draw((140, 40), (140, 240), steps=30)  # a 1 ...
        guest.page.keyboard.press("Escape")
        guest.draw(*SEVEN, steps=30)  # ... and at once a 7
        lasted = time.monotonic() - start
        expect(guest.heading).to_have_text("7", timeout=5000)
        guest.page.wait_for_timeout(1000)
        expect(guest.heading).to_have_text("7")
        assert len(guest.sent) <= lasted / 0.4 + 3  # nothing piled up
    finally:
        demo.close(verbose=False)


# ---- looks


def test_the_ink_follows_the_theme(visit):
    guest = visit(color_scheme="dark")
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    guest.page.mouse.move(0, 0)
    dark = guest.shown_picture()
    assert dark[70, 140] > 200  # light ink
    assert dark[200, 200] < 60  # on dark paper
    guest.page.evaluate("document.body.classList.remove('dark')")
    guest.settle()
    light = guest.shown_picture()
    assert light[70, 140] < 60
    assert light[200, 200] > 200


def test_a_drawing_survives_another_window_size(visit):
    guest = visit()
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    guest.page.mouse.move(0, 0)
    wide = guest.shown_picture()
    guest.page.set_viewport_size({"width": 390, "height": 844})
    guest.settle()
    assert guest.canvas.bounding_box()["width"] < 390
    assert (ink(guest.shown_picture()) != ink(wide)).sum() < 0.06 * ink(wide).sum()
    guest.page.locator("#sketchpad").evaluate("block => { block.style.maxWidth = '200px' }")
    guest.settle()
    assert guest.canvas.evaluate("canvas => canvas.width === canvas.clientWidth")
    guest.draw((90, 150), (190, 150))  # and it can be drawn on
    guest.settle()
    assert ink(guest.last_picture())[150, 100:180].all()


def test_a_doubt_is_said_in_words_that_fit(visit, screenshots):
    guest = visit(width=390, height=844)
    before = guest.page.locator("#seen").bounding_box()
    guest.draw((60, 220), (60, 60), (140, 170), (220, 60), (220, 220))  # the letter M
    guest.settle()
    expect(guest.heading).to_have_text("Not a digit, I think")
    expect(guest.page.locator("#answer-words")).to_have_text("")  # it is said once
    expect(guest.bars).to_have_count(10)
    expect(guest.page.locator("#answer.doubt")).to_be_visible()
    heading = guest.heading.bounding_box()
    ring = guest.page.locator("#answer .ring").bounding_box()
    assert heading["width"] < ring["width"]  # it stands within the ring
    assert heading["height"] < ring["height"]
    assert guest.page.locator("#seen").bounding_box() == before  # nothing has moved
    guest.shot(screenshots, "phone-light-doubt")


def test_a_label_with_markup_is_text(visit):
    label = """"><img src=x onerror=alert(1)> &'`${1}{{value}}"""
    with gr.Blocks(analytics_enabled=False) as demo:
        Sketchpad(label=label, elem_id="sketchpad", pen_width=12)
        gr.Label("Ready", elem_id="answer")
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    try:
        guest = visit(address)
        assert guest.canvas.get_attribute("aria-label") == label
        assert guest.page.locator("#sketchpad img[src]").count() == 0
        assert guest.page.get_by_role("slider", name="Pen width").input_value() == "12"
    finally:
        demo.close(verbose=False)


def test_another_size_and_other_pens_are_obeyed(visit):
    with gr.Blocks(analytics_enabled=False) as demo:
        pad = Sketchpad(
            elem_id="sketchpad",
            side=140,
            pen_widths=range(4, 9),
            pen_width=6,
            examples={"a bar": [np.linspace((0, 0), (0, 9), 50)]},
        )
        answer = gr.Label("Ready", elem_id="answer")
        pad.change(lambda drawing: f"{drawing.width} wide" if drawing else "blank", pad, answer)
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    try:
        guest = visit(address)
        guest.side = 140
        pen = guest.page.get_by_role("slider", name="Pen width")
        assert pen.evaluate("pen => [pen.min, pen.max, pen.value]") == ["4", "8", "6"]
        for key, width in [(None, 6), ("Home", 4), ("End", 8)]:
            if key:
                pen.press(key)
            guest.draw((30, 70), (110, 70))
            expect(guest.heading).to_have_text("140 wide")
            guest.settle()
            picture = ink(guest.last_picture())
            assert picture[:, 70].sum() == pytest.approx(width, abs=1)
            rows, columns = np.nonzero(picture)
            assert rows.mean() == pytest.approx(69.5, abs=1)
            assert np.ptp(columns) + 1 == pytest.approx(80 + width, abs=2)
            guest.button("Clear").click()
            expect(guest.heading).to_have_text("blank")
        guest.draw_example("a bar")
        guest.settle()
        rows, columns = np.nonzero(ink(guest.last_picture()))
        assert np.ptp(rows) + 1 == pytest.approx(0.6 * 140 + 8, abs=2)
        assert (rows.mean(), columns.mean()) == pytest.approx((69.5, 69.5), abs=1)
    finally:
        demo.close(verbose=False)


def test_a_function_can_empty_the_sketchpad(visit):
    with gr.Blocks(analytics_enabled=False) as demo:
        pad = Sketchpad(elem_id="sketchpad")
        answer = gr.Label("Ready", elem_id="answer")
        button = gr.Button("Away with it")
        pad.change(lambda drawing: "ink" if drawing else "blank", pad, answer)
        button.click(lambda: None, None, pad)
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    try:
        guest = visit(address)
        guest.draw(*SEVEN)
        expect(guest.heading).to_have_text("ink")
        guest.page.get_by_role("button", name="Away with it").click()
        expect(guest.heading).to_have_text("blank")
        expect(guest.button("Undo")).to_be_disabled()
        guest.draw((140, 40), (140, 240))
        expect(guest.heading).to_have_text("ink")
        guest.settle()
        assert not ink(guest.last_picture())[70, 90]  # nothing of the 7 has come back
    finally:
        demo.close(verbose=False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_sketchpad_and_answer_are_seen_without_scrolling(visit, screenshots, size, scheme):
    width, height = SIZES[size]
    phone = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    guest = visit(
        width=width, height=height, color_scheme=scheme, **(phone if size == "phone" else {})
    )
    guest.shot(screenshots, f"{size}-{scheme}-blank")
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    guest.settle()
    guest.shot(screenshots, f"{size}-{scheme}-seven")
    root = "document.documentElement"
    assert guest.page.evaluate(f"{root}.scrollWidth") == width
    pad, answer = guest.canvas.bounding_box(), guest.page.locator("#answer").bounding_box()
    assert pad["width"] == pytest.approx(pad["height"])
    assert pad["width"] >= (0.92 * width if size == "phone" else 440)
    tools = guest.page.locator("#sketchpad .tools").bounding_box()
    assert answer["y"] + answer["height"] <= (tools["y"] if size == "phone" else height)
    words = guest.page.locator("#answer-words div").last.bounding_box()
    ring = guest.page.locator("#answer .ring").bounding_box()
    assert words["y"] >= ring["y"] + ring["height"]
    assert words["x"] + words["width"] <= guest.bars.first.bounding_box()["x"]
    if size == "wide":
        kept = guest.page.locator("#kept").bounding_box()
        assert kept["y"] + kept["height"] <= height
        assert answer["x"] >= pad["x"] + pad["width"]
        assert answer["y"] == pytest.approx(pad["y"], abs=2)
    else:
        assert 0 <= answer["y"] - pad["y"] - pad["height"] <= 16  # right under it


# ---- the hint and the examples


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_empty_page_draws_by_itself_until_the_first_touch(visit, motion):
    guest = visit(reduced_motion=motion)
    at_work = guest.page.locator("#network figure")
    expect(at_work).to_be_visible()  # the network is lit up, though nothing is drawn
    guest.page.wait_for_timeout(1800)
    shown = guest.shown_picture()[30:200, 30:250]  # without the hint below
    assert 180 < shown.min() < 235  # pale ink on white paper
    expect(guest.heading).to_have_text(INVITATION)
    expect(guest.bars).to_have_count(0)
    assert guest.sent == []
    guest.draw((140, 40), (140, 240))
    expect(guest.heading).to_have_text("1")
    guest.button("Clear").click()
    expect(guest.heading).to_have_text(INVITATION)
    expect(at_work).to_be_hidden()
    guest.page.evaluate("document.activeElement.blur()")
    assert np.ptp(guest.shown_picture()[10:-10, 10:-10]) < 20  # the squares of the paper


def test_the_hint_welcomes_and_goes_away_for_good(visit):
    guest = visit()
    hint = guest.page.get_by_text("Draw one digit here")
    expect(hint).to_be_visible()
    guest.draw(*SEVEN)
    expect(hint).to_be_hidden()
    guest.button("Clear").click()
    expect(guest.heading).to_have_text(INVITATION)
    expect(hint).to_be_hidden()
    guest.page.reload()
    guest.canvas.wait_for()
    guest.settle()
    expect(hint).to_be_hidden()


def test_each_example_draws_itself_and_is_read(visit):
    guest = visit()
    reads_by_itself(guest)
    for name, heading in [
        ("a crossed 7", "7"),
        ("an open 4", "4"),
        ("a slashed 0", "0"),
        ("not a digit: the letter M", "Not a digit, I think"),
    ]:
        before = len(guest.sent)
        guest.draw_example(name)
        guest.settle()
        expect(guest.heading).to_have_text(heading)
        assert guest.sent[before:].count("") <= 1  # what was drawn before is cleared
        assert len(guest.sent) - before - guest.sent[before:].count("") == 1
    picture = ink(guest.last_picture())
    rows, columns = np.nonzero(picture)
    assert (rows.min() + rows.max()) / 2 == pytest.approx(139.5, abs=4)  # in the middle
    assert (columns.min() + columns.max()) / 2 == pytest.approx(139.5, abs=1.5)
    assert np.ptp(rows) + 1 == pytest.approx(0.6 * 280 + 18, abs=8)  # its peaks are rounded
    guest.button("Undo").click()
    expect(guest.heading).to_have_text(INVITATION)


def test_who_draws_into_an_example_takes_over(visit):
    guest = visit()
    guest.page.get_by_role("button", name="a crossed 7").click()
    guest.page.mouse.move(*guest.at(30, 30))
    guest.page.mouse.down()
    guest.page.mouse.move(*guest.at(30, 100), steps=3)
    guest.settle()
    guest.page.mouse.up()
    guest.settle()
    picture = ink(guest.last_picture())
    assert picture[60, 30]
    assert not picture[150, 140]  # the example's cross bar was never drawn


def test_api_page_and_settings_call_nobody_either(visit):
    guest = visit()
    for name in ["Use via API", "Settings"]:
        guest.page.goto(f"http://{guest.host}")
        guest.page.get_by_role("button", name=name).click()
        guest.page.wait_for_timeout(700)
    guest.complaints.clear()
    assert guest.foreign == []
