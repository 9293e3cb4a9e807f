"""The Inside tab, and Netron in it, in a real browser."""

import pytest
from playwright.sync_api import expect

from digits.classifier import DigitClassifier
from digits.page.demo import build_demo, launch_options
from digits.page.netron_viewer import netron_viewer


@pytest.mark.parametrize("phone", [False, True])
def test_the_current_drawing_is_taken_apart(visit, phone):
    guest = visit(width=390 if phone else 1280, height=844, has_touch=phone, is_mobile=phone)
    guest.draw((80, 70), (200, 70), (120, 220))
    expect(guest.heading).to_have_text("7")
    guest.open_tab("Inside")
    story = guest.page.locator("#inside-story")
    expect(story).to_contain_text("reads your drawing")
    for number in (1, 2, 3):
        maps = story.locator(f"#inside-maps-{number} img")
        expect(maps).to_be_visible()
        assert maps.evaluate("image => image.naturalWidth") > 100
    assert guest.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    evidence = story.locator("#inside-evidence li")
    expect(evidence).to_have_count(10)
    table = guest.page.locator("#inside-layers table")
    expect(table.get_by_role("row", name="conv_2")).to_contain_text("8 × 8 × 128")
    guest.open_tab("Draw")
    guest.button("Clear").click()
    guest.draw((140, 40), (140, 240))
    expect(guest.heading).to_have_text("1")
    guest.open_tab("Inside")
    expect(story).to_contain_text("1, certain")  # the new drawing


def test_with_nothing_drawn_a_digit_of_ours_is_explained(visit):
    guest = visit()
    guest.open_tab("Inside")
    expect(guest.page.locator("#inside-maps-1 img")).to_be_visible()
    expect(guest.page.locator("#inside-story")).not_to_contain_text("reads your drawing")


def test_netron_shows_the_network_and_calls_nobody(visit, browser, classifier):
    with netron_viewer(classifier.path) as viewer:
        demo = build_demo(classifier, netron_address=viewer)
        _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
        try:
            guest = visit(address)
            guest.open_tab("Inside")
            frame = guest.page.locator("iframe[title='The network in Netron']")
            expect(guest.page.locator("#inside-maps-1 img")).to_be_visible()
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
    """The page's address with its own Netron viewer, and a second model to choose, an MLP."""
    DigitClassifier.build("mlp").save(tmp_path / "a 2nd & #3.keras")
    with netron_viewer(classifier.path, tmp_path) as viewer:
        demo = build_demo(classifier, netron_address=viewer, models=tmp_path)
        _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
        yield address, viewer
        demo.close(verbose=False)


def test_the_table_and_netron_show_the_chosen_model(visit, choosable):
    address, viewer = choosable
    server = viewer.partition("?")[0]
    guest = visit(address)
    page = guest.page
    kinds = page.locator("#inside-layers tbody td:nth-child(2)")
    link = page.get_by_role("link", name="Open it in a new tab")
    frame = page.locator("iframe[title='The network in Netron']")
    graph = frame.content_frame.locator("#canvas")
    convolutional = kinds.get_by_text("convolution", exact=True)

    guest.open_tab("Inside")
    expect(convolutional).to_have_count(3)
    expect(link).to_have_attribute("href", f"{server}?url=mnist_model.keras")

    guest.open_tab("Draw")
    page.locator("#model input").click()
    page.get_by_role("option", name="a 2nd & #3", exact=True).click()
    guest.settle()
    guest.open_tab("Inside")
    expect(convolutional).to_have_count(0)
    expect(kinds.first).to_have_text("rescaling")
    expect(kinds.last).to_have_text("dense (fully connected)")
    other = f"{server}?url=a%25202nd%2520%2526%2520%25233.keras"
    expect(link).to_have_attribute("href", other)
    expect(frame).to_have_attribute("src", other)
    page.get_by_text("Show it here").click()
    expect(graph.get_by_text("Dense").first).to_be_visible(timeout=20_000)
    expect(graph.get_by_text("Conv2D")).to_have_count(0)

    # An opened frame stays open while the same model is shown.
    guest.open_tab("Draw")
    guest.open_tab("Inside")
    guest.settle()
    expect(graph.get_by_text("Dense").first).to_be_visible()
    assert {url for url in guest.foreign if not url.startswith(server)} == set()
    guest.foreign.clear()
