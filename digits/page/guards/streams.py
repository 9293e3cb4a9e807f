"""Limits how many connections a visitor may keep open: each waits for answers, and costs memory."""

from collections import Counter

from starlette.types import ASGIApp, Receive, Scope, Send

from digits.page.gradio_internals.routes import STREAMS, route
from digits.page.guards.answers import refusal
from digits.page.guards.visitors import visitor_of

# Each open page keeps one or two. A class of forty behind one address is 80.
PER_BROWSER = 24
PER_ADDRESS = 200
IN_ALL = 1000


class StreamLimit:
    """ASGI middleware that answers more open streams than that with HTTP 429."""

    def __init__(
        self,
        app: ASGIApp,
        per_browser: int = PER_BROWSER,
        per_address: int = PER_ADDRESS,
        in_all: int = IN_ALL,
    ) -> None:
        """Limit the streams that `app` keeps open: for a browser, for an address, and in all."""
        self.app = app
        self.limits = {"browser": per_browser, "address": per_address, "all": in_all}
        self._open: Counter[tuple[str, str]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the stream while it is open, or refuse it."""
        if scope["type"] != "http" or not STREAMS.fullmatch(route(scope)):
            return await self.app(scope, receive, send)
        visitor = visitor_of(scope)
        owners = [("address", visitor.address), ("all", "")]
        if visitor.has_cookie:
            owners.append(("browser", visitor.browser))
        if any(self._open[owner] >= self.limits[owner[0]] for owner in owners):
            line = "Too many open pages: close some, then reload this one."
            return await refusal(429, line, retry_after=10)(scope, receive, send)
        self._open.update(owners)
        try:
            await self.app(scope, receive, send)
        finally:
            for owner in owners:
                self._open[owner] -= 1
                if not self._open[owner]:
                    del self._open[owner]
