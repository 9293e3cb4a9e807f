"""Puts a page on a port, with what may go with it: a login, limits, a public link, a browser.

The page is up, and its address printed, before anything that could keep a person waiting.
"""

import errno
import os
import socket
import sys
import time
import webbrowser
from contextlib import ExitStack
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from digits.errors import DigitsError
from digits.page.gradio_internals.server import (
    ALSO_CHECKED,
    open_tunnel,
    reach_itself_without_proxy,
)

if TYPE_CHECKING:  # Gradio takes seconds to import, and the port is checked before
    import gradio as gr

PORTS = range(7860, 7960)  # the ones Gradio itself goes through

# On a public page: 40 waiting requests of 25 MB fill one gigabyte, and every function answers
# four visitors at once, so that none waits for the slowest.
MAX_WAITING = 40
ANSWERED_AT_ONCE = 4


def serve(
    demo: "gr.Blocks",
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    root_path: str | None = None,
    auth: tuple[str, str] | None = None,
    share: bool = False,
    netron_address: str | None = None,
    browser: bool = True,
    **launch_options: Any,
) -> None:
    """Serve the Gradio page `demo` until Ctrl-C, printing every address it has.

    `port` None takes the first free one. `root_path` is where a proxy shows the page. `auth` is
    the (user, password) visitors log in with. `netron_address` is where Netron shows the network,
    to be told and opened too. `browser` opens the page (and Netron) in the person's browser.
    `launch_options` go to Gradio's `launch`. A public page has limits (see `digits.page.limits`).
    Raises DigitsError where the page cannot be served; of a public link that cannot be had it
    only tells.
    """
    port = port or first_free_port(host)
    if is_public(host, share, root_path):
        limit_visitors(demo, launch_options)
    reach_itself_without_proxy(host)
    try:
        _, address, _ = demo.launch(
            server_name=f"[{host}]" if ":" in host else host,
            server_port=port,
            root_path=root_path,
            auth=auth,
            share=False,  # see public_link
            prevent_thread_lock=True,
            quiet=True,
            **launch_options,
        )
    except OSError as error:
        raise DigitsError(f"the page cannot be served on {host}, port {port}: {error}") from error

    with ExitStack() as until_closed:
        until_closed.callback(demo.close, verbose=False)
        try:
            print(f"Draw a digit: {address}", flush=True)
            addresses = [address]
            if netron_address:
                addresses.append(netron_address)
                print(f"The network in Netron: {netron_address}", flush=True)
            if browser and has_screen():
                for address in addresses:
                    webbrowser.open(address)
            if share:
                print("Asking for a public link ...", flush=True)
                print(public_link(demo), flush=True)
            print("Ctrl-C closes the page.", flush=True)
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            print("\nClosed.", flush=True)


def is_public(host: str, share: bool, root_path: str | None) -> bool:
    """Whether others than the person at this computer may come to the page."""
    try:
        at_home = ip_address(host).is_loopback
    except ValueError:  # a name
        at_home = host == "localhost"
    return share or bool(root_path) or not at_home


def limit_visitors(demo: "gr.Blocks", launch_options: dict[str, Any]) -> None:
    """Bound the queue of `demo`, and by its `launch_options` the requests of each visitor."""
    from starlette.middleware import Middleware

    from digits.page.limits import RateLimit

    # Closed, the API too goes through the queue; left open, Gradio lets it overtake.
    demo.queue(max_size=MAX_WAITING, default_concurrency_limit=ANSWERED_AT_ONCE, api_open=False)
    app = launch_options.get("app_kwargs", {})
    guards = [Middleware(RateLimit), *app.get("middleware", [])]
    launch_options["app_kwargs"] = app | {"middleware": guards}


def first_free_port(host: str) -> int:
    """The first free one of PORTS; says so where that is not the very first."""
    for port in PORTS:
        if port_is_free(host, port):
            if port != PORTS[0]:
                print(f"Port {PORTS[0]} is taken: the page comes on {port}.", flush=True)
            return port
    raise DigitsError(f"ports {PORTS[0]} to {PORTS[-1]} are all taken: name another with --port")


def port_is_free(host: str, port: int) -> bool:
    """Whether a server may listen on `port` of `host` (a name, an IPv4 or an IPv6 address).

    Raises DigitsError where the host is none of this computer's, or the port not for everyone.
    """
    for name in dict.fromkeys([host, ALSO_CHECKED]):
        family = socket.AF_INET6 if ":" in name else socket.AF_INET
        try:
            socket.create_server((name, port), family=family).close()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            reason = (error.strerror or str(error)).split(" (while")[
                0
            ]  # Python adds the address, named below
            raise DigitsError(
                f"cannot listen on host {name}, port {port} ({reason.lower()}): give others with "
                "--host and --port"
            ) from error
    return True


def public_link(demo: "gr.Blocks") -> str:
    """The line that gives the public link of the running `demo`, or says why there is none."""
    try:
        link = open_tunnel(demo)
    except Exception as error:  # whatever the network does, the page on this computer goes on
        reason = (str(error) or repr(error)).splitlines()[0].rstrip(".:")
        return f"No public link ({reason}). Are you online? The page above goes on without it."
    return f"Public link, good for a week: {urlsplit(link)._replace(scheme='https').geturl()}"


def has_screen() -> bool:
    """Whether a browser window can open; without a screen, a text browser would take the shell."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in screens)
