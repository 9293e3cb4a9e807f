"""A drawing that the server cannot read at the moment is kept, and read as soon as it can."""

import pytest
from playwright.sync_api import expect
from starlette.middleware import Middleware

from digits.page.demo import build_demo, launch_options
from digits.page.guards.answers import refusal

SEVEN = [(80, 70), (200, 70), (120, 220)]
BUSY = "Many people draw at the moment: your drawing is read in a moment."


class BusyForAWhile:
    """Refuses the first few drawings, as a page does that too many people use."""

    left = 0

    def __init__(self, app) -> None:
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http" and "/run/" in scope["path"] and BusyForAWhile.left:
            BusyForAWhile.left -= 1
            await refusal(503, BUSY, retry_after=1)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def busy_page(classifier):
    options = launch_options()
    options["app_kwargs"]["middleware"].insert(0, Middleware(BusyForAWhile))
    demo = build_demo(classifier)
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **options)
    yield address
    demo.close(verbose=False)


def only(complaints: list[str], *words: str) -> None:
    """Check that the browser has noted nothing but this, and forget it."""
    assert [text for text in complaints if not any(word in text for word in words)] == []
    complaints.clear()


def test_a_busy_page_says_so_and_reads_the_drawing_later(visit, busy_page):
    guest = visit(busy_page)
    BusyForAWhile.left = 3
    guest.draw(*SEVEN)
    notice = guest.page.locator("#notice")
    expect(notice).to_have_text(BUSY)
    expect(notice).to_have_attribute("role", "status")
    expect(guest.heading).to_have_text("7", timeout=20_000)
    expect(notice).to_be_hidden()
    assert BusyForAWhile.left == 0
    only(guest.complaints, "503 (Service Unavailable)")


def test_without_a_connection_the_drawing_is_kept_and_read_later(visit, busy_page):
    guest = visit(busy_page)
    guest.page.context.set_offline(True)
    guest.draw(*SEVEN)
    notice = guest.page.locator("#notice")
    expect(notice).to_contain_text("The page is not answering at the moment")
    guest.page.context.set_offline(False)
    expect(guest.heading).to_have_text("7", timeout=20_000)
    expect(notice).to_be_hidden()
    only(guest.complaints, "ERR_INTERNET_DISCONNECTED", "net::ERR")
