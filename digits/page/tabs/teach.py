"""The part of the Train tab in which the page's own model learns a visitor's hand.

The markup and the wording of what it reports are in `teach_report.html` and `teach_status.html`.
"""

from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from digits.errors import DigitsError
from digits.page.background_training.jobs import Job, Progress, Trainer
from digits.page.hand import Hand
from digits.page.languages import TRANSLATED_HTML
from digits.page.model_menu import ModelMenu
from digits.page.model_store import ModelStore
from digits.page.sketchpad import Sketchpad
from digits.page.tabs.answer import ANNOUNCE
from digits.page.tabs.training_buttons import draw_with, end
from digits.page.tabs.training_pictures import picture_of, progress_bar
from digits.templates import render

INCOMPLETE = "Draw all twenty digits first."
UNSAVED = "This page's model has no file yet, so it cannot be taught here."


def teach_section(
    trainer: Trainer, store: ModelStore, tabs: gr.Tabs, model: ModelMenu
) -> tuple[Any, gr.State]:
    """Lay it out; return its end, and the name of the model that was taught last.

    Args: see `digits.page.tabs.train.train_tab`.
    """
    taught = gr.State()
    with gr.Row(elem_id="teach-section"):
        with gr.Column(scale=2, min_width=280):
            Sketchpad(label="Sketchpad for your twenty digits", elem_id="hand-pad", stays_here=True)
        with gr.Column(scale=3, min_width=320, elem_id="teach-result"):
            hand = Hand(elem_id="hand")
            with gr.Row():
                start = gr.Button("Teach it", variant="primary", elem_id="teach-start")
                stop = gr.Button("Stop", interactive=False, elem_id="teach-stop")
            words = gr.HTML(status(Progress()), elem_id="teach-said", **TRANSLATED_HTML)
            progress = gr.HTML(elem_id="teach-progress", **TRANSLATED_HTML)
            result = gr.HTML("", elem_id="teach-report", **TRANSLATED_HTML)
            draw = gr.Button("Draw with it", variant="primary", visible=False, elem_id="teach-draw")

    async def teach(hand: dict[str, Any] | None, request: gr.Request) -> AsyncIterator[list]:
        try:
            if hand is None:
                raise DigitsError(INCOMPLETE)
            if store.own.path is None:
                raise DigitsError(UNSAVED)
            job = Job(hand=hand, model=store.own.path.absolute())
            async for now in trainer.progress_of(job, request.session_hash):
                yield [
                    progress_bar(now),
                    status(now),
                    report(now),
                    gr.Button(visible=now.saved is not None),
                    gr.Button(interactive=now.over),
                    gr.Button(interactive=not now.over),
                    now.saved,
                ]
        except DigitsError as error:
            yield [gr.skip(), status(Progress(error=str(error))), *[gr.skip()] * 5]

    quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    finished = start.click(
        teach,
        hand,
        [progress, words, result, draw, start, stop, taught],
        concurrency_limit=None,  # the queue is the trainer's own
        **quietly,
    )
    stop.click(end(trainer), concurrency_limit=None, **quietly)
    draw.click(draw_with(store), taught, [model, tabs], **quietly)
    words.change(None, words, js=ANNOUNCE, api_visibility="private")
    return finished, taught


def status(now: Progress) -> str:
    """Say as HTML what is known: what will happen, the place in the queue, the outcome."""
    return render("page/tabs/teach_status.html", **now._asdict())


def report(now: Progress) -> str:
    """Show as HTML what the network read before and after, once it has learned; "" until then."""
    if not now.lesson:
        return ""
    held_out = [each | {"picture": picture_of(each["image"])} for each in now.lesson["held_out"]]
    right = [sum(each[when] == each["digit"] for each in held_out) for when in ("before", "after")]
    return render(
        "page/tabs/teach_report.html",
        **{"others_after": None} | now.lesson | {"held_out": held_out},
        right_before=right[0],
        right_after=right[1],
    )
