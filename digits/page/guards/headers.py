"""Adds the headers that tell a browser what the page may do, and the cookie of a visitor."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digits.page.gradio_internals.routes import route
from digits.page.guards.visitors import new_cookie

# Gradio's page has inline scripts and styles, and makes functions of text; its modules come in one
# piece (see `digits.page.shell`). Netron runs on a port of its own on this computer, where it is
# shown in a frame.
POLICY = (
    "default-src 'self'; script-src 'self' blob: 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
    "font-src 'self' data:; worker-src 'self' blob:; connect-src 'self' data: blob:; "
    "frame-src 'self' http://127.0.0.1:* http://localhost:*; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors {ancestors}"
)


# Which pages may show this one in a frame, where a visitor may be led to click on what they do not
# see. A public page: all, as anybody can open it. A page on this computer: none but itself, because
# training and corrections change files here. Its view for frames has nothing but the drawing and
# the answer, so other pages of this computer may show that: those served here, and files.
EVERYBODY, ITSELF = "*", "'self'"
THIS_COMPUTER = "'self' http://127.0.0.1:* http://localhost:* file:"


class SecurityHeaders:
    """ASGI middleware that adds the headers to every answer, and the cookie to the page."""

    def __init__(self, app: ASGIApp, embeddable: bool = False) -> None:
        """Add headers to the answers of `app`; `embeddable`: other sites may show it in a frame."""
        self.app = app
        self.embeddable = embeddable
        self.headers = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add them to the start of the answer."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        cookie = new_cookie(scope) if route(scope) == "/" else None
        policy = POLICY.format(ancestors=self.ancestors(scope))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", policy)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if cookie:
                    headers.append("Set-Cookie", cookie)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def ancestors(self, scope: Scope) -> str:
        """Which pages may show the answer to a request in a frame."""
        if self.embeddable:
            return EVERYBODY
        view = route(scope) == "/" and b"embed" in scope["query_string"].split(b"&")
        return THIS_COMPUTER if view else ITSELF
