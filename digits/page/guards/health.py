"""Tells whether the page can answer, at `/health`, and starts Gradio's queue again if it ends."""

from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from digits.errors import DigitsError
from digits.page.gradio_internals.routes import route
from digits.page.gradio_internals.server import queue_has_ended, restart_queue

READ_ONLY = ("GET", "HEAD")


class Health:
    """ASGI middleware that answers `/health`: 200 while the page answers drawings, else 503.

    Gradio's queue ends when a task of it fails; the page would still be shown, and answer nothing.
    Whatever made it end, the next request starts it again.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Watch over `app`."""
        self.app = app
        self.restarts = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look after the queue, then answer."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        blocks = scope["app"].get_blocks()
        if queue_has_ended(blocks):
            self.restarts += 1
            print("The queue of requests had ended: it is started again.", flush=True)
            restart_queue(blocks)
        if route(scope) == "/health" and scope["method"] in READ_ONLY:
            status = state_of(blocks)
            words = {"status": status, "restarts": self.restarts}
            answer = JSONResponse(words, 200 if status == "ok" else 503)
            return await answer(scope, receive, send)
        await self.app(scope, receive, send)


def state_of(blocks: Any) -> str:
    """Say in words whether a page reads drawings; "ok" if it does.

    `build_demo` gives a page `is_ready`, which tells whether its model is loaded.
    """
    if not blocks.is_running or queue_has_ended(blocks):
        return "not answering"
    try:
        return "ok" if getattr(blocks, "is_ready", lambda: True)() else "loading the model"
    except DigitsError:
        return "the model cannot be loaded"
