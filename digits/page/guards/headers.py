"""Adds the headers that tell a browser what the page may do, and the cookie of a visitor."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digits.page.gradio_internals.routes import route
from digits.page.guards.visitors import new_cookie

# Gradio's page has inline scripts and styles, and makes functions of text. Netron runs on a port of
# its own on this computer, where it is shown in a frame.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
    "font-src 'self' data:; worker-src 'self' blob:; connect-src 'self' data: blob:; "
    "frame-src 'self' http://127.0.0.1:* http://localhost:*; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors {ancestors}"
)


class SecurityHeaders:
    """ASGI middleware that adds the headers to every answer, and the cookie to the page."""

    def __init__(self, app: ASGIApp, embeddable: bool = False) -> None:
        """Add headers to the answers of `app`; `embeddable`: other sites may show it in a frame."""
        self.app = app
        self.headers = {
            "Content-Security-Policy": POLICY.format(ancestors="*" if embeddable else "'self'"),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add them to the start of the answer."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        cookie = new_cookie(scope) if route(scope) == "/" else None

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if cookie:
                    headers.append("Set-Cookie", cookie)
            await send(message)

        await self.app(scope, receive, send_with_headers)
