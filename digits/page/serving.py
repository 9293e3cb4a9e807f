"""Serves the page on a port, with a login, limits, a public link and a browser window if wanted.

The page is up and its address printed before any slow step, such as requesting a public link.
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

PORTS = range(7860, 7960)  # those that Gradio itself would try

# On a public page. 40 queued requests of 25 MB take one gigabyte. Each function serves four
# visitors at once, so that nobody waits for the slowest one.
MAX_QUEUED = 40
CONCURRENT_ANSWERS = 4


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
    """Serve a page until Ctrl-C, and print every address it has.

    A public page has limits, see `digits.page.limits`. If there is no public link, a line says so
    and the page goes on.

    Args:
        demo: the Gradio page.
        host: the address or name to listen on.
        port: the port to listen on; None takes the first free one of `PORTS`.
        root_path: the path at which a proxy shows the page.
        auth: the user and the password with which visitors log in; None asks for no login.
        share: ask for a public link.
        netron_address: where Netron shows the network; it is printed, and opened in the browser.
        browser: open the page in the person's browser.
        launch_options: for Gradio's `launch`.

    Raises:
        DigitsError: the page cannot be served there.
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
            share=False,  # see `public_link`
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
    """Whether people at other computers can reach the page."""
    try:
        local_only = ip_address(host).is_loopback
    except ValueError:  # a name
        local_only = host == "localhost"
    return share or bool(root_path) or not local_only


def limit_visitors(demo: "gr.Blocks", launch_options: dict[str, Any]) -> None:
    """Limit the queue of `demo` and, in its `launch_options`, the requests of each visitor."""
    from starlette.middleware import Middleware

    from digits.page.limits import RateLimit

    # With a closed API, programs wait in the queue too; otherwise they would overtake people.
    demo.queue(max_size=MAX_QUEUED, default_concurrency_limit=CONCURRENT_ANSWERS, api_open=False)
    app = launch_options.get("app_kwargs", {})
    guards = [Middleware(RateLimit), *app.get("middleware", [])]
    launch_options["app_kwargs"] = app | {"middleware": guards}


def first_free_port(host: str) -> int:
    """Return the first free port of `PORTS`; print a line if that is not the very first."""
    for port in PORTS:
        if port_is_free(host, port):
            if port != PORTS[0]:
                print(f"Port {PORTS[0]} is taken: using port {port} instead.", flush=True)
            return port
    raise DigitsError(f"ports {PORTS[0]} to {PORTS[-1]} are all taken: choose another with --port")


def port_is_free(host: str, port: int) -> bool:
    """Whether `port` is free on `host` (a name, or an IPv4 or IPv6 address).

    Raises DigitsError if the host is not one of this computer's, or the port needs privileges.
    """
    for name in dict.fromkeys([host, ALSO_CHECKED]):
        family = socket.AF_INET6 if ":" in name else socket.AF_INET
        try:
            socket.create_server((name, port), family=family).close()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            # Python appends the address, which the line below names itself.
            reason = (error.strerror or str(error)).split(" (while")[0]
            raise DigitsError(
                f"cannot listen on host {name}, port {port} ({reason.lower()}): choose others with "
                "--host and --port"
            ) from error
    return True


def public_link(demo: "gr.Blocks") -> str:
    """Return a line with the public link of the running `demo`, or with why there is none."""
    try:
        link = open_tunnel(demo)
    except Exception as error:  # whatever goes wrong online, the local page must go on
        reason = (str(error) or repr(error)).splitlines()[0].rstrip(".:")
        return f"No public link ({reason}). Are you online? The page above works without it."
    return f"Public link, valid for a week: {urlsplit(link)._replace(scheme='https').geturl()}"


def has_screen() -> bool:
    """Whether a browser window can open; without a screen, a text browser would block the shell."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in screens)
