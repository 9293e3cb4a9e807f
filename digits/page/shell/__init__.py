"""The shell around the page: its HTML as browsers, search engines and chats see it, and its weight.

`Shell` is ASGI middleware in front of Gradio. It gives the HTML a description of its own, a
skeleton that stands while the page loads, an address for each tab, and a view for frames
(`page_html.py`); serves the frontend in one piece (`modules.py`); and compresses both.
"""

from functools import lru_cache
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digits.page.gradio_internals.routes import route
from digits.page.languages import chosen_language
from digits.page.shell.compression import QUICKLY, WELL, chosen, compressed
from digits.page.shell.modules import Pack, pack_of
from digits.page.shell.page_html import page_address, page_html

__all__ = ["Shell"]

FOR_GOOD = "public, max-age=31536000, immutable"  # a file whose name changes with its content


class Shell:
    """ASGI middleware between the guards and Gradio."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand around `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for the page itself and for its frontend; pass everything else on."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return await self.app(scope, receive, send)
        path = route(scope)
        encoding = chosen(Headers(scope=scope).get("accept-encoding", ""))
        if path == "/":
            return await self._send_page(scope, receive, send, encoding)
        if not path.startswith("/assets/"):
            return await self.app(scope, receive, send)
        pack = await run_in_threadpool(pack_of, scope["app"].get_blocks())
        if pack and path.removeprefix("/assets/") in (pack.script_name, pack.styles_name):
            name = path.removeprefix("/assets/")
            answer = await run_in_threadpool(packed_file, pack, name, encoding)
            return await answer(scope, receive, send)

        async def send_for_good(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                MutableHeaders(scope=message)["Cache-Control"] = FOR_GOOD
            await send(message)

        await self.app(scope, receive, send_for_good)

    async def _send_page(
        self, scope: Scope, receive: Receive, send: Send, encoding: str | None
    ) -> None:
        """Let Gradio make its HTML, and send ours."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        start, body = messages[0], b"".join(message.get("body", b"") for message in messages[1:])
        headers = MutableHeaders(raw=start["headers"])
        if start["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
            blocks = scope["app"].get_blocks()
            request = Request(scope)
            address = page_address(request, blocks)
            language = chosen_language(
                request.headers.get("accept-language", ""), request.query_params.get("lang")
            )

            def made() -> bytes:
                html = page_html(body.decode(), pack_of(blocks), address, language)
                return compressed(html.encode(), encoding, QUICKLY)

            body = await run_in_threadpool(made)
            describe(headers, encoding, len(body))
            headers["Vary"] = "Accept-Encoding, Accept-Language"
        await send(start)
        await send({"type": "http.response.body", "body": body})


@lru_cache(maxsize=16)
def packed_file(pack: Pack, name: str, encoding: str | None) -> Response:
    """The answer with one of the two files of a pack; compressed once, as well as it can be."""
    script = name == pack.script_name
    content = compressed(pack.script if script else pack.styles, encoding, WELL)
    answer = Response(content, media_type="text/javascript" if script else "text/css")
    answer.headers["Cache-Control"] = FOR_GOOD
    describe(answer.headers, encoding, len(content))
    return answer


def describe(headers: Any, encoding: str | None, size: int) -> None:
    """Say in the headers of an answer how it is compressed."""
    headers["Content-Length"] = str(size)
    headers["Vary"] = "Accept-Encoding"
    if encoding:
        headers["Content-Encoding"] = encoding
