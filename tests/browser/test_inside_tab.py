"""The Inside tab, its lesson and Netron in it, in a real browser. What is expected is Keras's."""

import re

import keras
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from digits.architectures import scores_layer
from digits.classifier import DigitClassifier
from digits.explain import Explainer
from digits.images.preprocessing import digit_image
from digits.page.demo import build_demo, launch_options
from digits.page.lesson.landscape import bundled
from digits.page.netron_viewer import netron_viewer

SEVEN = [(80, 70), (200, 70), (120, 220)]
NUMBER = re.compile(r"−?\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def explainer(classifier) -> Explainer:
    return Explainer(classifier)


@pytest.fixture(scope="module")
def features(classifier):
    """Computes what the last layer of the network weighs, for one digit image."""
    model = classifier.model
    watched = keras.Model(model.inputs, scores_layer(model).input)
    return lambda image: watched.predict(image[None, ..., None], verbose=0)


def numbers(text: str) -> list[float]:
    """All numbers in a text, as the page writes them."""
    return [float(number.replace("−", "-")) for number in NUMBER.findall(text)]


def open_lesson(guest):
    """Open the tab, and return its lesson."""
    guest.page.wait_for_function("() => digits.ready")
    guest.open_tab("Inside")
    lesson = guest.page.locator("#inside-lesson .course")
    expect(lesson.get_by_role("button", name="Pixels")).to_be_visible()
    return lesson


def step(lesson, name: str):
    """Open a step of the lesson, and return its section."""
    lesson.get_by_role("navigation").get_by_role("button", name=name, exact=True).click()
    return lesson.locator(f"section[data-name='{name}']")


def drawn_in_the_lesson(guest, lesson) -> np.ndarray:
    """Draw a 7 on the lesson's pad; returns the digit image that Python makes of it."""
    pad = lesson.locator(".board canvas").bounding_box()
    places = [
        (pad["x"] + x * pad["width"] / 280, pad["y"] + y * pad["width"] / 280) for x, y in SEVEN
    ]
    guest.page.mouse.move(*places[0])
    guest.page.mouse.down()
    for place in places[1:]:
        guest.page.mouse.move(*place, steps=8)
    guest.page.mouse.up()
    guest.settle()
    return digit_image(guest.last_picture())


def test_the_lesson_computes_what_keras_computes(visit, explainer, features):
    guest = visit(reduced_motion="reduce")
    lesson = open_lesson(guest)
    expect(lesson.locator(".read")).to_have_text("7A 7 of ours, until you draw")
    image = drawn_in_the_lesson(guest, lesson)
    expect(lesson.locator(".read")).to_have_text("7Certain")
    outputs = explainer.layer_outputs(image)

    # The numbers in the frame, which is moved to a corner and three places back.
    section = step(lesson, "Pixels")
    plate = section.get_by_role("application", name="The digit image")
    plate.click(position={"x": 1, "y": 1})
    plate.press("ArrowRight")
    plate.press("ArrowDown")
    cells = section.locator("td").all_text_contents()
    shown = [float(cell.replace("−", "-") or 0) for cell in cells]
    assert np.reshape(shown, (9, 9)) == pytest.approx(image[1:10, 1:10], abs=0.011)

    # The sum that is written out, of a kernel and a place that are picked.
    section = step(lesson, "Kernel")
    section.get_by_role("button", name="Kernel 5", exact=True).click()
    section.get_by_label("Place").fill(str(24 * 11 + 13))
    *terms, total = numbers(section.locator(".sum").text_content())
    assert total == pytest.approx(outputs["conv_1"][11, 13, 4], abs=0.011)
    written = section.locator(".sum").text_content().replace("− ", "−").split("=")[0]
    assert sum(numbers(written)) == pytest.approx(total, abs=0.1)  # 25 rounded products
    section.get_by_role("button", name="One step on").click()
    total = numbers(section.locator(".sum").text_content())[-1]
    assert total == pytest.approx(outputs["conv_1"][11, 14, 4], abs=0.011)

    section = step(lesson, "Pooling")
    section.get_by_label("Place").fill(str(12 * 5 + 6))
    kept = numbers(section.locator(".sum").text_content())[-1]
    assert kept == pytest.approx(outputs["pool_1"][5, 6, 4], abs=0.011)
    expect(section.locator(".seen td")).to_have_count(9)
    marked = section.locator(".seen .marked").text_content()
    assert float(marked.replace("−", "-")) == pytest.approx(kept, abs=0.06)

    section = step(lesson, "ReLU")
    plate = section.get_by_role("application")
    plate.click(position={"x": 1, "y": 1})
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"):
        plate.press(key)
    before, *after = numbers(section.locator(".sum").text_content())
    assert before == pytest.approx(outputs["norm_1"][2, 3, 4], abs=0.011)
    assert (after or [before]) == pytest.approx([outputs["relu_1"][2, 3, 4]], abs=0.011)
    marked = section.locator("table.from .marked").text_content()
    assert float(marked.replace("−", "-")) == pytest.approx(before, abs=0.06)

    section = step(lesson, "Scores")
    evidence = explainer.evidence(image)
    buttons = section.get_by_role("group", name="Pick a digit").get_by_role("button")
    scores = [numbers(text)[0] for text in section.locator(".score").all_text_contents()]
    assert scores == pytest.approx(evidence.scores.tolist(), abs=0.11)
    buttons.nth(2).click()
    parts = [numbers(text)[0] for text in section.locator(".adding strong").all_text_contents()]
    assert len(parts) == 8 + 2  # the others, and what is always there
    assert sum(parts) == pytest.approx(evidence.scores[2], abs=0.1)

    section = step(lesson, "Map")
    canvas = section.locator("canvas.points")
    expect(canvas).to_have_attribute("data-place", re.compile(r"\d"))
    landscape = bundled()
    standing = landscape.standing(features(image))
    place = [float(value) for value in canvas.get_attribute("data-place").split()]
    assert place == pytest.approx(landscape.in_the_plane(standing)[0].tolist(), abs=0.01)
    distances = np.linalg.norm(landscape.points - standing, axis=1)
    nearest = [int(number) for number in canvas.get_attribute("data-nearest").split()]
    assert distances[nearest] == pytest.approx(np.sort(distances)[:6], rel=0.02)
    labels = section.locator(".nearest li span").all_text_contents()
    assert labels == [str(landscape.labels[number]) for number in nearest] == ["7"] * 6


def test_there_is_one_drawing(visit):
    guest = visit()
    guest.draw((140, 40), (140, 240))
    lesson = open_lesson(guest)
    expect(lesson.locator(".read strong")).to_have_text("1")
    lesson.get_by_role("button", name="Clear").click()
    expect(lesson.locator(".read")).to_contain_text("A 7 of ours")
    drawn_in_the_lesson(guest, lesson)
    guest.open_tab("Draw")
    expect(guest.heading).to_have_text("7")
    guest.button("Undo").click()
    guest.open_tab("Inside")
    expect(lesson.get_by_role("button", name="Undo")).to_be_disabled()


def test_the_lesson_follows_the_pen_and_its_steps_the_network(visit):
    guest = visit(reduced_motion="reduce")
    lesson = open_lesson(guest)
    assert lesson.locator("nav button").all_text_contents() == [
        *("Pixels", "Kernel", "Pooling", "ReLU"),  # this network pools first
        *("Maps", "Scores", "Map"),
    ]
    section = step(lesson, "Maps")
    expect(section.locator("canvas")).to_have_count(3 * 8)
    section.get_by_role("button", name="Show all 192").click()
    expect(section.locator("canvas")).to_have_count(2 * 8 + 192)
    shown = "canvas => canvas.toDataURL()"
    before = section.locator("canvas").first.evaluate(shown)
    pad = lesson.locator(".board canvas")
    pad.focus()
    for key in ("Space", *["ArrowDown"] * 6, "Space"):
        pad.press(key)
    expect(lesson.locator(".read strong")).to_have_text("1")
    assert section.locator("canvas").first.evaluate(shown) != before
    # The words.
    expect(section.locator("p.technical")).to_be_hidden()
    lesson.get_by_role("radio", name="Technical").check()
    expect(section.locator("p.technical")).to_be_visible()
    expect(section.locator("p.plain")).to_be_hidden()


def test_the_kernel_slides_unless_motion_is_unwelcome(visit):
    for still in (False, True):
        guest = visit(reduced_motion="reduce" if still else "no-preference")
        section = step(open_lesson(guest), "Kernel")
        place = section.get_by_label("Place")
        if still:
            expect(section.get_by_role("button", name="Run")).to_be_visible()
            section.get_by_role("button", name="Run").click()
        start = int(place.input_value())
        guest.page.wait_for_function(
            "([place, start]) => Number(place.value) > start + 2",
            arg=[place.element_handle(), start],
        )
        section.get_by_role("button", name="Pause").click()
        expect(section.get_by_role("button", name="Run")).to_be_visible()


@pytest.mark.parametrize("phone", [False, True])
def test_everybody_can_use_the_lesson(visit, phone):
    guest = visit(
        width=390 if phone else 1280,
        height=844,
        has_touch=phone,
        is_mobile=phone,
        color_scheme="dark" if phone else "light",
        reduced_motion="reduce",
    )
    lesson = open_lesson(guest)
    for name in lesson.locator("nav button").all_text_contents():
        step(lesson, name)
        assert guest.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        if name in ("Kernel", "Scores"):  # those with most in them
            found = Axe().run(guest.page, context="#inside-lesson").response["violations"]
            assert [v for v in found if v["impact"] in ("serious", "critical")] == [], name


def test_a_cell_of_the_live_network_is_taken_apart(visit, explainer):
    guest = visit()
    guest.page.wait_for_function("() => digits.ready")
    guest.draw(*SEVEN)
    guest.settle()
    outputs = explainer.layer_outputs(digit_image(guest.last_picture()))
    network = guest.page.locator("#network canvas")
    network.focus()
    # The browser tells of the scrolling before it shows the next picture.
    guest.page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
    )
    network.press("ArrowRight")  # the first cell of the first map
    for _ in range(4):
        network.press("ArrowRight")
        network.press("ArrowDown")
    popover = guest.page.locator("#network .cell-popover")
    title, way = popover.locator("strong").text_content(), popover.locator(".way").text_content()
    number, stage, row, column = (int(value) for value in numbers(title))
    assert (stage, row, column) == (1, 5, 5)
    value = outputs["relu_1"][row - 1, column - 1, number - 1]
    assert numbers(way)[-1] == pytest.approx(value, abs=0.011)
    total = numbers(popover.locator(".part").text_content())[-1]
    assert total == pytest.approx(outputs["pool_1"][row - 1, column - 1, number - 1], abs=0.011)
    products = popover.locator("table").last.locator("td").all_text_contents()
    assert len(products) == 25
    network.press("Escape")
    expect(popover).to_be_hidden()
    expect(guest.heading).to_have_text("7")  # Escape has not cleared the drawing
    # And with the pointer, a map of the second convolution.
    box = network.bounding_box()
    for share in np.linspace(0.3, 0.7, 40):
        guest.page.mouse.move(box["x"] + share * box["width"], box["y"] + 12)
        if "convolution 2" in popover.locator("strong").text_content() and popover.is_visible():
            break
    number, stage, row, column = (int(v) for v in numbers(popover.locator("strong").text_content()))
    value = outputs["relu_2"][row - 1, column - 1, number - 1]
    assert numbers(popover.locator(".way").text_content())[-1] == pytest.approx(value, abs=0.02)


