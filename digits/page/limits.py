"""Limits what one visitor can ask of the page: bytes per request, and requests per second."""

import asyncio
import time
from ipaddress import IPv6Address, ip_address
from math import ceil

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digits.page.gradio_internals.server import ANSWER_STREAMS

# A drawing's data URL may have 24 million characters; Gradio itself limits uploaded files only.
MAX_REQUEST_BYTES = 25_000_000
# Loading the page takes 50 requests at once, and drawing sends up to 12 pictures a second.
REQUESTS_PER_SECOND = 60
BURST = 600
PATIENCE = 5  # seconds
MAX_VISITORS = 10_000  # remembered; after as many others, a visitor starts afresh


class BodyLimit:
    """ASGI middleware that answers larger requests with HTTP 413 and one line."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_REQUEST_BYTES) -> None:
        """Limit requests to `app` to `max_bytes`."""
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the bytes as they arrive: the length that a request declares may be wrong."""
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_bytes:
                # Raised where the page reads the body, so that FastAPI sends it as the answer.
                raise HTTPException(
                    413, f"Too large: send at most {self.max_bytes // 1_000_000} MB at a time."
                )
            return message

        await self.app(scope, counted, send)


class RateLimit:
    """ASGI middleware that limits the rate of each visitor's requests, and refuses a flood of them.

    Above the rate each request waits for its turn, so that a person who draws, or a class behind
    one address, gets later answers and no errors. If its turn is too far off, a request is answered
    with HTTP 429 and one line. Fetching the answer to an accepted request is free.

    A visitor is an IP address, as uvicorn reports it. Behind a proxy on this computer, such as the
    tunnel of a public link, it is the one that the proxy names in X-Forwarded-For; the header is
    ignored in requests that come from elsewhere. The limit is a token bucket, stored as the time at
    which the bucket will be full again (ITU-T I.371, "generic cell rate algorithm").
    """

    def __init__(
        self,
        app: ASGIApp,
        rate: float = REQUESTS_PER_SECOND,
        burst: int = BURST,
        patience: float = PATIENCE,
    ) -> None:
        """Accept `burst` requests by a visitor at once, then `rate` per second.

        `patience` is the longest time, in seconds, that a request may wait for its turn.
        """
        self.app = app
        self.rate = rate
        self.burst = burst
        self.patience = patience
        # When each visitor's bucket is full again, in order of the visitors' last requests.
        self._full_again: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when it is its turn, or refuse it and name the seconds to wait."""
        wait = self.turn(_visitor(scope), time.monotonic()) if _counts(scope) else 0
        if wait > self.patience:
            refusal = JSONResponse(
                {"detail": "Too many requests at once: wait a moment, then go on."},
                429,
                {"Retry-After": str(ceil(wait - self.patience))},
            )
            return await refusal(scope, receive, send)
        await asyncio.sleep(wait)
        await self.app(scope, receive, send)

    def turn(self, visitor: str, now: float) -> float:
        """Return the seconds until a request made at `now` has its turn; count it if it waits."""
        full_again = max(self._full_again.pop(visitor, now), now)
        wait = max(full_again + 1 / self.rate - now - self.burst / self.rate, 0)
        if wait <= self.patience:
            full_again += 1 / self.rate
        self._full_again[visitor] = full_again
        if len(self._full_again) > MAX_VISITORS:
            del self._full_again[next(iter(self._full_again))]
        return wait


def _counts(scope: Scope) -> bool:
    if scope["type"] != "http":
        return False
    return scope["method"] != "GET" or not ANSWER_STREAMS.search(scope["path"])


def _visitor(scope: Scope) -> str:
    """Return who sent the request; all IPv6 addresses of one network, a /64, are one visitor."""
    host = scope["client"][0] if scope["client"] else ""
    try:
        address = ip_address(host)
    except ValueError:  # a proxy may send "unknown"
        return host
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return address.exploded[:19]
    return host
