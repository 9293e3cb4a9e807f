"""Makes what lies in this folder: sample digits, and screenshots of the real page in Chromium.

`make assets`, or `python -m assets.make_assets`; needs a Chromium browser on the PATH.
"""

import shutil
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter
from playwright.sync_api import Page, sync_playwright

from digits.classifier import DigitClassifier
from digits.demo import build_demo, launch_options
from digits.nondigits import LETTER_FORMS
from digits.pen import draw
from digits.styles import DIGIT_FORMS, parse_form

HERE = Path(__file__).resolve().parent
SAMPLES = {"seven.png": DIGIT_FORMS[7][1], "not-a-digit.png": LETTER_FORMS["M"][2]}
SCREENS = {
    "draw-light.png": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "draw-dark.png": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "draw-phone.png": {
        "viewport": {"width": 390, "height": 844},
        "color_scheme": "light",
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
}


def write_samples() -> None:
    """Draw the sample pictures, black on white, 280×280."""
    for name, form in SAMPLES.items():
        ink = draw(parse_form(form), size=0.62, brush=18)
        picture = Image.fromarray((255 * (1 - ink)).astype(np.uint8))
        picture.filter(ImageFilter.GaussianBlur(0.8)).save(HERE / name, optimize=True)


def draw_on(page: Page, strokes: list[np.ndarray]) -> None:
    """Draw strokes with the mouse, centred on the sketchpad at 60 % of its height."""
    box = page.locator("#sketchpad canvas").bounding_box()
    points = np.concatenate(strokes)
    low, high = points.min(0), points.max(0)
    scale = 0.6 * box["height"] / (high - low).max()
    corner = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    for stroke in strokes:
        path = (stroke - (low + high) / 2) * scale + corner
        page.mouse.move(*path[0])
        page.mouse.down()
        for point in path[1:]:
            page.mouse.move(*point)
        page.mouse.up()


def write_screenshots() -> None:
    """Draw a crossed 7 on the real page at each size and theme, and take its picture."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.exit("error: no Chromium found: install it, Debian's package is chromium")
    demo = build_demo(DigitClassifier.load())
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, settings in SCREENS.items():
            page = browser.new_context(**settings).new_page()
            page.goto(address)
            page.locator("#sketchpad canvas").wait_for()
            draw_on(page, parse_form(DIGIT_FORMS[7][1]))
            page.locator("#answer h2", has_text="7").wait_for()
            page.wait_for_timeout(500)  # the bars grow to their places
            page.screenshot(path=HERE / name)
            page.context.close()
        browser.close()
    demo.close(verbose=False)


if __name__ == "__main__":
    write_samples()
    write_screenshots()
