"""Serves the page on a port, with a login, limits, a public link and a browser window if wanted.

The page is up and its address printed before any slow step, such as requesting a public link.
"""

import errno
import os
import socket
import sys
import time
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from ipaddress import ip_address
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from digits.errors import DigitsError
from digits.page.gradio_internals.server import open_tunnel

if TYPE_CHECKING:  # Gradio takes seconds to import, and the port is checked before
    import gradio as gr

    from digits.page.own_model import OwnModel

PORTS = range(7860, 7960)  # those that Gradio itself would try

LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
EVERY_ADDRESS = ("0.0.0.0", "::")
CLOSING_TIME = 2  # seconds for the answers that are under way when the page is closed


def serve(
    demo: "gr.Blocks",
    own: "OwnModel",
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    root_path: str | None = None,
    auth: tuple[str, str] | None = None,
    share: bool = False,
    allowed_hosts: Sequence[str] = (),
    netron_address: str | None = None,
    browser: bool = True,
) -> None:
    """Serve a page until Ctrl-C, print every address it has, and load its model meanwhile.

    A public page has limits, see `digits.page.guards`. If there is no public link, a line says so
    and the page goes on.

    Args:
        demo: the Gradio page.
        own: its own model.
        host: the address or name to listen on.
        port: the port to listen on; None takes the first free one of `PORTS`.
        root_path: the path at which a proxy shows the page.
        auth: the user and the password with which visitors log in; None asks for no login.
        share: ask for a public link.
        allowed_hosts: more names under which browsers may ask for a page on this computer; a public
            page answers under every name unless there are some.
        netron_address: where Netron shows the network; it is printed, and opened in the browser.
        browser: open the page in the person's browser.

    Raises:
        DigitsError: the page cannot be served there, or its model cannot be loaded.
    """
    port = port or first_free_port(host)
    public = is_public(host, share, root_path)
    names = [*allowed_hosts] if public else [*LOCAL_NAMES, host, *allowed_hosts]
    with running(
        demo, host, port, public=public, hosts=names, auth=auth, root_path=root_path
    ) as address:
        try:
            print(f"Draw a digit: {address}", flush=True)
            own.start_loading(quietly=True)
            addresses = [address]
            if netron_address:
                addresses.append(netron_address)
                print(f"The network in Netron: {netron_address}", flush=True)
            if browser and has_screen():
                for address in addresses:
                    webbrowser.open(address)
            if share:
                print("Asking for a public link ...", flush=True)
                print(public_link(host, port), flush=True)
            print("Ctrl-C closes the page.", flush=True)
            while not own.is_ready():
                time.sleep(0.1)
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            print("\nClosed.", flush=True)


@contextmanager
def running(demo: "gr.Blocks", host: str, port: int, **options: Any) -> Iterator[str]:
    """Run the server of a page in a thread of its own, and give the page's address.

    Args:
        demo: the Gradio page.
        host: the address or name to listen on.
        port: the port to listen on; 0 takes any free one.
        options: for `digits.page.asgi.make_app`.

    Raises:
        DigitsError: the page cannot be served there.
    """
    import uvicorn

    from digits.page.asgi import make_app
    from digits.page.connections import (
        IN_ALL,
        KEPT_FREE,
        Connections,
        allow_open_files,
        bounded_protocol,
    )

    app = make_app(demo, **options)
    allowed = allow_open_files()
    connections = Connections(min(IN_ALL, allowed - KEPT_FREE))
    config = uvicorn.Config(
        app,
        http=bounded_protocol(connections),
        ws="none",
        log_level="warning",
        timeout_graceful_shutdown=CLOSING_TIME,
    )
    server = uvicorn.Server(config)
    try:
        listener = listen(host, port)
    except OSError as error:  # it was free a moment ago
        raise DigitsError(
            f"the page cannot be served on {host}, port {port}: {error.strerror}"
        ) from error
    port = listener.getsockname()[1]
    run = partial(server.run, sockets=[listener])
    thread = Thread(target=run, name="the page's server", daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():  # its log says why
            listener.close()
            raise DigitsError(f"the page cannot be served on {host}, port {port}")
        time.sleep(0.005)
    shown = "localhost" if host in EVERY_ADDRESS else f"[{host}]" if ":" in host else host
    try:
        yield f"http://{shown}:{port}/"
    finally:
        demo.is_running = False  # ends the streams that wait for answers
        server.should_exit = True
        thread.join()
        listener.close()


def is_public(host: str, share: bool, root_path: str | None) -> bool:
    """Whether people at other computers can reach the page."""
    try:
        local_only = ip_address(host).is_loopback
    except ValueError:  # a name
        local_only = host == "localhost"
    return share or bool(root_path) or not local_only


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
    try:
        listen(host, port).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        # Python appends the address, which the line below names itself.
        reason = (error.strerror or str(error)).split(" (while")[0]
        raise DigitsError(
            f"cannot listen on host {host}, port {port} ({reason.lower()}): choose others with "
            "--host and --port"
        ) from error
    return True


def listen(host: str, port: int) -> socket.socket:
    """Listen on a port of a host (a name, or an IPv4 or IPv6 address); OSError if that fails."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=256)


def public_link(host: str, port: int) -> str:
    """Return a line with the public link of the page on this port, or with why there is none."""
    try:
        link = open_tunnel(host, port)
    except Exception as error:  # whatever goes wrong online, the local page must go on
        reason = (str(error) or repr(error)).splitlines()[0].rstrip(".:")
        return f"No public link ({reason}). Are you online? The page above works without it."
    return f"Public link, valid for a week: {urlsplit(link)._replace(scheme='https').geturl()}"


def has_screen() -> bool:
    """Whether a browser window can open; without a screen, a text browser would block the shell."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in screens)
