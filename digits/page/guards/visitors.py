"""Tells visitors apart: by a cookie of their browser, and by their address.

A school has one address for a class of forty, so what a single person may do is counted by cookie.
Whoever sends no cookie, or invents a new one with each request, still has an address; what that
may do is counted too, and much more is allowed for it.
"""

import re
import secrets
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from starlette.requests import HTTPConnection
from starlette.types import Scope

COOKIE = "digits-visitor"


class Visitor(NamedTuple):
    """Who sent a request."""

    browser: str  # the cookie; the address where there is none
    address: str  # an IPv4 address, or the /64 network of an IPv6 address

    @property
    def has_cookie(self) -> bool:
        """Whether the browser is known by more than its address."""
        return self.browser.startswith("cookie ")


def visitor_of(scope: Scope) -> Visitor:
    """Tell who sent a request, from its ASGI scope.

    The address is the one that uvicorn reports. Behind a proxy on this computer, such as the tunnel
    of a public link, it is the one that the proxy names in X-Forwarded-For; the header is ignored
    in requests that come from elsewhere.
    """
    address = _address(scope["client"][0] if scope.get("client") else "")
    cookie = HTTPConnection(scope).cookies.get(COOKIE, "")
    valid = re.fullmatch(r"[A-Za-z0-9_-]{22}", cookie)
    return Visitor(f"cookie {cookie}" if valid else f"address {address}", address)


def new_cookie(scope: Scope) -> str | None:
    """Make the value of a Set-Cookie header for a visitor without a cookie; None if there is one.

    It holds 128 random bits and nothing else, and ends with the browser session. Sent over HTTPS,
    it also works where the page is shown in a frame of another site.
    """
    if visitor_of(scope).has_cookie:
        return None
    https = scope["scheme"] == "https"
    reach = "SameSite=None; Secure; Partitioned" if https else "SameSite=Lax"
    value = secrets.token_urlsafe(16)
    return f"{COOKIE}={value}; Path=/; HttpOnly; {reach}"


def _address(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:  # a proxy may send "unknown"
        return host
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return address.exploded[:19]
    return host
