"""What stands around the tabs: the load, the skeleton, addresses, menus and the view for frames."""

import re
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import expect

from digits.classifier import DigitClassifier
from digits.page.demo import build_demo, launch_options

ROOT = Path(__file__).resolve().parents[2]
SEVEN = [(80, 70), (200, 70), (120, 220)]
SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) shifted += shift.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""


@pytest.fixture(scope="module")
def classroom(classifier, tmp_path_factory):
    """The address of a page with every tab and a second model."""
    models = tmp_path_factory.mktemp("models")
    DigitClassifier.build("mlp").save(models / "another.keras")
    demo = build_demo(classifier, models=models, training=True)
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield address
    demo.close(verbose=False)


def tab(guest, name: str):
    return guest.page.get_by_role("tab", name=name, exact=True)


# ---- the load


def test_the_first_load_is_light_and_nothing_moves(browser, address):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(f"({SHIFTS})()")
    protocol, asked, sizes, kept = context.new_cdp_session(page), {}, {}, set()
    protocol.on(
        "Network.requestWillBeSent", lambda e: asked.update({e["requestId"]: e["request"]["url"]})
    )
    protocol.on("Network.requestServedFromCache", lambda e: kept.add(e["requestId"]))
    protocol.on(
        "Network.loadingFinished",
        lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}),
    )
    protocol.send("Network.enable")
    protocol.send(
        "Emulation.setCPUThrottlingRate", {"rate": 6}
    )  # parts come one by one, as on a phone
    page.goto(address)
    page.wait_for_function("() => window.digits?.ready")
    page.wait_for_timeout(1000)
    loaded = {
        asked[request]: size
        for request, size in sizes.items()
        if asked.get(request, "").startswith("http") and request not in kept
    }
    network = [url for url in loaded if "network.bin" in url]
    assert len(network) == 1
    assert [url for url in loaded if "/assets/" in url and "/assets/page-" not in url] == []
    assert len(loaded) <= 45
    assert sum(loaded.values()) - loaded[network[0]] <= 300_000
    assert page.evaluate("window.shifted") < 0.01
    context.close()


def test_a_skeleton_stands_until_the_page_does(browser, address):
    context = browser.new_context()
    page = context.new_page()
    page.route("**/assets/page-*.js", lambda route: None)  # it takes for ever
    page.goto(address, wait_until="commit")
    expect(page.locator("#skeleton .pad")).to_be_visible()
    assert page.title() == "Draw a digit"
    page.unroute_all(behavior="ignoreErrors")
    page.goto(address)
    expect(page.locator("#sketchpad canvas")).to_be_visible()
    expect(page.locator("#skeleton")).to_be_hidden()
    context.close()


def test_a_browser_without_import_maps_loads_the_modules_one_by_one(browser, address):
    context = browser.new_context()
    context.add_init_script("delete HTMLScriptElement.supports")
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#answer h2")).to_have_text("Draw a digit")
    context.close()


# ---- addresses


def test_each_tab_has_an_address_and_the_back_button_works(visit, classroom):
    guest = visit(classroom)
    assert guest.page.url == classroom
    for name in ["Upload", "Inside", "Train", "About"]:
        guest.open_tab(name)
        expect(guest.page).to_have_url(f"{classroom}#{name.lower()}")
    guest.page.go_back()
    expect(tab(guest, "Train")).to_have_attribute("aria-selected", "true")
    guest.page.go_back()
    expect(tab(guest, "Inside")).to_have_attribute("aria-selected", "true")
    guest.page.go_forward()
    expect(tab(guest, "Train")).to_have_attribute("aria-selected", "true")
    expect(guest.page).to_have_url(f"{classroom}#train")


@pytest.mark.parametrize("width", [1280, 320])
def test_a_link_to_a_tab_opens_it(visit, classroom, width):
    guest = visit(classroom, width=width)
    guest.page.goto(f"{classroom}?from=a-lesson#inside")
    guest.page.reload()
    expect(tab(guest, "Inside")).to_have_attribute("aria-selected", "true")
    guest.page.evaluate("location.hash = '#about'")
    expect(guest.page.locator("#card")).to_be_visible()
    guest.page.evaluate("location.hash = '#nothing-of-ours'")
    expect(guest.canvas).to_be_visible()
    assert guest.page.url == f"{classroom}?from=a-lesson#nothing-of-ours"
    guest.page.evaluate("location.hash = '#draw'")
    guest.page.wait_for_function("location.hash === '#draw' && scrollY === 0")


# ---- menus and Gradio's pages


def test_the_menu_of_models_closes_by_the_keyboard_and_the_drawing_stays(visit, classroom):
    guest = visit(classroom)
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    menu = guest.page.locator("#model input")
    menu.click()
    choices = guest.page.get_by_role("option")
    expect(choices).to_have_count(2)
    guest.page.keyboard.press("Escape")
    expect(choices).to_have_count(0)
    expect(guest.heading).to_have_text("7")


def test_use_via_api_offers_what_there_is(visit):
    guest = visit()
    guest.page.get_by_role("button", name="Use via API").click()
    ways = guest.page.locator(".docs-wrap .snippets > .snippet:visible")
    expect(ways).to_have_count(4)
    words = [text.strip() for text in ways.all_inner_texts()]
    assert words == ["Python", "JavaScript", "CLI", "cURL"]  # and the visit ends without a 404


# ---- the view for frames


def test_a_frame_of_another_page_shows_the_drawing_and_the_answer(visit, address, tmp_path):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_) -> None: ...

    snippet = re.search(r"```html\n(<iframe .+)\n```", (ROOT / "docs/api.md").read_text("utf-8"))[1]
    frame = snippet.replace("http://127.0.0.1:7860/", address)
    assert f'"{address}?embed"' in frame
    (tmp_path / "index.html").write_text(f"<!doctype html><link rel='icon' href='data:,'>{frame}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        guest = visit()
        guest.page.goto(f"http://127.0.0.1:{server.server_port}/")
        inside = guest.page.frame_locator("iframe")
        canvas = inside.locator("#sketchpad canvas")
        expect(canvas).to_be_visible()
        for hidden in ["#title", "#tabs > .tab-wrapper", "footer", "#network", "#seen"]:
            expect(inside.locator(hidden)).to_be_hidden()
        box, window = canvas.bounding_box(), guest.page.locator("iframe").bounding_box()
        assert box["y"] + box["height"] <= window["y"] + 360
        places = [(box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280)
                  for x, y in SEVEN]  # fmt: skip
        guest.page.mouse.move(*places[0])
        guest.page.mouse.down()
        for place in places[1:]:
            guest.page.mouse.move(*place, steps=8)
        guest.page.mouse.up()
        expect(inside.locator("#answer h2")).to_have_text("7")
    finally:
        guest.foreign.clear()
        server.shutdown()
        server.server_close()
