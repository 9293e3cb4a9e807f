"""Makes the page installable as an app: a web app manifest with its name, and icons.

Gradio's own manifest uses the page's title as the name, finds its icon only if the page is at the
root of its host, and resizes that icon to any size that a request asks for.
"""

from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from digits.page.gradio_internals.browser import MANIFEST_LINK

HERE = Path(__file__).parent
FILES = {
    "/manifest.json": "manifest.json",
    "/favicon.ico": "icon-192.png",
    "/icon-192.png": "icon-192.png",
    "/icon-512.png": "icon-512.png",
    "/icon-whole-512.png": "icon-whole-512.png",
}
# For the page's <head>. Gradio uses the absolute paths /manifest.json and /favicon.ico, which may
# belong to another page behind a proxy. These paths are relative to the page.
HEAD = f"""<link rel="icon" type="image/png" href="icon-192.png">
<script>document.querySelector("{MANIFEST_LINK}").href = "manifest.json";</script>"""


def routes() -> list[Route]:
    """Make the routes of these files; they take precedence over Gradio's own."""
    return [Route(path, _serve(name)) for path, name in FILES.items()]


def _serve(name: str) -> Callable[[Request], FileResponse]:
    kind = "application/manifest+json" if name.endswith(".json") else "image/png"

    def answer(request: Request) -> FileResponse:
        return FileResponse(HERE / name, media_type=kind)

    return answer
