"""Limits the connections to the server, before a request is even complete.

Whoever opens a thousand connections and sends half a request on each would lock everybody else out.
"""

import asyncio
import resource
from collections import Counter
from ipaddress import ip_address
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

IN_ALL = 2000
PER_ADDRESS = 300  # a class of forty with six connections each, as browsers open them, and some
# Seconds after which a connection without a complete request is closed.
HEADER_TIME = 10
KEPT_FREE = 200  # open files that the page needs besides connections


class Connections:
    """Counts the open connections, in all and of each address."""

    def __init__(self, in_all: int = IN_ALL, per_address: int = PER_ADDRESS) -> None:
        """Allow so many."""
        self.in_all, self.per_address = in_all, per_address
        self._open: Counter[str] = Counter()

    def opened(self, address: str) -> bool:
        """Count a connection; False if it is one too many, and then it is not counted.

        A proxy on this computer speaks for many visitors: it has no limit of its own.
        """
        limit = self.in_all if _is_local(address) else self.per_address
        if self._open.total() >= self.in_all or self._open[address] >= limit:
            return False
        self._open[address] += 1
        return True

    def closed(self, address: str) -> None:
        """Count a connection no more."""
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]


def bounded_protocol(connections: Connections, header_time: float = HEADER_TIME) -> type:
    """Make uvicorn's HTTP protocol refuse connections above a limit, and close idle ones.

    Args:
        connections: the limit, and the count, of all of a server's connections.
        header_time: seconds after which a connection without a complete request is closed.
    """

    class BoundedProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # chosen at run time
        """uvicorn's protocol for one connection."""

        def connection_made(self, transport: Any) -> None:
            peer = transport.get_extra_info("peername")
            self._address = peer[0] if isinstance(peer, tuple) else ""
            self._counted = connections.opened(self._address)
            if not self._counted:
                transport.abort()
                return
            super().connection_made(transport)
            self._watch()

        def connection_lost(self, exc: Exception | None) -> None:
            if self._counted:
                connections.closed(self._address)
                self._timer.cancel()
                super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            if self._counted:
                super().data_received(data)

        def eof_received(self) -> None:
            if self._counted:
                super().eof_received()

        def _watch(self, last: Any = ...) -> None:
            """Look again and again whether the connection still waits for the same request."""
            cycle = self.cycle
            waits = cycle is None or cycle.response_complete
            if waits and last is cycle:
                self.transport.close()
            loop = asyncio.get_running_loop()
            last = cycle if waits else ...
            self._timer = loop.call_later(header_time, self._watch, last)

    return BoundedProtocol


def allow_open_files(count: int = IN_ALL + KEPT_FREE) -> int:
    """Let this process open so many files if the system allows it; returns how many it may.

    Without room for them, a server that runs out of files fills its log and answers nobody.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return count if soft == resource.RLIM_INFINITY else soft


def _is_local(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return True  # a socket of this computer has no address
