"""The real page in a real browser, with a record of its requests and its error messages."""

import base64
import io
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

# What is expected comes within a second; on a busy machine later, and no test depends on when.
expect.set_options(timeout=20_000)
PREFIX = "data:image/png;base64,"
CHATTER = "Method not implemented."  # Gradio's own image says so at every upload
# What people read or hear in the open tab of an Arabic page that is in Latin letters only.
LATIN = """() => {
  const found = [];
  const note = (text) => {
    if (/[A-Za-z]{2}/.test(text) && !/[\\u0600-\\u06ff]/.test(text)) found.push(text.trim());
  };
  const shown = (element) => element.checkVisibility() && !element.closest("code");
  const texts = document.createTreeWalker(document.getElementById("tabs"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (shown(texts.currentNode.parentElement)) note(texts.currentNode.data);
  }
  for (const element of document.querySelectorAll("#tabs *")) {
    if (!shown(element)) continue;
    for (const name of ["aria-label", "aria-description", "title", "alt", "placeholder"]) {
      note(element.getAttribute(name) ?? "");
    }
    if (element.type === "text") note(element.value); // what a menu shows
  }
  return found;
}"""


# Not for the whole session: while Playwright runs, no other test of it can run an event loop.
@pytest.fixture(scope="module")
def browser(address, chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",  # where there is none, imitating one takes longer than painting
                # As with the network cable out: a page that needs another host fails.
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )
        yield browser
        browser.close()


@dataclass
class Visit:
    """One person's visit to the page: units are pixels of the picture that the sketchpad sends."""

    page: Page
    host: str
    side: int = 280  # of that picture
    session: str | None = None  # what Gradio calls this visit, known after the first request
    sent: list[str] = field(default_factory=list)  # the values that went to the server
    open: set = field(default_factory=set)  # requests about pictures that are under way
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("request", self._on_request)
        self.page.on("requestfinished", lambda request: self.open.discard(request))
        self.page.on("requestfailed", lambda request: self.open.discard(request))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning")
                and message.text != CHATTER
                and self.complaints.append(f"{message.text} {message.location.get('url')}")
            ),
        )

    def _on_request(self, request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.netloc != self.host:
            self.foreign.append(request.url)
        if "/queue/" in url.path or "/run/" in url.path:
            self.open.add(request)
        if url.path.endswith(("/queue/join", "/run/predict")):
            self.sent.extend(request.post_data_json["data"][:1])
            self.session = request.post_data_json["session_hash"]

    @property
    def canvas(self):
        return self.page.locator("#sketchpad canvas")

    @property
    def heading(self):
        return self.page.locator("#answer h2")

    @property
    def bars(self):
        return self.page.locator("#answer meter")

    def button(self, name: str):
        return self.page.locator("#sketchpad").get_by_role("button", name=name)

    def open_tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name, exact=True).click()

    def not_in_arabic(self) -> set[str]:
        """The texts of the open tab of an Arabic page that are not, but for what stays as it is."""
        everywhere = {"MNIST", "ReLU", "Pen-Based Recognition of Handwritten Digits"}
        return set(self.page.evaluate(LATIN)) - everywhere

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The place on the screen of a point of the sketchpad."""
        box = self.canvas.bounding_box()
        return (
            box["x"] + x * box["width"] / self.side,
            box["y"] + y * box["height"] / self.side,
        )

    def draw(self, *points, steps: int = 8, lift: bool = True) -> None:
        """Draw through the points with the mouse."""
        self.canvas.scroll_into_view_if_needed()
        self.page.mouse.move(*self.at(*points[0]))
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*self.at(*point), steps=steps)
        if lift:
            self.page.mouse.up()

    def draw_example(self, name: str) -> None:
        """Have an example draw itself, to the end."""
        self.button(name).click()
        self.page.wait_for_function(
            "() => !document.querySelector('#sketchpad canvas').classList.contains('drawing')"
        )

    def settle(self) -> None:
        """Wait until the last picture has been sent and answered: a fifth of a second of calm."""
        calm = 0
        for _ in range(1500):
            # By the page's own clock, so that on a busy machine its timers have had their turn.
            self.page.evaluate("() => new Promise((done) => setTimeout(done, 20))")
            calm = 0 if self.open else calm + 1
            if calm == 10:
                return
        raise TimeoutError("the page goes on sending")

    def touch(self, kind: str, *points) -> None:
        """Touch the screen; the points are those of all fingers on it, the first finger first."""
        places = [dict(zip("xy", self.at(*point), strict=True)) for point in points]
        touches = [{**place, "id": number} for number, place in enumerate(places)]
        self.protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    @cached_property
    def protocol(self):
        return self.page.context.new_cdp_session(self.page)

    def last_picture(self) -> np.ndarray:
        """The last picture sent, (side, side) uint8 grey; black is ink."""
        image = Image.open(io.BytesIO(base64.b64decode(self.sent[-1].removeprefix(PREFIX))))
        pixels = np.asarray(image.convert("RGBA"))
        assert pixels.shape == (self.side, self.side, 4)
        assert (pixels[:, :, 3] == 255).all()  # opaque
        colours = pixels[:, :, :3]
        assert (colours.min(axis=2) == colours.max(axis=2)).all()  # grey
        return colours[:, :, 0]

    def shown_picture(self) -> np.ndarray:
        """What the canvas shows, as grey (280, 280) float in [0, 255]."""
        image = Image.open(io.BytesIO(self.canvas.screenshot())).convert("L")
        return np.asarray(image.resize((280, 280), Image.Resampling.BOX), float)

    def shot(self, folder: Path, name: str) -> None:
        self.page.screenshot(path=folder / f"{name}.png")


@pytest.fixture
def visit(browser: Browser, address: str):
    """Start visits: `visit(viewport={...}, color_scheme="dark", ...)`; each must end clean."""
    visits = []

    def start(at: str = address, width: int = 1280, height: int = 800, **settings) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        context.set_default_timeout(20_000)
        guest = Visit(context.new_page(), urlsplit(at).netloc)
        guest.listen()
        visits.append(guest)
        guest.page.goto(at)
        guest.canvas.wait_for()
        guest.heading.wait_for()
        return guest

    yield start
    for guest in visits:
        guest.page.context.close()
        assert guest.complaints == []
        assert guest.foreign == []


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory) -> Path:
    """Where the screenshots go: `$SCREENSHOT_DIR`, or a folder of pytest's own."""
    folder = os.environ.get("SCREENSHOT_DIR")
    if folder is None:
        return tmp_path_factory.mktemp("screenshots")
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
