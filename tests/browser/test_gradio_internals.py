"""What the page relies on inside Gradio, tested in a browser: fails if Gradio changes it."""

import threading
from contextlib import contextmanager

import gradio as gr
import pytest
from gradio_client import Client
from playwright.sync_api import expect

from digits.classifier import DigitClassifier
from digits.page.demo import build_demo, launch_options
from digits.page.gradio_internals.browser import DARK, PARTS_OF_THE_PAGE
from digits.page.sketchpad import Sketchpad


@contextmanager
def launched(demo: gr.Blocks):
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    try:
        yield address
    finally:
        demo.close(verbose=False)


def test_every_part_that_we_name_is_on_the_page(visit, classifier, tmp_path):
    DigitClassifier.build("mlp").save(tmp_path / "another.keras")
    with launched(build_demo(classifier, models=tmp_path, training=True)) as address:
        guest = visit(address)
        guest.draw((80, 70), (200, 70), (120, 220))
        expect(guest.heading).to_have_text("7")
        guest.open_tab("Train")  # Gradio makes what is on a tab when it is opened
        expect(guest.page.locator("#train-settings")).to_be_visible()
        found = {
            part: guest.page.evaluate("part => document.querySelectorAll(part).length", part)
            for part in PARTS_OF_THE_PAGE
        }
        assert [part for part, count in found.items() if count == 0] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dark_theme_is_a_class_of_the_body(visit, scheme):
    guest = visit(color_scheme=scheme)
    dark = guest.page.evaluate("name => document.body.classList.contains(name)", DARK)
    assert dark == (scheme == "dark")


def what_visit_waits_for() -> None:
    """Make the two components that every page of a test needs."""
    Sketchpad(elem_id="sketchpad")
    gr.Label("Ready", elem_id="answer")


def test_a_new_value_fires_change_once_and_an_equal_one_does_not(visit):
    values = []
    with gr.Blocks(analytics_enabled=False) as demo:
        what_visit_waits_for()
        part = gr.HTML(
            html_template="<b>a</b><b>a</b><b>b</b>",
            js_on_load="""element.addEventListener("click", (event) => {
                if (event.target.tagName === "B") props.value = event.target.textContent; });""",
            elem_id="part",
        )
        part.change(values.append, part, None)
    with launched(demo) as address:
        guest = visit(address)
        for button in guest.page.locator("#part b").all():
            button.click()
            guest.settle()
    assert values == ["a", "b"]


def test_none_reaches_the_script_as_an_empty_text(visit):
    with gr.Blocks(analytics_enabled=False) as demo:
        what_visit_waits_for()
        part = gr.HTML(
            "some text",
            html_template="<b></b>",
            js_on_load="""watch("value", () => {
                document.title = "now " + JSON.stringify(props.value); });""",
        )
        gr.Button("Away with it").click(lambda: None, None, part)
    with launched(demo) as address:
        guest = visit(address)
        guest.page.get_by_role("button", name="Away with it").click()
        expect(guest.page).to_have_title('now ""')


def test_all_triggers_of_a_function_wait_for_one_answer_and_the_latest_values_win(visit):
    calls, at_once, go_on = [], [], threading.Event()

    def note(*values):
        at_once.append(1)
        calls.append((values, len(at_once)))
        go_on.wait(20)
        at_once.pop()

    with gr.Blocks(analytics_enabled=False) as demo:
        what_visit_waits_for()
        texts = [gr.Textbox(label="first"), gr.Textbox(label="second")]
        gr.on(
            [text.change for text in texts],
            note,
            texts,
            None,
            trigger_mode="always_last",
            concurrency_limit=None,
        )
    with launched(demo) as address:
        guest = visit(address)
        first, second = (guest.page.get_by_label(name) for name in ("first", "second"))
        first.fill("a")
        while not calls:
            guest.page.wait_for_timeout(10)
        first.fill("b")
        second.fill("c")
        second.fill("d")
        guest.page.wait_for_timeout(300)
        assert len(calls) == 1  # the others wait
        go_on.set()
        guest.settle()
    assert calls == [(("a", ""), 1), (("b", "d"), 1)]


def test_an_invisible_button_is_not_on_the_page_and_still_an_endpoint(visit):
    with gr.Blocks(analytics_enabled=False) as demo:
        what_visit_waits_for()
        text = gr.Textbox(label="text")
        gr.Button("Unseen", visible=False).click(str.upper, text, text, api_name="shout")
    with launched(demo) as address:
        guest = visit(address)
        expect(guest.page.get_by_text("Unseen")).to_have_count(0)
        client = Client(address, verbose=False)
        assert client.predict("ada", api_name="/shout") == "ADA"
        client.close()


def test_gradio_copies_few_values_with_each_drawing(browser, address):
    """It copies all that the sketchpad holds, number by number: long lists hold up the pen."""
    page = browser.new_page()
    page.add_init_script(
        "window.copied = 0; const copy = window.structuredClone;"
        "window.structuredClone = (...what) => { window.copied += 1; return copy(...what); };"
    )
    page.goto(address)
    pad = page.locator("#sketchpad canvas")
    pad.wait_for()
    page.wait_for_function("() => window.digits?.ready")
    before = page.evaluate("() => window.copied")
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 90, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 200, steps=4)
    with page.expect_response("**/run/predict"):
        page.mouse.up()
    page.wait_for_function("() => document.documentElement.dataset.server !== 'old'")
    copied = page.evaluate("() => window.copied") - before
    page.close()
    assert 0 < copied < 2_000
