"""What the page relies on in Gradio's server and in its launch; importing it is quick."""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # Gradio takes seconds to import, and the port is checked before
    import gradio as gr
    from starlette.requests import Request


def spare_the_statistics() -> None:
    """Keep Gradio from computing statistics after each answer; call it before `gr.Blocks()`.

    They cover the last 10,000 requests and belong to a monitoring page that we do not serve. While
    a person draws, they would soon take more time than the answers.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "100")
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")


# Our own manifest and icons have the names that Gradio's have too. It adds the routes given to
# `launch(app_kwargs=...)` before its own, and the first one that fits answers.


def answer_at_once(page: "gr.Blocks") -> None:
    """Let every function answer in the response to its request, but those that tell of progress.

    Without Gradio's queue an answer needs one request instead of three, and any server may give
    it. An event can say so itself; the one that `gr.Interface` makes cannot.
    """
    for function in page.fns.values():
        function.queue = function.types_generator


def queue_has_ended(page: "gr.Blocks") -> bool:
    """Whether the queue of a running page has ended: then Gradio refuses whatever needs it."""
    return page.is_running and page._queue.stopped


def restart_queue(page: "gr.Blocks") -> None:
    """Start the queue of a running page again, as Gradio does when a page starts."""
    page._queue.active_jobs = [None] * len(page._queue.active_jobs)
    page.run_startup_events()


def upload_folder() -> Path:
    """The folder whose files Gradio gives out, to whoever knows their names, as uploads."""
    from gradio.utils import get_upload_folder

    return Path(get_upload_folder())


def contact_nobody() -> None:
    """Keep Gradio from sending usage statistics and from asking for a newer version of itself."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


async def logged_in(request: "Request") -> bool:
    """Whether a request may use the page: it asks for no login, or the visitor has logged in.

    For what answers in the place of one of Gradio's routes; those check it themselves.
    """
    app: Any = request.scope["app"]
    if app.auth is None and app.auth_dependency is None:
        return True
    names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
    return any(request.cookies.get(name) in app.tokens for name in names)


def open_tunnel(host: str, port: int) -> str:
    """Open Gradio's tunnel to the page that is served there; return the public link.

    `launch(share=True)` does this too, but it then serves a page that loads its script from another
    host, and it keeps the person waiting for the link before the page on this computer is up.

    Raises:
        Exception: of many kinds, if the network does not allow it.
    """
    from gradio import networking

    return networking.setup_tunnel(
        local_host=host,
        local_port=port,
        share_token=secrets.token_urlsafe(32),
        share_server_address=None,
        share_server_tls_certificate=None,
    )
