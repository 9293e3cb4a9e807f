"""What the page relies on in Gradio's server and in its launch; importing it is quick."""

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # Gradio takes seconds to import, and the port is checked before
    import gradio as gr


def spare_the_statistics() -> None:
    """Keep Gradio from computing statistics after each answer; call it before `gr.Blocks()`.

    They cover the last 10,000 requests and belong to a monitoring page that we do not serve. While
    a person draws, they would soon take more time than the answers.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "100")
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")


def reach_itself_without_proxy(host: str) -> None:
    """Let `launch()` reach its own server, whatever proxy the environment names.

    It asks its own address whether the page is up, through the proxy unless `no_proxy` forbids it.
    """
    direct = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    os.environ["no_proxy"] = ",".join(filter(None, [direct, "localhost", "127.0.0.1", host]))


# Whatever host it is to listen on, `launch()` requires that the port is free on this one too.
ALSO_CHECKED = "127.0.0.1"

# The requests that fetch answers or keep a visit alive; the rate limit lets them pass. If one of
# them were refused, the page in the browser would take the connection for lost, start anew, and
# lose the drawing.
ANSWER_STREAMS = re.compile(r"/gradio_api/(queue/data|call/.+/.+|heartbeat/.+)")

# Our own manifest and icons have the names that Gradio's have too. It adds the routes given to
# `launch(app_kwargs=...)` before its own, and the first one that fits answers.


def open_tunnel(demo: "gr.Blocks") -> str:
    """Open Gradio's tunnel to the running `demo`; return the public link.

    `launch(share=True)` does this too, but it then serves a page that loads its script from another
    host, and it keeps the person waiting for the link before the page on this computer is up.

    Raises:
        Exception: of many kinds, if the network does not allow it.
    """
    from gradio import networking

    return networking.setup_tunnel(
        local_host=demo.server_name,
        local_port=demo.server_port,
        share_token=demo.share_token,
        share_server_address=None,
        share_server_tls_certificate=None,
    )
