"""Makes the page installable as an app: a web app manifest with its name, and icons; and the card
that chats and networks show for a link to it.

Gradio's own manifest uses the page's title as the name, finds its icon only if the page is at the
root of its host, and resizes that icon to any size that a request asks for.
"""

import json
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

HERE = Path(__file__).parent
FILES = {
    "/manifest.json": "manifest.json",
    "/favicon.ico": "icon-192.png",
    "/icon-192.png": "icon-192.png",
    "/icon-512.png": "icon-512.png",
    "/icon-whole-512.png": "icon-whole-512.png",
    "/card.png": "card.png",
}
_MANIFEST = json.loads((HERE / "manifest.json").read_text(encoding="utf-8"))
NAME: str = _MANIFEST["name"]  # of the page, wherever it is named
DESCRIPTION: str = _MANIFEST["description"]


def routes() -> list[Route]:
    """Make the routes of these files; they take precedence over Gradio's own."""
    return [Route(path, _serve(name)) for path, name in FILES.items()]


def _serve(name: str) -> Callable[[Request], FileResponse]:
    kind = "application/manifest+json" if name.endswith(".json") else "image/png"

    def answer(request: Request) -> FileResponse:
        return FileResponse(HERE / name, media_type=kind)

    return answer
