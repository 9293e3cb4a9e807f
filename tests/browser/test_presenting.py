"""Present: the Draw tab full screen and large, its keys, and the QR code of its address."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from digits.page.present import read

SEVEN = [(80, 70), (200, 70), (120, 220)]


def decoded(shot: bytes) -> str:
    """What OpenCV reads in a screenshot of a QR code."""
    picture = np.asarray(Image.open(io.BytesIO(shot)).convert("L"))
    text, *_ = cv2.QRCodeDetector().detectAndDecode(picture)
    return text


def test_the_page_is_presented_and_ends_as_it_was(visit):
    guest = visit(width=1920, height=1080, color_scheme="dark")
    page = guest.page
    parts = [guest.canvas, *map(page.locator, ["#answer", "#network", "#title"])]
    before = [part.bounding_box() for part in parts]
    page.get_by_role("button", name="Present").click()
    page.wait_for_function("() => document.fullscreenElement !== null")
    for hidden in ["#title", "#sketchpad .tools", "#present .keys", "#tabs .tab-wrapper"]:
        expect(page.locator(hidden).first).to_be_hidden()
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    assert guest.canvas.bounding_box()["width"] > 880
    assert guest.heading.bounding_box()["height"] > 400
    code = page.get_by_role("img", name="QR code of this page's address")
    assert decoded(code.screenshot()) == f"http://{guest.host}/"  # dark on light in the dark, too
    expect(page.get_by_text("Opens on this computer only")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("#present .keys")).to_be_visible()
    page.keyboard.press("c")
    expect(guest.heading).to_have_text("Draw a digit")
    page.keyboard.press("Escape")
    expect(page.locator("#present .keys")).to_be_hidden()
    guest.draw((140, 40), (140, 240))
    guest.draw((60, 240), (220, 240))
    page.keyboard.press("z")
    expect(guest.heading).to_have_text("1")
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.fullscreenElement === null")
    expect(guest.heading).to_have_text("1")  # it has cleared nothing
    expect(page.get_by_role("button", name="Present")).to_be_focused()
    guest.button("Clear").click()
    assert [part.bounding_box() for part in parts] == before


@pytest.fixture(scope="module")
def codes(browser):
    """Makes QR codes in the browser, and gives them as pictures."""
    page = browser.new_page()
    page.evaluate(f"{read('qr_code.js')}; window.qrCode = qrCode;")

    def make(text: str) -> np.ndarray | None:
        square = page.evaluate("(text) => qrCode(text)", text)
        return None if square is None else np.pad(~np.array(square), 4, constant_values=True)

    yield make
    page.close()


@pytest.mark.parametrize("length", [1, 14, 15, 26, 42, 62, 84, 106, 122, 152, 180, 181, 213])
def test_a_qr_code_of_each_version_is_read_by_another_program(codes, length):
    text = ("https://example.org/~ä?" * 10).encode()[:length].decode(errors="ignore")
    modules = codes(text)
    picture = np.kron(np.uint8(255 * modules), np.ones((6, 6), np.uint8))
    # OpenCV finds some codes in one size and not in another, so it is told where this one is.
    start, end = 24, len(picture) - 24
    corners = np.array([[[start, start], [end, start], [end, end], [start, end]]], np.float32)
    found, _ = cv2.QRCodeDetector().decode(picture, corners)
    assert found == text


def test_a_longer_text_has_no_qr_code(codes):
    assert codes("x" * 214) is None
    # The versions, whose sides are 21, 25, 29 ... modules, with 4 of white around.
    sides = [len(codes("x" * length)) - 8 for length in (14, 15, 26, 27, 213)]
    assert sides == [21, 25, 25, 29, 57]
