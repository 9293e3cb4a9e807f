"""Stands between visitors and Gradio: what a request may hold, and how much of it.

`guards()` gives them in order. Each is ASGI middleware in a module of its own, and refuses with one
clear line. A request that passes all of them has a known route, values of the right types, and
files that its own visitor has uploaded; its visitor has not had more than a fair share.
"""

from collections.abc import Sequence

from starlette.middleware import Middleware

from digits.page.guards.headers import SecurityHeaders
from digits.page.guards.health import Health
from digits.page.guards.origins import OwnPagesOnly
from digits.page.guards.rates import RateLimit
from digits.page.guards.requests import RequestCheck
from digits.page.guards.streams import StreamLimit
from digits.page.guards.turns import TakingTurns
from digits.page.guards.uploads import Uploads

__all__ = ["guards"]


def guards(public: bool = False, hosts: Sequence[str] = ()) -> list[Middleware]:
    """Give the guards of a page, the outermost first.

    Args:
        public: people at other computers can reach the page: their requests have limits.
        hosts: the names under which the page may be asked for; none allows every name.
    """
    limits = [Middleware(RateLimit), Middleware(StreamLimit)] if public else []
    return [
        Middleware(SecurityHeaders, embeddable=public),
        Middleware(Health),
        Middleware(OwnPagesOnly, hosts=hosts),
        *limits,
        Middleware(RequestCheck),
        Middleware(Uploads),
        Middleware(TakingTurns),
    ]