def test_netron_shows_the_network_and_calls_nobody(visit, browser, classifier):
    with netron_viewer(classifier.path) as viewer:
        demo = build_demo(classifier, netron_address=viewer)
        _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
        try:
            guest = visit(address)
            guest.open_tab("Inside")
            frame = guest.page.locator("iframe[title='The network in Netron']")
            expect(guest.page.locator("#inside-lesson nav")).to_be_visible()
            guest.settle()
            assert guest.page.evaluate("scrollY") == 0  # Netron has not called the person down
            assert guest.foreign == []
            guest.page.get_by_text("Show it here").click()
            graph = frame.content_frame.locator("#canvas")
            expect(graph.get_by_text("Conv2D").first).to_be_visible(timeout=20_000)
            link = guest.page.get_by_role("link", name="Open it in a new tab")
            assert link.get_attribute("href") == viewer
            server = viewer.partition("?")[0]
            # Neither its makers' servers nor any other: all that was asked for is its own.
            assert guest.foreign
            assert {url for url in guest.foreign if not url.startswith(server)} == set()
            guest.foreign.clear()
        finally:
            demo.close(verbose=False)


@pytest.fixture
def choosable(classifier, tmp_path):
    """The page's address with its own Netron viewer, and more models to choose: an MLP, and one
    with a layer that cannot run in the browser.
    """
    DigitClassifier.build("mlp").save(tmp_path / "a 2nd & #3.keras")
    layers = keras.layers
    leaky = [layers.Conv2D(4, 5), layers.LeakyReLU(), layers.Flatten()]
    model = keras.Sequential(
        [layers.Input((28, 28, 1)), *leaky, layers.Dense(10, activation="softmax")]
    )
    DigitClassifier(model).save(tmp_path / "leaky.keras")
    with netron_viewer(classifier.path, tmp_path) as viewer:
        demo = build_demo(classifier, netron_address=viewer, models=tmp_path)
        _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
        yield address, viewer
        demo.close(verbose=False)


