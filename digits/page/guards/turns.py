"""Serves visitors in turn: who has had the least work done for them is next.

Work is what counts, not requests: a visitor who sends costly pictures waits, and others do not.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Receive, Scope, Send

from digits.page.guards.answers import refusal
from digits.page.guards.requests import call_of
from digits.page.guards.visitors import Visitor

AT_ONCE = 2  # requests that are worked on: more would only share the same processors
# Requests that wait. A page sends its next drawing after the answer to the last one.
PER_BROWSER = 8
PER_ADDRESS = 240
IN_ALL = 1000


class Busy(Exception):
    """Too many requests wait already."""


@dataclass
class _Queue:
    """The requests of one browser that wait, and the work done for it."""

    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    here: int = 0  # requests that wait or are worked on
    work: float = 0.0  # seconds, beginning with those of whoever was served last


@dataclass
class _Address:
    browsers: dict[str, _Queue] = field(default_factory=dict)
    waiting: int = 0
    here: int = 0
    work: float = 0.0


class Turns:
    """Gives turns, to addresses first, and among the browsers of one address in the same way.

    Source: P. Goyal, H. Vin and H. Cheng, "Start-time fair queueing", 1996. Newcomers begin where
    the address that was served last stands, so that nobody saves up turns by waiting.
    """

    def __init__(
        self,
        at_once: int = AT_ONCE,
        per_browser: int = PER_BROWSER,
        per_address: int = PER_ADDRESS,
        in_all: int = IN_ALL,
    ) -> None:
        """Serve `at_once` requests at a time; the others are how many may wait for a turn."""
        self.free = at_once
        self.per_browser, self.per_address, self.in_all = per_browser, per_address, in_all
        self.waiting = 0
        self._addresses: dict[str, _Address] = {}
        self._now = 0.0  # the work of the address that was served last

    @asynccontextmanager
    async def turn(self, visitor: Visitor) -> AsyncIterator[None]:
        """Wait for a visitor's turn, and count what is done in it.

        Raises:
            Busy: too many wait.
        """
        address = self._addresses.get(visitor.address) or _Address(work=self._now)
        queue = address.browsers.get(visitor.browser) or _Queue(work=address.work)
        if (
            len(queue.waiting) >= self.per_browser
            or address.waiting >= self.per_address
            or self.waiting >= self.in_all
        ):
            raise Busy
        self._addresses[visitor.address] = address
        address.browsers[visitor.browser] = queue
        address.here += 1
        queue.here += 1
        try:
            if self.free and not self.waiting:
                self.free -= 1
            else:
                await self._wait(address, queue)
            self._now = max(self._now, address.work)
            started = time.monotonic()
            try:
                yield
            finally:
                took = time.monotonic() - started
                address.work += took
                queue.work += took
                self._hand_on()
        finally:
            address.here -= 1
            queue.here -= 1
            if not queue.here:
                del address.browsers[visitor.browser]
            if not address.here:
                del self._addresses[visitor.address]

    async def _wait(self, address: _Address, queue: _Queue) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.waiting.append(turn)
        address.waiting += 1
        self.waiting += 1
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the turn came at the same moment
                self._hand_on()
            else:
                queue.waiting.remove(turn)
                address.waiting -= 1
                self.waiting -= 1
            raise

    def _hand_on(self) -> None:
        """Give a turn that is over to the next in line; nobody may be."""
        waiting = [address for address in self._addresses.values() if address.waiting]
        if not waiting:
            self.free += 1
            return
        address = min(waiting, key=lambda address: address.work)
        queues = [queue for queue in address.browsers.values() if queue.waiting]
        turn = min(queues, key=lambda queue: queue.work).waiting.popleft()
        address.waiting -= 1
        self.waiting -= 1
        turn.set_result(None)


class TakingTurns:
    """ASGI middleware in which calls wait for their visitor's turn."""

    def __init__(self, app: ASGIApp, turns: Turns | None = None) -> None:
        """Let the calls to `app` take turns."""
        self.app = app
        self.turns = turns or Turns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call when its turn has come, or refuse it where too many wait."""
        call = call_of(scope)
        if call is None or not call.at_once:
            return await self.app(scope, receive, send)
        try:
            async with self.turns.turn(call.visitor):
                await self.app(scope, receive, send)
        except Busy:
            line = "Many people draw at the moment: your drawing is read in a moment."
            await refusal(503, line, retry_after=1)(scope, receive, send)
