"""Takes screenshots of the page in Chromium, every tab at each size and theme: `make screenshots`.

If there is no Chromium, `make test` installs it.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from digits.classifier import DigitClassifier
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
    page.get_by_role("option", name="two_conv", exact=True).click()
    page.get_by_label("2,000", exact=True).check()
    page.locator("#train-start").click()
    page.locator("#train-draw").wait_for(timeout=120_000)


def look_inside(page: Page) -> None:
    """Wait for the lesson about the drawing."""
    page.locator("#inside-lesson nav button").first.wait_for()


def main() -> None:
    """Take all screenshots, named after tab and screen."""
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
                    "Train": train,
                    "About": None,
                }.items():
                    page.get_by_role("tab", name=tab, exact=True).click()
                    if ready:
                        ready(page)
                    page.wait_for_timeout(800)
                    page.screenshot(path=HERE / f"{tab.lower()}-{name}.png")
                page.context.close()
            browser.close()
        demo.close(verbose=False)


if __name__ == "__main__":
    main()
