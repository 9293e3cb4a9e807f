"""Serves Netron, a third-party network viewer, for the page's models, on this computer only.

Served by Netron's own server, its page contacts Netron's makers and asks for cookies. This server
serves the same page, from the Python package, with a policy that prevents any such contact.
"""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import quote, urlencode

import netron
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from digits.page.guards.origins import OwnPagesOnly
from digits.page.model_store import model_files

PAGE = Path(netron.__file__).parent


@contextmanager
def netron_viewer(model: Path, folder: Path | None = None) -> Iterator[str]:
    """Serve the viewer on a free port of this computer.

    Args:
        model: the page's own model file.
        folder: more models, `<name>.keras`, including those saved later, or None.

    Yields:
        The address at which Netron shows the page's own model; `address_of` derives the
        addresses of other models from it.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(_app(model, folder), log_level="error"))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield address_of(f"http://127.0.0.1:{listener.getsockname()[1]}/", model)
    finally:
        server.should_exit = True
        thread.join()


def address_of(viewer: str, model: Path) -> str:
    """Give the address at which the viewer shows a model.

    Args:
        viewer: any address of the viewer.
        model: the file of a model that the viewer serves.
    """
    # Quoted twice: the value is itself a URL, in which Netron would treat a # as a fragment.
    return f"{viewer.partition('?')[0]}?{urlencode({'url': quote(model.name)})}"


def _app(model: Path, folder: Path | None) -> Starlette:
    text = (PAGE / "index.html").read_text(encoding="utf-8")
    # Version 0.0.0 marks a development copy, which reports nothing; the policy enforces it.
    text = re.sub(r'(<meta name="version" content=")[^"]*', r"\g<1>0.0.0", text)

    def page(request: Request) -> HTMLResponse:
        answer = HTMLResponse(text, headers={"Content-Security-Policy": "connect-src 'self'"})
        answer.set_cookie("consent", "none", samesite="lax")
        return answer

    static = StaticFiles(directory=PAGE)

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        # Looked up, not joined to a path, so that no name can lead out of the folder.
        files = {path.name: path for path in [*model_files(folder).values(), model]}
        path = files.get(name)
        if path is None or not path.is_file():
            return await static.get_response(name, request.scope)
        # Another model may be saved under this name later.
        return FileResponse(path, headers={"Cache-Control": "no-store"})

    return Starlette(
        routes=[Route("/", page), Route("/{name}", file), Mount("/", static)],
        middleware=[Middleware(OwnPagesOnly, hosts=["127.0.0.1"])],
    )
