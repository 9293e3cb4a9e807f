"""Measures the page as a visitor meets it: `python -m benchmarks.page`.

A headless Chromium opens the page with an empty cache, and draws. Beside it stands the usual way,
`gr.Interface` with Gradio's own sketchpad around `model.predict`, in the same run.

The time from pen to answer is that from a movement of the pen to the frame that shows the answer to
the drawing as it then was. The usual way reads only when the pen is lifted: its time counts from
there, until its answer is no longer marked as pending. "3G" is Chromium's preset "Fast 3G": 1.6
Mbit/s down, 0.75 up, 563 ms of delay. The other visitors draw a stroke a second each, on the same
two cores.
"""

import argparse
import asyncio
import itertools
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from typing import Any

import httpx
import numpy as np
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.load import SCHOOL, ask_page, drawings
from benchmarks.page_servers import PUBLIC_PAGE, USUAL_WAY, serving
from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.page.examples import centred
from tests.setup_programs import find_browser

ONLINE = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1, "latency": 0}
FAST_3G = {
    "offline": False,
    "downloadThroughput": 0.9 * 1.6e6 / 8,
    "uploadThroughput": 0.9 * 0.75e6 / 8,
    "latency": 562.5,
}
OFFLINE = ONLINE | {"offline": True}
FRAME = 16  # milliseconds between two movements of the pen
STEPS = 12  # movements of the pen in a stroke
CANVAS = 280  # pixels: the side of both canvases' pictures
LONGEST = 30_000  # milliseconds until an answer
VISITORS = 30  # others, who draw meanwhile
STROKE = 1.0  # seconds between the strokes of each of them
SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) {
      if (!shift.hadRecentInput) window.shifted += shift.value;
    }
  }).observe({ type: "layout-shift", buffered: true });
}"""
# Both note in `window.waited` how long each answer took, once it is on the screen.
WATCH_READER = """() => {
  window.waited = [];
  let moved = []; // when the pen moved, and the number of the drawing that this made
  let latest = 0;
  const note = ({ buttons, timeStamp }) => {
    if (buttons !== 1 || window.digits.drawing === latest) return; // the page knows the movement
    latest = window.digits.drawing;
    moved.push([timeStamp, latest]);
  };
  for (const moving of ["pointerrawupdate", "pointermove"]) addEventListener(moving, note);
  document.addEventListener("answer", ({ detail }) => {
    const answered = moved.filter(([, drawing]) => drawing <= detail.drawing);
    moved = moved.filter(([, drawing]) => drawing > detail.drawing);
    requestAnimationFrame(() => setTimeout(() => {
      for (const [since] of answered) window.waited.push(performance.now() - since);
    }));
  });
}"""
WATCH_STATUS = """() => {
  window.waited = [];
  let since = null;
  let pending = false;
  const status = "#answer [data-testid=status-tracker]";
  addEventListener("pointerup", ({ timeStamp }) => { since ??= timeStamp; }, { capture: true });
  new MutationObserver(() => {
    const now = document.querySelector(status)?.matches(":not(.hide)") ?? false;
    if (pending && !now && since !== null) {
      window.waited.push(performance.now() - since);
      since = null;
    }
    pending = now;
  }).observe(document.querySelector("#answer"), {
    attributes: true, childList: true, subtree: true,
  });
}"""


@dataclass
class Way:
    """A page to measure."""

    name: str
    command: Sequence[str]  # that serves it
    canvas: str  # CSS selector of what is drawn on
    ready: str  # JavaScript: whether one can draw
    reads: str  # JavaScript: whether it answers while one draws
    watch: str  # JavaScript that notes the times
    pen: str = ""  # CSS selector of what has to be clicked before one can draw
    when_lifted: bool = False  # it reads only then
    lines: Sequence[dict[str, Any]] = (ONLINE, FAST_3G)  # on which it reads at all
    shared: bool = False  # measure it while others draw, too


WAYS = (
    Way(
        "this page",
        PUBLIC_PAGE,
        "#sketchpad canvas",
        "() => document.querySelector('html:not(.loading) #sketchpad canvas')",
        "() => window.digits?.ready",
        WATCH_READER,
        lines=(ONLINE, FAST_3G, OFFLINE),
        shared=True,
    ),
    Way(
        "the usual way",
        (*USUAL_WAY, "--sketchpad"),
        "#canvas canvas",
        "() => document.querySelector('#canvas canvas')",
        "() => true",
        WATCH_STATUS,
        pen="#canvas button[aria-label='Brush']",
        when_lifted=True,
    ),
)


@dataclass
class Load:
    """What opening a page took."""

    bytes: list[float] = field(default_factory=list)  # of each request
    network: float = 0  # bytes of the file with the network that reads in the browser
    seconds: float = 0  # until one can draw
    until_read: float = 0  # seconds until it answers while one draws, if it ever does
    shift: float = 0


@dataclass
class Measured:
    """What a visitor has met."""

    load: Load
    slow_load: Load  # at 3G speeds
    waits: list[list[float]]  # milliseconds, for each line, and while others draw


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print a Markdown table; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--digits", type=int, default=10, help="how many to draw on each line")
    args = parser.parse_args(argv)
    results = []
    program = find_browser()  # before Playwright starts: it is asked for each that is installed
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for way in WAYS:
            with serving(way.command) as server:
                with opened(browser, way, server.address, ONLINE):
                    pass  # warms up the server
                results.append(measure(browser, way, server.address, args.digits))
        browser.close()
    print("| | " + " | ".join(way.name for way in WAYS) + " |\n| --- | ---: | ---: |")
    for what, values in rows(results):
        print(f"| {what} | " + " | ".join(values) + " |")
    return 0


def rows(results: Sequence[Measured]) -> Iterator[tuple[str, list[str]]]:
    """The rows of the table."""
    for number, line in enumerate(
        ("", ", at 3G speeds", ", offline", f", beside {VISITORS} other visitors")
    ):
        for what, share in (("median", 50), ("95th percentile", 95)):
            times = [
                f"{np.percentile(r.waits[number], share):.0f}" if number < len(r.waits) else "none"
                for r in results
            ]
            yield f"pen to answer{line}, {what}, ms", times
    yield "first load, kB", [f"{(sum(r.load.bytes) - r.load.network) / 1e3:.0f}" for r in results]
    yield (
        "the network that reads in the browser, kB",
        [f"{r.load.network / 1e3:.0f}" for r in results],
    )
    yield "requests of the first load", [f"{len(r.load.bytes)}" for r in results]
    yield (
        "until one can draw, at 3G speeds, seconds",
        [f"{r.slow_load.seconds:.1f}" for r in results],
    )
    yield (
        "until it answers while one draws, at 3G speeds, seconds",
        [
            "never" if way.when_lifted else f"{r.slow_load.until_read:.1f}"
            for way, r in zip(WAYS, results, strict=True)
        ],
    )
    yield "layout shift", [f"{r.load.shift:.3f}" for r in results]


def measure(browser: Browser, way: Way, address: str, count: int) -> Measured:
    """Open a page twice, and draw on it."""
    with opened(browser, way, address, FAST_3G) as (_, _, slow_load):
        pass
    with opened(browser, way, address, ONLINE) as (page, protocol, load):
        if way.pen:
            page.locator(way.pen).click()
        page.evaluate(f"({way.watch})()")

        def wait(line: dict[str, Any], count: int) -> list[float]:
            protocol.send("Network.emulateNetworkConditions", line)
            page.evaluate("() => { window.waited = []; }")
            draw(page, way, count)
            return page.evaluate("window.waited")

        half = max(2, count // 2)
        waits = [wait(line, count if line == ONLINE else half) for line in way.lines]
        if way.shared:
            with others_drawing(address):
                waits.append(wait(ONLINE, half))
    return Measured(load, slow_load, waits)


@contextmanager
def others_drawing(address: str) -> Iterator[None]:
    """Let other visitors draw meanwhile, in a process of their own."""
    spawn = multiprocessing.get_context("spawn")
    begun = spawn.Event()
    process = spawn.Process(target=draw_on, args=(address, begun), daemon=True)
    process.start()
    try:
        if not begun.wait(60):
            raise TimeoutError("the other visitors did not get the page")
        yield
        if not process.is_alive():
            raise RuntimeError("the other visitors stopped drawing")
    finally:
        process.terminate()
        process.join()


def draw_on(address: str, begun: Event) -> None:
    """Draw as so many visitors, each with a stroke a second, until the process is ended."""
    urls = drawings()

    async def visitor(number: int) -> None:
        async with httpx.AsyncClient(base_url=address, headers=SCHOOL, timeout=60) as client:
            await client.get("/")
            await asyncio.sleep(number * STROKE / VISITORS)
            for turn in itertools.count():
                status, _ = await ask_page(client, urls[(7 * number + turn) % len(urls)])
                if status != 200:
                    raise RuntimeError(f"a visitor got the status {status}")
                if number == VISITORS - 1:
                    begun.set()
                await asyncio.sleep(STROKE)

    async def all_of_them() -> None:
        await asyncio.gather(*(visitor(number) for number in range(VISITORS)))

    asyncio.run(all_of_them())


@contextmanager
def opened(
    browser: Browser, way: Way, address: str, line: dict[str, Any]
) -> Iterator[tuple[Page, CDPSession, Load]]:
    """A page that was opened with an empty cache on a line, its protocol, and what that took."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    protocol = context.new_cdp_session(page)
    load = Load()
    asked: dict[str, str] = {}
    spared: set[str] = set()

    def finished(event: dict[str, Any]) -> None:
        url = asked.get(event["requestId"], "data:")
        if url.startswith("http") and event["requestId"] not in spared:
            load.bytes.append(event["encodedDataLength"])
            if "/network.bin" in url:
                load.network = event["encodedDataLength"]

    def sent(event: dict[str, Any]) -> None:
        asked[event["requestId"]] = event["request"]["url"]

    protocol.on("Network.requestWillBeSent", sent)
    protocol.on("Network.requestServedFromCache", lambda e: spared.add(e["requestId"]))
    protocol.on("Network.loadingFinished", finished)
    protocol.send("Network.enable")
    protocol.send("Network.emulateNetworkConditions", line)
    page.add_init_script(f"({SHIFTS})()")
    started = time.perf_counter()
    page.goto(address, timeout=60_000)
    page.wait_for_function(way.ready, timeout=60_000)
    load.seconds = time.perf_counter() - started
    page.wait_for_function(way.reads, timeout=60_000)
    load.until_read = time.perf_counter() - started
    page.wait_for_timeout(1500)  # what comes later
    load.shift = page.evaluate("window.shifted")
    protocol.remove_listener("Network.loadingFinished", finished)
    yield page, protocol, load
    context.close()


def draw(page: Page, way: Way, count: int) -> None:
    """Draw digits one over the other."""
    box = page.locator(way.canvas).first.bounding_box()
    assert box is not None
    # Gradio's own sketchpad stands in the middle of a larger canvas.
    side = CANVAS if way.pen else min(box["width"], box["height"])
    left = box["x"] + (box["width"] - side) / 2
    top = box["y"] + (box["height"] - side) / 2
    for number in range(count):
        for stroke in centred(parse_form(DIGIT_FORMS[number % 10][0]), CANVAS):
            chosen = np.linspace(0, len(stroke) - 1, STEPS).round().astype(int)
            places = [(left + x * side / CANVAS, top + y * side / CANVAS) for x, y in stroke]
            page.mouse.move(*places[0])
            page.mouse.down()
            for place in chosen[1:]:
                page.mouse.move(*places[place])
                page.wait_for_timeout(FRAME)
            answered = page.evaluate("window.waited.length")
            page.mouse.up()
            if way.when_lifted:
                page.wait_for_function(
                    "(before) => window.waited.length > before", arg=answered, timeout=LONGEST
                )
        page.wait_for_timeout(200)
        page.keyboard.press("Escape")


if __name__ == "__main__":
    sys.exit(main())
