"""The routes of Gradio's server that the page needs; no other one can be reached.

Gradio serves many more: a proxy to other hosts, streams of audio and video, functions of
components, a record of runs. The page uses none of them.
"""

import re

from starlette.types import Scope

SESSION = r"[A-Za-z0-9_-]{1,64}"
NAME = r"[A-Za-z0-9_.-]{1,100}"

# Fixed content, which one page load asks for dozens of times.
STATIC = re.compile(
    r"/(assets|static|svelte|gradio_api/custom_component)/.+"
    r"|/reader\.js"
    r"|/(favicon\.ico|icon-[\w-]+\.png|card\.png|pwa_icon(/\d+)?|manifest\.json|robots\.txt)"
    r"|/samples/[\w-]+\.jpg"
    r"|/(gradio_api/)?theme\.css"
)
# These wait for answers or keep a visit alive. If one of them were refused for its rate, the page
# in the browser would take the connection for lost, start anew, and lose the drawing.
STREAMS = re.compile(
    rf"/gradio_api/(queue/data|heartbeat/{SESSION}|call/(v2/)?{NAME}/{NAME}|upload_progress)"
)
PAGE = re.compile(
    r"/|/network\.bin|/map\.(bin|png)|/health|/config/?|/logout|/login_check/?"
    r"|/gradio_api/(info/?|openapi\.json|app_id/?|user/?|token/?|login_check/?|startup-events"
    r"|queue/status|file=.+)"
)
# What a program or the page asks to be computed, with JSON as its body. After "v2", the values have
# the names of the function's parameters; elsewhere they are a list.
CALLS = re.compile(
    rf"/gradio_api/(?:(?:run|api)/(?P<now>{NAME})/?|call/(?P<named>v2/)?(?P<call>{NAME})/?"
    r"|(?P<queue>queue/join)|(?P<other>cancel|reset/?))"
)
UPLOAD = "/gradio_api/upload"
UPLOAD_PROGRESS = "/gradio_api/upload_progress"
LOGIN = re.compile(r"/login/?")


def route(scope: Scope) -> str:
    """The path of a request, without the prefix under which a proxy shows the page."""
    path, prefix = scope["path"], scope.get("root_path", "").rstrip("/")
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path


def known(scope: Scope) -> bool:
    """Whether the page has such a route."""
    path = route(scope)
    if scope["method"] in ("GET", "HEAD"):
        return any(kind.fullmatch(path) for kind in (PAGE, STATIC, STREAMS))
    if scope["method"] == "POST":
        return bool(CALLS.fullmatch(path) or LOGIN.fullmatch(path)) or path == UPLOAD
    return scope["method"] == "OPTIONS"
