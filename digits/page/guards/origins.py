"""Lets only the page itself ask for changes, and only under names that it knows.

A page on this computer is safe from other people, not from the other sites that its person visits:
a site may give its own name the address 127.0.0.1 (DNS rebinding), or send a form here.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from digits.page.guards.answers import refusal


class OwnPagesOnly:
    """ASGI middleware that refuses foreign names of the host, and requests sent by other sites."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str] = ()) -> None:
        """Guard `app`.

        Args:
            app: what is guarded.
            hosts: the names under which it may be asked for, without ports; none allows all.
        """
        self.app = app
        self.hosts = {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 421 or 403."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            if self.hosts and host_name(headers.get("host", "")) not in self.hosts:
                line = "This page does not answer under this name: start it with --allow-host."
                return await refusal(421, line)(scope, receive, send)
            if scope["method"] not in ("GET", "HEAD", "OPTIONS") and foreign(headers):
                line = "Another site sent this request: use the page itself."
                return await refusal(403, line)(scope, receive, send)
        await self.app(scope, receive, send)


def host_name(host: str) -> str:
    """The name in a Host header, in small letters and without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def foreign(headers: Headers) -> bool:
    """Whether a browser says that a page of another site sent the request.

    Programs send neither of these headers. Browsers tell the origin of every request that changes
    something; behind a proxy, it is compared with the name that the proxy was asked for.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site not in ("same-origin", "none")
    if origin is None:
        return False
    own = {headers.get("host", "").lower(), headers.get("x-forwarded-host", "").lower()}
    return urlsplit(origin).netloc.lower() not in own - {""}
