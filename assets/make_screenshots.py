"""Takes screenshots of the page in Chromium, every tab at each size and theme: `make screenshots`.

It also records how somebody draws on the page. If there is no Chromium, `make test` installs it.
"""

import io
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from digits.classifier import DigitClassifier
from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.strokes import bounds
from digits.page.demo import build_demo, launch_options
from digits.page.netron_viewer import netron_viewer
from tests.setup_programs import find_browser

HERE = Path(__file__).resolve().parent
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
SCREENS = {
    "light": DESKTOP | {"color_scheme": "light"},
    "dark": DESKTOP | {"color_scheme": "dark"},
    "phone": PHONE | {"color_scheme": "light"},
    "phone-dark": PHONE | {"color_scheme": "dark"},
}
DRAWN = ((4, 0), (9, 0), (2, 0))  # in the recording: digits and their forms
RECORDED = (960, 600)  # pixels
A_FRAME, A_LOOK = 90, 1400  # milliseconds that a frame is shown, and the last one of a digit


def draw(page: Page) -> None:
    """Draw the example of a crossed 7, and wait for the answer."""
    if (more := page.get_by_role("button", name="Pen and examples")).is_visible():
        more.click()
    page.get_by_role("button", name="a crossed 7").click()
    page.locator("#answer h2", has_text="7").wait_for()
    page.wait_for_timeout(1500)  # for the end of the example and of the bars' animation


def upload(page: Page) -> None:
    """Upload a photo."""
    page.locator("#photo input[type=file]").set_input_files(HERE / "photo.jpg")
    page.locator("#photo-ink img").wait_for()


def train(page: Page) -> None:
    """Train a small network on a few images, and wait for the end."""
    page.locator("#train-network input").click()
    page.get_by_role("option", name="Two convolutions · two_conv", exact=True).click()
    page.get_by_label("2,000", exact=True).check()
    page.locator("#train-start").click()
    page.locator("#train-draw").wait_for(timeout=120_000)


def look_inside(page: Page) -> None:
    """Wait for the lesson about the drawing."""
    page.locator("#inside-lesson nav button").first.wait_for()


def strokes_on(page: Page, digit: int, form: int) -> list[np.ndarray]:
    """The strokes of a digit in the middle of the sketchpad, in pixels of the page."""
    box = page.locator("#sketchpad canvas").bounding_box()
    assert box is not None
    strokes = parse_form(DIGIT_FORMS[digit][form])
    low, high = bounds(strokes)
    middle = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    scale = 0.6 * box["height"] / (high[1] - low[1])
    return [(stroke - (low + high) / 2) * scale + middle for stroke in strokes]


def record(browser: Browser, address: str) -> None:
    """Record how digits are drawn one after another: `recording.webp`."""
    page = browser.new_context(**DESKTOP, color_scheme="light").new_page()
    page.goto(address)
    page.locator("#sketchpad canvas").wait_for()
    frames: list[tuple[Image.Image, int]] = []

    def frame(milliseconds: int) -> None:
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        frames.append((picture.resize(RECORDED, Image.Resampling.LANCZOS), milliseconds))

    for digit, form in DRAWN:
        for stroke in strokes_on(page, digit, form):
            draw_slowly(page, stroke, lambda: frame(A_FRAME))
        page.locator("#answer h2", has_text=str(digit)).wait_for()
        page.wait_for_timeout(1500)  # for the end of the digit's animation
        frame(A_LOOK)
        page.get_by_role("button", name="Clear").click()
    pictures, durations = zip(*frames, strict=True)
    pictures[0].save(
        HERE / "recording.webp",
        save_all=True,
        append_images=pictures[1:],
        duration=durations,
        loop=0,
        quality=70,
    )
    page.context.close()


def draw_slowly(
    page: Page, stroke: Sequence[np.ndarray], after_each_step: Callable[[], None]
) -> None:
    """Draw a stroke with the mouse, in about ten steps."""
    lengths = np.r_[0, np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))]
    places = np.linspace(0, lengths[-1], 11)
    across, down = (np.interp(places, lengths, column) for column in np.transpose(stroke))
    page.mouse.move(across[0], down[0])
    page.mouse.down()
    for x, y in zip(across[1:], down[1:], strict=True):
        page.mouse.move(x, y, steps=4)
        after_each_step()
    page.mouse.up()


def main() -> None:
    """Take all screenshots, named after tab and screen, and the recording."""
    program = find_browser()
    if program is None:
        sys.exit("error: no Chromium found: 'make test' installs one")
    classifier = DigitClassifier.load()
    with tempfile.TemporaryDirectory() as folder, netron_viewer(classifier.path) as viewer:
        demo = build_demo(
            classifier,
            feedback=Path(folder) / "feedback",
            netron_address=viewer,
            models=Path(folder) / "models",
            training=True,
        )
        _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            for name, settings in SCREENS.items():
                page = browser.new_context(**settings).new_page()
                page.goto(address)
                page.locator("#sketchpad canvas").wait_for()
                for tab, ready in {
                    "Draw": draw,
                    "Upload": upload,
                    "Inside": look_inside,
                    "Play": None,
                    "Train": train,
                    "About": None,
                }.items():
                    page.get_by_role("tab", name=tab, exact=True).click()
                    if ready:
                        ready(page)
                    page.wait_for_timeout(800)
                    page.screenshot(path=HERE / f"{tab.lower()}-{name}.png")
                page.context.close()
            record(browser, address)
            browser.close()
        demo.close(verbose=False)


if __name__ == "__main__":
    main()
