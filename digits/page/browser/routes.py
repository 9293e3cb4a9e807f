"""Serves the script that reads in the browser, and the networks that it reads with."""

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from digits.errors import ModelError
from digits.page.browser.scripts import digest, reader_script
from digits.page.gradio_internals.server import logged_in
from digits.page.guards.answers import refusal

if TYPE_CHECKING:  # TensorFlow takes seconds to import, and the page is shown before
    from digits.classifier import DigitClassifier

A_YEAR = 31_536_000  # seconds


def routes() -> list[Route]:
    """Make the routes of the script and of the networks."""
    return [Route("/reader.js", _reader), Route("/network.bin", _network)]


def _reader(request: Request) -> Response:
    return Response(
        reader_script(),
        media_type="text/javascript",
        headers={"Cache-Control": f"public, max-age={A_YEAR}, immutable"},
    )


async def _network(request: Request) -> Response:
    """Send a network: the one whose name is asked for, or the page's own.

    A browser keeps it, and asks with the hash of what it has whether there is another one.
    """
    if not await logged_in(request):
        return refusal(401, "Log in first.")
    store = request.app.get_blocks().models
    name = request.query_params.get("model", store.own_name)
    headers = {"X-Model": quote(name), "Cache-Control": "no-cache"}
    try:
        classifier = (await run_in_threadpool(store.explainer, name)).classifier
        file = await run_in_threadpool(network_file, classifier)
    except ModelError as error:
        if name not in store.names():
            return refusal(404, str(error))
        # Damaged, or of other layers: no error, as the server still answers what it can.
        return JSONResponse({"problem": str(error)}, headers=headers)
    headers["ETag"] = f'"{digest(file)}"'
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(file, media_type="application/octet-stream", headers=headers)


@lru_cache(maxsize=8)  # as many as a `ModelStore` keeps loaded, and a few
def network_file(classifier: "DigitClassifier") -> bytes:
    """Write the network of a classifier for the browser; once, as its weights stay the same.

    Raises:
        ModelError: it has a layer that cannot run there.
    """
    from digits.web_weights import to_web

    return to_web(classifier.model)
