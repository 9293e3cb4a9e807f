"""Checks what a request holds before Gradio sees it.

Gradio trusts its own page. A session hash that is empty ends its queue for good, a file named by
its path is read wherever it lies, and a value of the wrong type ends in a traceback. So the JSON
of every request is taken apart here, and only what was checked is handed on.
"""

import asyncio
import math
import re
from inspect import signature
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import gradio as gr
import orjson
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digits.images.data_urls import MAX_CHARACTERS
from digits.page.gradio_internals.routes import CALLS, NAME, SESSION, UPLOAD, known, route
from digits.page.guards.answers import refusal
from digits.page.guards.uploads import MAX_FILE, own_file
from digits.page.guards.visitors import Visitor, visitor_of

# A drawing is the largest value.
MAX_BODY = MAX_CHARACTERS + 100_000  # bytes
BODY_TIME = 30  # seconds in which the whole body must arrive
MAX_TEXT = 1000  # characters of any other value
UPLOAD_BODY = MAX_FILE + 100_000  # bytes: a photo, and the form around it
UPLOAD_TIME = 300  # seconds: a phone may be slow to send a photo
CHECKED = "digits.call"  # the key in the ASGI scope under which a checked call stands
BAD_SESSION = "A session_hash is 1 to 64 letters, digits, '_' and '-'."


class Refused(Exception):
    """A request is refused; the text is one line that names the fix."""


class Call(NamedTuple):
    """A call that was checked."""

    visitor: Visitor
    at_once: bool  # whether the answer is given in the response
    content: dict[str, Any]  # the JSON, as Gradio wants it


def call_of(scope: Scope) -> Call | None:
    """The checked call in a request; None if it is another kind of request."""
    return scope.get(CHECKED)


class RequestCheck:
    """ASGI middleware that answers unknown routes with 404, and wrong requests with 4xx."""

    def __init__(self, app: ASGIApp) -> None:
        """Check the requests to `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if it is one of the page's, with its JSON checked."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return  # the page has no web sockets
        if not known(scope):
            return await refusal(404, "The page has no such address.")(scope, receive, send)
        try:
            check_query(scope)
            match = CALLS.fullmatch(route(scope)) if scope["method"] == "POST" else None
            if match:
                body, visitor = await read_body(receive), visitor_of(scope)
                content = checked_request(body, match, scope["app"].get_blocks(), visitor)
                scope = {**scope, CHECKED: Call(visitor, bool(match["now"]), content)}
                receive = replayed(content, receive)
                scope["headers"] = [
                    (name, value) for name, value in scope["headers"] if name != b"content-length"
                ]
            elif route(scope) == UPLOAD:
                receive = limited(receive, UPLOAD_BODY, UPLOAD_TIME)
            else:
                receive = limited(receive)
        except Refused as error:
            return await refusal(422, str(error))(scope, receive, send)
        except HTTPException as error:
            return await refusal(error.status_code, error.detail)(scope, receive, send)
        await self.app(scope, receive, send)


def check_query(scope: Scope) -> None:
    """Check the session hash, the only thing in a query that Gradio keeps something under."""
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    for session in query.get("session_hash", []):
        check_session(session)
    for name in query.get("upload_id", []):
        if not re.fullmatch(NAME, name):
            raise Refused("An upload_id is 1 to 100 letters, digits, '.', '_' and '-'.")


def check_session(session: Any) -> None:
    """Check a session hash."""
    if not isinstance(session, str) or not re.fullmatch(SESSION, session):
        raise Refused(BAD_SESSION)


def checked_request(
    body: bytes, call: re.Match[str], blocks: gr.Blocks, visitor: Visitor
) -> dict[str, Any]:
    """Check the JSON of a call, and keep what Gradio needs of it.

    Args:
        body: as it was sent.
        call: the match of its route.
        blocks: the page.
        visitor: who sent it.

    Raises:
        Refused: anything in it is not as it should be.
    """
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refused('Send JSON, such as {"data": [...]}.') from None
    if not isinstance(sent, dict):
        raise Refused('Send a JSON object, such as {"data": [...]}.')
    if call["named"]:
        return checked_names(sent, called_function({}, call, blocks), visitor)
    kept: dict[str, Any] = {}
    if (session := sent.get("session_hash")) is not None:
        check_session(session)
        kept["session_hash"] = session
    elif call["queue"] or call["other"]:
        raise Refused(BAD_SESSION)
    if call["other"]:
        for key in ("event_id", "fn_index"):
            if not isinstance(sent.get(key), str | int | None):
                raise Refused(f"{key} is of the wrong type.")
            if key in sent:
                kept[key] = sent[key]
        return kept
    function = called_function(sent, call, blocks)
    kept["fn_index"] = function._id
    kept["data"] = checked_values(sent.get("data"), function, visitor)
    kept["event_data"] = sent.get("event_data")  # any JSON: no function of the page looks at it
    kept["trigger_id"] = sent.get("trigger_id")
    if type(kept["trigger_id"]) not in (int, type(None)):
        raise Refused("trigger_id is of the wrong type.")
    return kept


def called_function(sent: dict[str, Any], call: re.Match[str], blocks: gr.Blocks) -> Any:
    """Find the function that is called, by its number or by its name in the route."""
    number = sent.get("fn_index")
    if number is None:
        name = call["now"] or call["call"]
        for function in blocks.fns.values():
            if function.api_name == name and function.api_visibility == "public":
                return function
        raise HTTPException(404, "There is no such endpoint: see 'Use via API' on the page.")
    if type(number) is not int or number not in blocks.fns or blocks.fns[number].fn is None:
        raise HTTPException(404, "There is no function with this fn_index.")
    return blocks.fns[number]


def checked_values(data: Any, function: Any, visitor: Visitor) -> list[Any]:
    """Check the values for a function, and give one for each of its inputs."""
    wanted = [component for component in function.inputs if not component.skip_api]
    if not isinstance(data, list) or len(data) not in (len(wanted), len(function.inputs)):
        raise Refused(f"'data' is a list with a value for each input: {len(wanted)} here.")
    given = function.inputs if len(data) == len(function.inputs) else wanted
    values = {
        component: checked_value(value, component, visitor)
        for component, value in zip(given, data, strict=True)
        if not component.skip_api
    }
    return [values.get(component) for component in function.inputs]


def checked_names(sent: dict[str, Any], function: Any, visitor: Visitor) -> dict[str, Any]:
    """Check values that have the names of a function's parameters; give them with their names."""
    names = list(signature(function.fn).parameters)[: len(function.inputs)]
    if set(sent) != set(names):
        raise Refused(f"Send a JSON object with a value for each of: {', '.join(names)}.")
    values = checked_values([sent[name] for name in names], function, visitor)
    return dict(zip(names, values, strict=True))


