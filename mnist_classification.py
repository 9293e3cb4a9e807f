"""The command: opens the page on which you draw a digit and a network reads it.

Arguments are checked before anything heavy is imported, so that no usage message waits for
TensorFlow. The other commands are in `digits/commands/`.
"""

import argparse
import os
import re
import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NoReturn

import digits.supported_python  # noqa: F401  first: the imports below need a supported Python
from digits import __version__
from digits.commands import compare, evaluate, export, learn, predict, read, train
from digits.console import print_card_problem, print_error
from digits.errors import DigitsError
from digits.page.gradio_internals.server import contact_nobody
from digits.page.serving import PORTS, is_public, port_is_free, serve

COMMANDS = (predict, read, evaluate, train, learn, compare, export)


def main(argv: list[str] | None = None) -> int:
    """Run the command line `argv` (by default this process's own); returns the exit code.

    0: done, or the page was closed with Ctrl-C. 1: something is missing, damaged or taken, and one
    line on stderr named it. 130: interrupted. Wrong usage raises SystemExit with code 2.
    """
    parser = build_parser()
    args = parser.parse_args(argv)
    if args.model and not args.uses_model:
        parser.error("this command trains new networks: leave --model out")
    try:
        return args.run(args)
    except DigitsError as error:
        print_error(error)
        return 1
    except ModuleNotFoundError as error:
        fix = "run 'make demo', or 'pip install -r requirements.txt'"
        print_error(f"the Python package {error.name} is missing: {fix}")
        return 1
    except KeyboardInterrupt:
        return 130


class Parser(argparse.ArgumentParser):
    """A parser that complains in a single line, and accepts no abbreviated options."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        """Print `message` to stderr and leave with code 2."""
        self.exit(2, f"{self.prog}: {message} (see --help)\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command; its result's `run` is the function that does the work."""
    parser = Parser(
        description="Draw a digit and a neural network reads it. Without a command, this opens "
        "the page."
    )
    parser.set_defaults(run=start_page, uses_model=True)
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    model: dict[str, Any] = {"metavar": "PATH", "help": "the model file (default: the bundled one)"}
    parser.add_argument("--model", **model)

    page = parser.add_argument_group("the page")
    page.add_argument("--share", action="store_true", help="also give the page a public link")
    page.add_argument(
        "--host",
        default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"),
        help="address to listen on; 0.0.0.0 lets your network in (default: %(default)s)",
    )
    page.add_argument(
        "--port",
        type=port_number,
        default=os.environ.get("GRADIO_SERVER_PORT"),
        help=f"port to listen on (default: the first free one from {PORTS[0]} on)",
    )
    page.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name under which browsers may ask for the page (default: on your network, any)",
    )
    page.add_argument("--auth", type=login, metavar="USER:PASSWORD", help="ask visitors to log in")
    page.add_argument(
        "--root-path",
        type=url_path,
        default=os.environ.get("GRADIO_ROOT_PATH") or None,
        metavar="PATH",
        help="where a proxy shows the page, such as /digits",
    )
    page.add_argument(
        "--feedback",
        action=argparse.BooleanOptionalAction,
        help="keep corrections in the folder feedback/ (default: not on a public page)",
    )
    page.add_argument(
        "--allow-training",
        action="store_true",
        help="let visitors train networks (default: not on a public page)",
    )
    page.add_argument("--netron", action="store_true", help="also open the network in Netron")
    page.add_argument("--no-browser", action="store_true", help="open no browser window")

    commands = parser.add_subparsers(title="commands", metavar="[COMMAND]")
    for module in COMMANDS:
        name, summary = module.__name__.rpartition(".")[2], module.SUMMARY
        command = commands.add_parser(name, help=summary, description=f"{summary.capitalize()}.")
        command.set_defaults(run=module.run, uses_model=module.USES_MODEL)
        if module.USES_MODEL:
            # Suppressed: a default would undo a --model given before the command's name.
            command.add_argument("--model", **model, default=argparse.SUPPRESS)
        module.add_arguments(command)
    return parser


def port_number(text: str) -> int:
    """`text` as a port, 1 to 65535."""
    if text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text!r}")


def login(text: str) -> tuple[str, str]:
    """`USER:PASSWORD` as (user, password), neither empty; the password may hold colons."""
    user, _, password = text.partition(":")
    if user and password:
        return user, password
    raise argparse.ArgumentTypeError("a login is written USER:PASSWORD, neither of them empty")


def url_path(text: str) -> str:
    """`text` as the path of a URL, without a trailing slash."""
    path = text.rstrip("/")
    if re.fullmatch(r"(/[\w.~-]+)+", path, re.ASCII):
        return path
    raise argparse.ArgumentTypeError(f"a path is written like /digits, not {text!r}")


def start_page(args: argparse.Namespace) -> int:
    """Serve the page, and what `args` asks for besides, until Ctrl-C."""
    host = args.host.strip("[]")  # an IPv6 address may be written as in a URL
    if args.port and not port_is_free(host, args.port):
        raise DigitsError(f"port {args.port} is taken: choose another, or leave --port out")
    public = is_public(host, args.share, args.root_path)
    from digits.page.own_model import OwnModel
    from digits.saving import checked_model_file

    file = checked_model_file(args.model)
    own = OwnModel.in_file(file)
    print_card_problem(own.card_problem)
    contact_nobody()
    from digits.page.demo import build_demo
    from digits.page.netron_viewer import netron_viewer

    wanted, models = args.netron or not public, Path("models")
    with netron_viewer(file, models) if wanted else nullcontext() as netron_address:
        demo = build_demo(
            own,
            feedback=feedback_folder(args.feedback, public),
            # The address leads to Netron only in browsers on this computer.
            netron_address=None if public else netron_address,
            models=models,
            training=args.allow_training or not public,
        )
        serve(
            demo,
            own,
            host=host,
            port=args.port,
            root_path=args.root_path,
            auth=args.auth,
            share=args.share,
            netron_address=netron_address if args.netron else None,
            browser=not args.no_browser,
            allowed_hosts=args.allow_host,
        )
    if own.is_busy():
        # Python would wait for TensorFlow to come to an end, or crash while it does.
        sys.stdout.flush()
        os._exit(0)
    return 0


def feedback_folder(wanted: bool | None, public: bool) -> Path | None:
    """Where corrections are kept; on a public page nowhere unless asked.

    Strangers would fill the folder, and might believe that what they draw stays on their computer.
    """
    if wanted is None:
        wanted = not public
    return Path("feedback") if wanted else None


if __name__ == "__main__":
    # `kill`, and a container that stops, end it like Ctrl-C, so that --share leaves no tunnel.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
