"""Serves the map of the lesson, for the network that it was made with."""

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from digits.errors import ModelError
from digits.page.gradio_internals.server import logged_in
from digits.page.guards.answers import refusal
from digits.page.lesson.landscape import FILE, PICTURES, bundled

if TYPE_CHECKING:  # TensorFlow takes seconds to import, and the page is shown before
    from digits.page.model_store import ModelStore

A_YEAR = 31_536_000  # seconds


def routes() -> list[Route]:
    """Make the routes of the map and of its pictures."""
    return [Route("/map.bin", _map), Route("/map.png", _pictures)]


async def _map(request: Request) -> Response:
    """Send the map, if the network that is asked for has the weights that it was made with."""
    if not await logged_in(request):
        return refusal(401, "Log in first.")
    store = request.app.get_blocks().models
    name = request.query_params.get("model", store.own_name)
    try:
        known = await run_in_threadpool(_belongs, store, name)
    except ModelError as error:
        return refusal(404, str(error))
    headers = {"Cache-Control": "no-cache"}
    if not known:  # no error: another network has no map
        return JSONResponse({"problem": "this network has no map"}, headers=headers)
    return FileResponse(FILE, media_type="application/octet-stream", headers=headers)


def _belongs(store: "ModelStore", name: Any) -> bool:
    from digits.saving import weights_sha256

    return weights_sha256(store.explainer(name).classifier.model) == bundled().weights


async def _pictures(request: Request) -> Response:
    if not await logged_in(request):
        return refusal(401, "Log in first.")
    headers = {"Cache-Control": f"private, max-age={A_YEAR}, immutable"}
    return FileResponse(PICTURES, media_type="image/png", headers=headers)
