"""Limits how often a visitor may ask, by browser first, and by address as the outer bound."""

import asyncio
import time
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from digits.page.gradio_internals.routes import CALLS, LOGIN, STATIC, STREAMS, route
from digits.page.guards.answers import refusal
from digits.page.guards.visitors import visitor_of

PATIENCE = 5  # seconds that a request may wait for its turn
MAX_REMEMBERED = 10_000  # visitors; after as many others, one starts afresh
TOO_MANY = "Too many requests at once: wait a moment, then go on."
TOO_MANY_LOGINS = "Too many attempts to log in: wait a minute, then try again."


class Rate(NamedTuple):
    """How often something may happen: `burst` times at once, then `per_second`."""

    per_second: float
    burst: int


# Where the browser cannot read by itself, drawing sends up to 12 pictures a second. Forty people
# who draw at once, a class, are 480.
BROWSER = Rate(60, 600)
ADDRESS = Rate(600, 3000)
# What waits in Gradio's queue, where all wait in one line: calls of programs, and trainings.
QUEUED = Rate(20, 50)
# Guesses of a password.
LOGINS = Rate(0.2, 10)


class Buckets:
    """Counts what each of many visitors does: a token bucket for each.

    A bucket is stored as the time at which it will be full again (ITU-T I.371, "generic cell rate
    algorithm").
    """

    def __init__(self, rate: Rate) -> None:
        """Allow everyone the same rate."""
        self.rate = rate
        # When each one's bucket is full again, in order of their last requests.
        self._full_again: dict[str, float] = {}

    def turn(self, who: str, now: float, patience: float) -> float:
        """Return the seconds until `who` has the next turn; it counts if that is soon enough."""
        each = 1 / self.rate.per_second
        full_again = max(self._full_again.pop(who, now), now)
        wait = max(full_again + each - now - self.rate.burst * each, 0)
        if wait <= patience:
            full_again += each
        self._full_again[who] = full_again
        if len(self._full_again) > MAX_REMEMBERED:
            del self._full_again[next(iter(self._full_again))]
        return wait


class RateLimit:
    """ASGI middleware that slows a visitor down who asks too often, and refuses a flood.

    Above the rate each request waits for its turn, so that people get later answers and no errors.
    If its turn is too far off, it is answered with HTTP 429. Fixed content is free, and so is
    fetching the answer to an accepted request.
    """

    def __init__(
        self,
        app: ASGIApp,
        browser: Rate = BROWSER,
        address: Rate = ADDRESS,
        patience: float = PATIENCE,
    ) -> None:
        """Limit the requests of each browser and of each address to `app`.

        Args:
            app: what is asked.
            browser: the rate for one browser.
            address: the rate for all browsers and programs behind one address.
            patience: the longest time, in seconds, that a request may wait for its turn.
        """
        self.app = app
        self.browsers, self.addresses = Buckets(browser), Buckets(address)
        self.queued, self.logins = Buckets(QUEUED), Buckets(LOGINS)
        self.patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when it is its turn, or refuse it and name the seconds to wait."""
        if scope["type"] != "http" or is_free(scope):
            return await self.app(scope, receive, send)
        visitor, path = visitor_of(scope), route(scope)
        if scope["method"] == "POST" and LOGIN.fullmatch(path):
            line, patience = TOO_MANY_LOGINS, 0.0
            counts = [(self.logins, visitor.address)]
        else:
            line, patience = TOO_MANY, self.patience
            counts = [(self.addresses, visitor.address)]
            if visitor.has_cookie:  # else the address is all there is
                counts.append((self.browsers, visitor.browser))
            call = CALLS.fullmatch(path)
            if call and (call["call"] or call["queue"]):
                counts.append((self.queued, visitor.address))
        wait, now = 0.0, time.monotonic()
        for buckets, who in counts:
            wait = max(wait, buckets.turn(who, now, patience))
            if wait > patience:
                answer = refusal(429, line, retry_after=wait - patience)
                return await answer(scope, receive, send)
        if wait:
            await asyncio.sleep(wait)
        await self.app(scope, receive, send)


def is_free(scope: Scope) -> bool:
    """Whether a request does not count."""
    if scope["method"] not in ("GET", "HEAD"):
        return False
    path = route(scope)
    return bool(STATIC.fullmatch(path) or STREAMS.fullmatch(path))
