"""The exported page reads without a server, opened from a disk or served by any web server."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

from digits import ModelError
from digits.classifier import DigitClassifier
from digits.export import export
from digits.page.standalone import WEB

SEVEN = [(80, 70), (200, 70), (120, 220)]


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and prints nothing."""

    def log_message(self, *_) -> None: ...


@pytest.fixture(scope="module", params=["digit.html", "folder"])
def exported(request, classifier, mnist, tmp_path_factory):
    """The address of the page: a file, or a folder behind the plainest web server."""
    path = tmp_path_factory.mktemp("exported") / request.param
    check = export(classifier, path, WEB, mnist.validation.x[:50])
    assert check.difference < 0.01
    if path.is_file():
        assert path.stat().st_size <= 2_000_000
        yield path.as_uri()
        return
    assert {file.name for file in path.iterdir()} == {"index.html", "reader.js", "network.bin"}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=path))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_reads_what_is_drawn(visit, exported):
    guest = visit(exported)
    expect(guest.heading).to_have_text("Draw a digit")
    guest.page.wait_for_function("() => digits.ready")
    guest.draw(*SEVEN, lift=False)
    expect(guest.heading).to_have_text("7")  # while the pen is down
    guest.page.mouse.up()
    expect(guest.page.locator("#answer-words")).to_have_text("Certain")
    expect(guest.bars).to_have_count(10)
    seen = guest.page.locator("#seen img")
    assert seen.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [28, 28]
    expect(guest.page.locator("#announcer")).to_have_text("7, certain")
    guest.page.reload()
    expect(guest.heading).to_have_text("7")  # kept in the browser's tab
    guest.button("Clear").click()
    expect(guest.heading).to_have_text("Draw a digit")
    guest.draw_example("not a digit: the letter M")
    expect(guest.heading).to_have_text("Not a digit, I think")


def test_it_fits_a_phone(visit, exported):
    guest = visit(exported, width=390, height=844, has_touch=True, is_mobile=True)
    assert guest.page.evaluate("document.documentElement.scrollWidth") == 390
    assert guest.canvas.bounding_box()["width"] >= 0.92 * 390
    answer = guest.page.locator("#answer").bounding_box()
    assert answer["y"] + answer["height"] <= 844


def test_it_is_presented_and_only_an_address_has_a_qr_code(visit, exported):
    guest = visit(exported, width=1366, height=768)
    page = guest.page
    parts = [guest.canvas, *map(page.locator, ["#answer", "#network", "h1"])]
    before = [part.bounding_box() for part in parts]
    page.get_by_role("button", name="Present").click()
    page.wait_for_function("() => document.fullscreenElement !== null")
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    assert guest.canvas.bounding_box()["width"] > 600
    for hidden in ["h1", "#sketchpad .tools", ".told", "#seen"]:
        expect(page.locator(hidden).first).to_be_hidden()
    code = page.get_by_role("img", name="QR code of this page's address")
    expect(code).to_be_visible(visible=exported.startswith("http"))
    page.keyboard.press("c")
    expect(guest.heading).to_have_text("Draw a digit")
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.fullscreenElement === null")
    assert [part.bounding_box() for part in parts] == before


def test_a_network_that_cannot_run_in_a_browser_is_not_exported(tmp_path, mnist):
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Flatten(),
            layers.LeakyReLU(name="leaky"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    with pytest.raises(ModelError, match="LeakyReLU .leaky. cannot run in a browser"):
        export(DigitClassifier(model), tmp_path / "digit.html", WEB, mnist.validation.x[:5])
    assert list(tmp_path.iterdir()) == []
