"""Makes the page an app that can be installed: a manifest with its name, and its icons.

Gradio's own manifest takes the page's title for the name, finds its icon only where the page is
at the root of its host, and resizes that icon to any size a stranger asks for.
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
# For the page's head. Gradio links to /manifest.json and leaves the icon to /favicon.ico: behind
# a proxy those are another page's. Here both are named from where the page itself is.
HEAD = f"""<link rel="icon" type="image/png" href="icon-192.png">
<script>document.querySelector("{MANIFEST_LINK}").href = "manifest.json";</script>"""


def routes() -> list[Route]:
    """Give the routes of the files above; given to the app before Gradio's, they come first."""
    return [Route(path, _serve(name)) for path, name in FILES.items()]


def _serve(name: str) -> Callable[[Request], FileResponse]:
    kind = "application/manifest+json" if name.endswith(".json") else "image/png"

    def answer(request: Request) -> FileResponse:
        return FileResponse(HERE / name, media_type=kind)

    return answer
