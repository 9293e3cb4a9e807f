"""Measures the page as a visitor meets it: `python -m benchmarks.page`.

A headless Chromium opens the page, with an empty cache, and draws. Beside it stands the usual way,
`gr.Interface` with Gradio's own sketchpad around `model.predict`, in the same run. The time from
pen to answer is that from a movement of the pen to the next change of the answer on the screen; the
usual way answers only when the pen is lifted, and its time counts from there. "3G" is Chromium's
preset "Fast 3G": 1.6 Mbit/s down, 0.75 up, 563 ms of delay.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.page_servers import PUBLIC_PAGE, USUAL_WAY, serving
from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.page.examples import centred
from tests.setup_programs import find_browser

FAST_3G = {
    "offline": False,
    "downloadThroughput": 0.9 * 1.6e6 / 8,
    "uploadThroughput": 0.9 * 0.75e6 / 8,
    "latency": 562.5,
}
FRAME = 16  # milliseconds between two movements of the pen
# Notes the time of the first event of the pen that is not answered yet, and how long it waited.
WATCH = """([answer, events]) => {
  let since = null;
  window.waited = [];
  for (const event of events) {
    addEventListener(event, ({ buttons }) => {
      if (event === "pointerup" || buttons === 1) since ??= performance.now();
    }, { capture: true });
  }
  new MutationObserver(() => {
    if (since !== null) window.waited.push(performance.now() - since);
    since = null;
  }).observe(document.querySelector(answer), {
    attributes: true, childList: true, characterData: true, subtree: true,
  });
}"""
SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) window.shifted += shift.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""


@dataclass
class Way:
    """A page to measure."""

    name: str
    command: Sequence[str]  # that serves it
    canvas: str  # CSS selector of what is drawn on
    answer: str  # CSS selector of the answer
    events: Sequence[str]  # of the pen, which are answered
    ready: str  # JavaScript: whether it can read
    pen: str = ""  # CSS selector of what has to be clicked before one can draw


WAYS = (
    Way(
        "this page",
        PUBLIC_PAGE,
        "#sketchpad canvas",
        "#answer",
        ("pointermove",),
        "() => window.digits?.ready",
    ),
    Way(
        "the usual way",
        (*USUAL_WAY, "--sketchpad"),
        "#canvas canvas",
        "#answer",
        ("pointerup",),
        "() => document.querySelector('#canvas canvas')",
        "#canvas button[aria-label='Brush']",
    ),
)


@dataclass
class Measured:
    """What a visitor has met."""

    kilobytes: float
    requests: int
    shift: float
    waits: list[float]  # milliseconds
    waits_3g: list[float]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print a Markdown table; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--digits", type=int, default=10, help="how many to draw on each page")
    args = parser.parse_args(argv)
    results = []
    program = find_browser()  # before Playwright starts: it is asked for each that is installed
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for way in WAYS:
            with serving(way.command) as server:
                measure(browser, way, server.address, 1)  # warms up the server
                results.append(measure(browser, way, server.address, args.digits))
        browser.close()
    print("| | " + " | ".join(way.name for way in WAYS) + " |\n| --- | ---: | ---: |")
    rows = {
        "pen to answer, median, ms": [f"{statistics.median(r.waits):.0f}" for r in results],
        "pen to answer, 95th percentile, ms": [f"{p95(r.waits):.0f}" for r in results],
        "the same at 3G speeds, ms": [f"{p95(r.waits_3g):.0f}" for r in results],
        "first load, kB": [f"{r.kilobytes:,.0f}" for r in results],
        "requests of the first load": [f"{r.requests}" for r in results],
        "layout shift": [f"{r.shift:.3f}" for r in results],
    }
    for what, values in rows.items():
        print(f"| {what} | " + " | ".join(values) + " |")
    return 0


def p95(waits: list[float]) -> float:
    """The 95th percentile."""
    return float(np.percentile(waits, 95))


def measure(browser: Browser, way: Way, address: str, count: int) -> Measured:
    """Open a page and draw on it."""
    with opened(browser) as (page, protocol, loaded):
        page.goto(address)
        page.wait_for_function(way.ready, timeout=120_000)
        if way.pen:
            page.locator(way.pen).click()
        page.wait_for_timeout(1000)
        kilobytes, requests = sum(loaded) / 1e3, len(loaded)
        shift = page.evaluate("window.shifted")
        page.evaluate(WATCH, [way.answer, list(way.events)])
        waits = draw(page, way, count)
        protocol.send("Network.emulateNetworkConditions", FAST_3G)
        waits_3g = draw(page, way, max(2, count // 2))
    return Measured(kilobytes, requests, shift, waits, waits_3g)


@contextmanager
def opened(browser: Browser) -> Iterator[tuple[Page, object, list[float]]]:
    """A page with an empty cache, its protocol, and the bytes of each request."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    protocol = context.new_cdp_session(page)
    loaded: list[float] = []
    protocol.send("Network.enable")
    protocol.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    page.add_init_script(f"({SHIFTS})()")
    yield page, protocol, loaded
    context.close()


def draw(page: Page, way: Way, count: int) -> list[float]:
    """Draw digits one over the other; give the times from pen to answer, in milliseconds."""
    page.evaluate("() => { window.waited = []; }")
    box = page.locator(way.canvas).first.bounding_box()
    assert box is not None
    # Gradio's own sketchpad stands in the middle of a larger canvas.
    side = min(box["width"], box["height"], 280 if way.pen else box["width"])
    left = box["x"] + (box["width"] - side) / 2
    top = box["y"] + (box["height"] - side) / 2
    for number in range(count):
        strokes = parse_form(DIGIT_FORMS[number % 10][0])
        for stroke in centred(strokes, 280):
            places = [(left + x * side / 280, top + y * side / 280) for x, y in stroke]
            page.mouse.move(*places[0])
            page.mouse.down()
            for place in places[1:]:
                page.mouse.move(*place)
                page.wait_for_timeout(FRAME)
            page.mouse.up()
            answered = len(page.evaluate("window.waited"))
            if "pointerup" in way.events:
                page.wait_for_function(f"() => window.waited.length > {answered}", timeout=60_000)
        page.wait_for_timeout(200)
        page.keyboard.press("Escape")
    return page.evaluate("window.waited")


if __name__ == "__main__":
    sys.exit(main())
