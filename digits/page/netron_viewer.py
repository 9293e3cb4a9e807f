"""Serves Netron, a viewer of networks by other people, on this computer and for it alone.

Netron's own server lets its page call its makers' servers and ask for cookies. The page comes with
the package, and this one serves it so that it calls nobody.
"""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import netron
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

PAGE = Path(netron.__file__).parent


@contextmanager
def netron_viewer(model: Path) -> Iterator[str]:
    """Give the address at which Netron shows a model file, on a free port of this computer."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(_app(model), log_level="error"))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/?url={model.name}"
    finally:
        server.should_exit = True
        thread.join()


def _app(model: Path) -> Starlette:
    text = (PAGE / "index.html").read_text(encoding="utf-8")
    # Netron's own mark of a copy in development, which reports nothing; the policy holds it to it.
    text = re.sub(r'(<meta name="version" content=")[^"]*', r"\g<1>0.0.0", text)

    def page(request: Request) -> HTMLResponse:
        answer = HTMLResponse(text, headers={"Content-Security-Policy": "connect-src 'self'"})
        answer.set_cookie("consent", "none", samesite="lax")
        return answer

    def file(request: Request) -> FileResponse:
        return FileResponse(model)

    return Starlette(
        routes=[
            Route("/", page),
            Route(f"/{model.name}", file),
            Mount("/", StaticFiles(directory=PAGE)),
        ]
    )