def test_the_tab_shows_the_chosen_model(visit, choosable):
    address, viewer = choosable
    server = viewer.partition("?")[0]
    guest = visit(address)
    page = guest.page
    kinds = page.locator("#inside-layers tbody td:nth-child(2)")
    link = page.get_by_role("link", name="Open it in a new tab")
    frame = page.locator("iframe[title='The network in Netron']")
    graph = frame.content_frame.locator("#canvas")
    convolutional = kinds.get_by_text("convolution", exact=True)

    def choose(name: str) -> None:
        guest.open_tab("Draw")
        page.locator("#model input").click()
        page.get_by_role("option", name=name, exact=True).click()
        guest.settle()

    guest.open_tab("Inside")
    expect(convolutional).to_have_count(3)
    expect(link).to_have_attribute("href", f"{server}?url=mnist_model.keras")

    choose("a 2nd & #3")
    lesson = open_lesson(guest)
    expect(convolutional).to_have_count(0)
    expect(kinds.first).to_have_text("rescaling")
    expect(kinds.last).to_have_text("dense (fully connected)")
    other = f"{server}?url=a%25202nd%2520%2526%2520%25233.keras"
    expect(link).to_have_attribute("href", other)
    expect(frame).to_have_attribute("src", other)
    page.get_by_text("Show it here").click()
    expect(graph.get_by_text("Dense").first).to_be_visible(timeout=20_000)
    expect(graph.get_by_text("Conv2D")).to_have_count(0)
    # It has neither convolutions nor a map.
    expect(lesson.locator("nav button")).to_have_text(["Pixels", "Scores", "Map"])
    expect(step(lesson, "Scores").locator(".adding li")).to_have_count(8 + 2)
    section = step(lesson, "Map")
    expect(section).to_contain_text("This map was made with the bundled network")
    expect(section.locator(".landscape")).to_be_hidden()

    # An opened frame stays open while the same model is shown.
    guest.open_tab("Draw")
    guest.open_tab("Inside")
    guest.settle()
    expect(graph.get_by_text("Dense").first).to_be_visible()
    assert {url for url in guest.foreign if not url.startswith(server)} == set()
    guest.foreign.clear()

    # Where the browser does not read, the server makes the pictures.
    choose("leaky")
    guest.draw(*SEVEN)
    guest.settle()
    guest.open_tab("Inside")
    story = page.locator("#inside-story")
    expect(story.locator("#inside-maps-1 img")).to_be_visible()
    expect(story).to_contain_text("reads your drawing")
    expect(lesson).to_be_hidden()
    guest.foreign.clear()
