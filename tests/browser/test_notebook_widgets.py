"""The pad and the sliding kernel of the notebooks, in a real browser but without Jupyter."""

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from notebooks.widgets import Pad, sliding_kernel


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 900, "height": 700})
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.close()
    assert complaints == []


@pytest.fixture
def pad(monkeypatch):
    """A pad as it is shown to somebody, and its HTML."""
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/convolution.ipynb")
    InteractiveShell.instance()
    pad = Pad(np.ones((4, 4), np.float32))
    with capture_output() as shown:
        pad._ipython_display_()
    InteractiveShell.clear_instance()
    return pad, shown.outputs[-1].data["text/html"]


def test_what_is_drawn_on_the_pad_arrives_in_python(page, pad):
    pad, html = pad
    page.set_content(f'<div class="{pad.name}"><textarea></textarea></div>{html}')
    canvas = page.locator("canvas").bounding_box()
    x, y = canvas["x"] + 1, canvas["y"] + 1  # inside the border
    page.mouse.move(x + 140, y + 40)
    page.mouse.down()
    page.mouse.move(x + 140, y + 240, steps=5)
    page.mouse.up()
    pad.field.value = page.locator("textarea").input_value()  # Jupyter's part
    ink = pad.ink
    assert ink.shape == (280, 280)
    assert ink[140, 140] == 1
    assert ink[140, [120, 160]].tolist() == [0, 0]
    rows = np.flatnonzero(ink.any(1))
    assert abs(rows[0] - 31) <= 1  # half a pen above the first point, and below the last
    assert abs(rows[-1] - 249) <= 1

    page.get_by_role("button", name="Clear").click()
    pad.field.value = page.locator("textarea").input_value()
    assert pad.ink is pad.sample


def test_without_widgets_the_pad_says_so(page, pad):
    _, html = pad
    page.set_content(html)
    page.locator("canvas").click()
    assert page.get_by_role("status").text_content() == (
        "No widgets here: the sample digit is used instead."
    )


def test_the_kernel_slides_and_adds_up(page):
    image = np.arange(36).reshape(6, 6) % 7
    kernel = np.array([[-1, 0, 1]] * 3)
    page.set_content(sliding_kernel(image, kernel, start=5).data)
    told = page.locator("output")
    assert told.text_content() == f"row 1, column 1: {(image[1:4, 1:4] * kernel).sum()}"
    page.get_by_role("slider").fill("10")
    assert told.text_content() == f"row 2, column 2: {(image[2:5, 2:5] * kernel).sum()}"
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").wait_for()
    page.get_by_role("button", name="Play").wait_for()  # it has arrived at the end
    assert told.text_content() == f"row 3, column 3: {(image[3:6, 3:6] * kernel).sum()}"
