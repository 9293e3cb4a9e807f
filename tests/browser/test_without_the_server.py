"""The page reads on when the server is slow, away or another one, and never loses a drawing."""

import socket
import threading
import time

import keras
import pytest
from keras import layers
from playwright.sync_api import expect

from digits.classifier import DigitClassifier
from digits.page.demo import build_demo, launch_options

SEVEN = [(80, 70), (200, 70), (120, 220)]
ONE = [(140, 40), (140, 240)]


def launch(demo, **options) -> str:
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **options, **launch_options())
    return address


def reads_by_itself(guest) -> None:
    """Wait until the browser has the network."""
    guest.page.wait_for_function("() => digits.ready")


def forget(complaints: list[str], words: str) -> None:
    """Check that the browser has noted nothing but this, and forget it."""
    assert [text for text in complaints if words not in text] == []
    complaints.clear()


class Slow(DigitClassifier):
    """A classifier that takes its time, and waits while it is told to."""

    may_answer = threading.Event()

    def predict(self, image):
        time.sleep(0.5)
        self.may_answer.wait(30)
        return super().predict(image)


@pytest.fixture(scope="module")
def slow(classifier):
    Slow.may_answer.set()
    demo = build_demo(Slow(classifier.model))
    yield launch(demo)
    demo.close(verbose=False)


def test_without_a_connection_the_page_reads_on(visit):
    guest = visit()
    reads_by_itself(guest)
    guest.page.context.set_offline(True)
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    expect(guest.page.locator("#answer-words")).to_contain_text("Certain")
    expect(guest.page.locator("#seen img")).to_have_count(1)
    guest.button("Clear").click()
    guest.draw(*ONE)
    expect(guest.heading).to_have_text("1")
    guest.page.context.set_offline(False)
    guest.page.wait_for_function("() => !document.documentElement.dataset.server")
    expect(guest.heading).to_have_text("1")
    forget(guest.complaints, "ERR_INTERNET_DISCONNECTED")


def test_a_drawing_survives_a_reload(visit):
    guest = visit()
    guest.draw(*SEVEN)
    guest.settle()
    before = guest.last_picture()
    guest.page.reload()
    expect(guest.heading).to_have_text("7")
    guest.settle()
    assert (guest.last_picture() == before).all()
    guest.button("Undo").click()
    expect(guest.heading).to_have_text("Draw a digit")
    guest.page.reload()
    guest.canvas.wait_for()
    guest.settle()
    expect(guest.heading).to_have_text("Draw a digit")
    expect(guest.button("Undo")).to_be_disabled()


def test_a_drawing_survives_a_restart_of_the_server(visit, classifier):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    demo = build_demo(classifier)
    address = launch(demo, server_port=port)
    guest = visit(address)
    reads_by_itself(guest)
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    guest.settle()
    demo.close(verbose=False)
    guest.button("Clear").click()
    guest.draw(*ONE)
    expect(guest.heading).to_have_text("1")
    again = build_demo(classifier)
    try:
        launch(again, server_port=port)
        guest.page.wait_for_function(
            "() => digits.asked !== null && !document.documentElement.dataset.server",
            timeout=30_000,
        )
        expect(guest.heading).to_have_text("1")
        expect(guest.page.locator("#looked img")).to_have_count(1)
        forget(guest.complaints, "net::ERR")
    finally:
        guest.page.close()
        again.close(verbose=False)


def test_what_the_server_says_of_an_earlier_drawing_stays_marked(visit, slow):
    guest = visit(slow)
    reads_by_itself(guest)
    guest.page.evaluate(
        """() => {
            const root = document.documentElement;
            window.current = [];
            new MutationObserver(() => {
                if (!root.dataset.server) window.current.push([digits.asked, digits.drawing]);
            }).observe(root, { attributeFilter: ["data-server"] });
        }"""
    )
    Slow.may_answer.clear()
    guest.draw(*ONE)
    guest.draw((90, 60), (140, 40))  # while the server reads the first stroke
    Slow.may_answer.set()
    expect(guest.heading).to_have_text("1")
    guest.page.wait_for_function("() => window.current.length > 0")
    guest.settle()
    assert len(guest.sent) == 2
    (numbers,) = guest.page.evaluate("window.current")  # the first answer came too late
    assert numbers[0] == numbers[1]


def test_an_answer_that_is_not_there_yet_is_marked_at_once(visit, slow):
    guest = visit(slow)
    reads_by_itself(guest)
    guest.page.evaluate("digits.ready = false")  # as where the browser cannot read
    Slow.may_answer.clear()
    guest.draw(*SEVEN)
    assert guest.page.evaluate("document.documentElement.dataset.answer") == "old"
    Slow.may_answer.set()
    guest.page.wait_for_function("() => !document.documentElement.dataset.answer")
    expect(guest.heading).to_have_text("7")
    Slow.may_answer.clear()
    guest.draw((90, 150), (190, 150), lift=False)
    answer = guest.page.locator("#answer .html-container")
    expect(answer).to_have_css("opacity", "0.45")  # once it has faded
    Slow.may_answer.set()
    expect(answer).to_have_css("opacity", "1", timeout=20_000)


def test_a_network_that_the_browser_does_not_know_is_left_to_the_server(visit):
    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(4, 3),
            layers.LeakyReLU(name="leaky"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    demo = build_demo(DigitClassifier(model))
    address = launch(demo)
    try:
        guest = visit(address)
        with guest.page.expect_console_message(lambda message: "leaky" in message.text) as told:
            guest.page.reload()
        assert told.value.text.startswith("The server reads the drawings: the layer LeakyReLU")
        guest.draw(*SEVEN, lift=False)
        expect(guest.bars).to_have_count(10)  # while the pen is down
        guest.settle()
    finally:
        demo.close(verbose=False)


def test_the_model_in_the_menu_reads_in_the_browser(visit, classifier, tmp_path):
    keras.utils.set_random_seed(0)
    DigitClassifier.build("mlp").save(tmp_path / "an untrained one.keras")
    demo = build_demo(classifier, models=tmp_path)
    address = launch(demo)
    try:
        guest = visit(address)
        reads_by_itself(guest)
        assert guest.page.evaluate("digits.model") == "mnist_model"
        guest.draw(*SEVEN)
        expect(guest.heading).to_have_text("7")
        guest.settle()
        guest.page.get_by_label("Model").click()
        guest.page.get_by_role("option", name="an untrained one").click()
        guest.page.wait_for_function("() => digits.ready && digits.model === 'an untrained one'")
        guest.settle()
        shown = guest.page.evaluate("digits.last.probabilities")
        assert max(shown) < 0.5  # it knows nothing yet
        expect(guest.heading).to_have_text("Not a digit, I think")
    finally:
        demo.close(verbose=False)
