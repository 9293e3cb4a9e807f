"""Tells whether the page can answer, at `/health`, and starts Gradio's queue again if it ends."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

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
            up = blocks.is_running and not queue_has_ended(blocks)
            words = {"status": "ok" if up else "not answering", "restarts": self.restarts}
            return await JSONResponse(words, 200 if up else 503)(scope, receive, send)
        await self.app(scope, receive, send)
