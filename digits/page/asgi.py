"""The page as an ASGI app, which any server can run: `uvicorn digits.page.asgi:app --workers 4`.

`app` is made when it is first asked for, with options from the environment:

- `DIGITS_MODEL`: the model file; by default the bundled one.
- `DIGITS_MODELS`: a folder of more models to choose from; by default there are none.
- `DIGITS_FEEDBACK`: a folder in which corrections are kept; by default none are.
- `DIGITS_ROOT_PATH`: where a proxy shows the page, such as `/digits`.
- `DIGITS_HOSTS`: the names under which the page may be asked for, separated by commas; by default
  every name.

Several processes or machines share the folders of models and corrections. There is no training,
which would run on one of them only.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digits.page.gradio_internals.server import contact_nobody
from digits.saving import checked_model_file

if TYPE_CHECKING:  # Gradio takes seconds to import
    import gradio as gr
    from fastapi import FastAPI

# Visits of which Gradio remembers something, about a megabyte each. Nothing on a public page needs
# that but the Train tab, where one visitor trains at a time.
MAX_SESSIONS = 100
MAX_QUEUED = 50  # requests in Gradio's queue; with the largest drawings, they take 300 MB
CONCURRENT_ANSWERS = 4  # of each function in the queue, so that nobody waits for the slowest one


def make_app(
    demo: "gr.Blocks",
    *,
    public: bool = True,
    hosts: Sequence[str] = (),
    auth: tuple[str, str] | None = None,
    root_path: str | None = None,
) -> "FastAPI":
    """Make an ASGI app of a page, with its style and its guards.

    Args:
        demo: the page, as `digits.page.demo.build_demo` makes it.
        public: people at other computers can reach it: limit what each of them may ask.
        hosts: the names under which it may be asked for; none allows every name.
        auth: the user and the password with which visitors log in; None asks for no login.
        root_path: the path at which a proxy shows the page.
    """
    import gradio as gr
    from fastapi import FastAPI

    from digits.page.demo import launch_options

    if public:
        demo.state_session_capacity = MAX_SESSIONS
        # With a closed API, programs wait in the queue too, and do not overtake people.
        demo.queue(
            max_size=MAX_QUEUED, default_concurrency_limit=CONCURRENT_ANSWERS, api_open=False
        )
    app = FastAPI(openapi_url=None)
    options = launch_options(public, hosts)
    return gr.mount_gradio_app(app, demo, "/", auth=auth, root_path=root_path, **options)


def app_from_environment() -> "FastAPI":
    """Make the app that `app` is.

    Raises:
        ModelError: there is no such model file.
    """
    contact_nobody()
    from digits.page.demo import build_demo
    from digits.page.own_model import OwnModel

    def folder(name: str) -> Path | None:
        return Path(value) if (value := os.environ.get(name)) else None

    own = OwnModel.in_file(checked_model_file(os.environ.get("DIGITS_MODEL")))
    own.start_loading()
    demo = build_demo(
        own,
        feedback=folder("DIGITS_FEEDBACK"),
        models=folder("DIGITS_MODELS"),
    )
    hosts = [name for name in os.environ.get("DIGITS_HOSTS", "").split(",") if name]
    return make_app(demo, hosts=hosts, root_path=os.environ.get("DIGITS_ROOT_PATH"))


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()["app"] = app_from_environment()
    return globals()["app"]
