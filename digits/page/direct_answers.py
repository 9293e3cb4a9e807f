"""Answers what is drawn or photographed in one step, where Gradio takes many.

Gradio copies, validates and walks through every value, and looks after sessions and streams, which
costs several times what the network does. A function that takes a drawing or a photo and returns
texts and pictures needs none of it: its answer depends on the request alone. So any server that
runs the page can give it.
"""

import time
from typing import Any
from urllib.parse import quote

import gradio as gr
import orjson
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from digits.page.gradio_internals.server import logged_in
from digits.page.guards.answers import refusal
from digits.page.guards.requests import call_of
from digits.page.notices import collected
from digits.page.numbers import Choice
from digits.page.sketchpad import Sketchpad
from digits.page.sketchpad.strokes import Strokes
from digits.page.tabs.upload import Photo

TAKEN = (Sketchpad, Strokes, Photo, Choice, gr.Dropdown)
NOTICE = "X-Notice"  # the header with a line for the visitor, which patience.js shows
RETURNED = (gr.Label, gr.HTML, gr.JSON, gr.Dropdown)


class DirectAnswers:
    """ASGI middleware that answers calls of such functions; others go on to Gradio."""

    def __init__(self, app: ASGIApp) -> None:
        """Answer in the place of `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in the form in which Gradio does."""
        call = call_of(scope)
        if call is None or not call.at_once:
            return await self.app(scope, receive, send)
        function = scope["app"].get_blocks().fns[call.content["fn_index"]]
        if not is_direct(function):
            return await self.app(scope, receive, send)
        if not await logged_in(Request(scope)):
            return await refusal(401, "Log in first.")(scope, receive, send)
        started = time.perf_counter()
        try:
            with collected() as told:
                data = await run_in_threadpool(answered, function, call.content["data"])
        except gr.Error as error:
            return await refusal(422, error.message)(scope, receive, send)
        seconds = time.perf_counter() - started
        content = {
            "data": data,
            "is_generating": False,
            "duration": seconds,
            "average_duration": seconds,
            "render_config": None,
            "changed_state_ids": [],
        }
        headers = {NOTICE: quote(" ".join(told))} if told else {}
        answer = Response(orjson.dumps(content), headers=headers, media_type="application/json")
        await answer(scope, receive, send)


def is_direct(function: Any) -> bool:
    """Whether a function takes a drawing or a photo, and returns texts, pictures and choices."""
    return (
        any(isinstance(component, Sketchpad | Photo) for component in function.inputs)
        and all(isinstance(component, TAKEN) for component in function.inputs)
        and all(isinstance(component, RETURNED) for component in function.outputs)
    )


def answered(function: Any, values: list[Any]) -> list[Any]:
    """Call a function of the page with what was sent; give what its outputs make of the result.

    Raises:
        gr.Error: the function refuses what was sent.
    """
    pairs = zip(function.inputs, values, strict=True)
    result = function.fn(*(received(*pair) for pair in pairs))
    results = result if len(function.outputs) > 1 else [result]
    return [shown(*pair) for pair in zip(function.outputs, results, strict=True)]


def received(component: Any, value: Any) -> Any:
    """What a function is given for a value that was sent for a component."""
    model = component.data_model
    return component.preprocess(value if model is None or value is None else model(**value))


def shown(component: Any, value: Any) -> Any:
    """What is sent to the browser for a new value of a component, or for an update of it."""
    if isinstance(value, dict) and value.get("__type__") == "update":
        return value
    value = component.postprocess(value)
    return value.model_dump() if isinstance(value, BaseModel) else value