def checked_value(value: Any, component: Any, visitor: Visitor) -> Any:
    """Check the value for one component; what the component makes of it is its own matter."""
    if value is None:
        return None
    if isinstance(component, gr.Image):
        try:
            return own_file(value, visitor)
        except ValueError as error:
            raise Refused(str(error)) from None
    if isinstance(component, gr.Checkbox):
        allowed = isinstance(value, bool)
    elif isinstance(component, gr.Slider | gr.Number):
        allowed = is_number(value)
    elif isinstance(component, gr.HTML):  # the sketchpad is one
        allowed = isinstance(value, str) and len(value) <= MAX_CHARACTERS
    else:  # a text, or one of several choices
        allowed = is_number(value) or (isinstance(value, str) and len(value) <= MAX_TEXT)
    if not allowed:
        kind = component.api_info().get("type", "string")
        raise Refused(f"The value of '{component.label}' is not of the type {kind}.")
    return value


def is_number(value: Any) -> bool:
    """Whether a value is a number of a size that a person would choose."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and abs(value) < 1e9


async def read_body(receive: Receive) -> bytes:
    """Read a whole body.

    Raises:
        HTTPException: it is too large, too slow, or breaks off.
    """
    receive, parts = limited(receive), []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HTTPException(400, "The request broke off.")
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def limited(receive: Receive, max_bytes: int = MAX_BODY, seconds: float = BODY_TIME) -> Receive:
    """Limit the size of a body and the time it takes.

    The bytes are counted as they arrive: the length that a request declares may be wrong.
    """
    received, whole = 0, False
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds

    async def counted() -> Message:
        nonlocal received, whole
        if whole:
            return await receive()  # waits for the visitor to leave
        try:
            message = await asyncio.wait_for(receive(), deadline - loop.time())
        except asyncio.TimeoutError:
            raise HTTPException(408, "Too slow: send the request again.") from None
        received += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if received > max_bytes:
            # Raised where the body is read, so that it becomes the answer.
            size = max_bytes / 1e6
            raise HTTPException(413, f"Too large: send at most {size:.0f} MB at a time.")
        return message

    return counted


def replayed(content: dict[str, Any], receive: Receive) -> Receive:
    """Give JSON as the body, to whoever reads it, and then what else happens to the request."""
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": orjson.dumps(content), "more_body": False}

    return again
