"""The part of the Train tab where two models read the same drawing, side by side."""

from collections.abc import Callable
from typing import NamedTuple

import gradio as gr

from digits.page.model_store import ModelStore
from digits.page.sketchpad import Sketchpad
from digits.page.tabs.answer import (
    ANNOUNCE,
    MARK_DOUBT,
    answer,
    errors_shown,
    heading_and_bars,
    in_words,
)

INVITATION = "Draw a digit"


class Comparison(NamedTuple):
    """What the rest of the tab needs of this part."""

    offer: Callable  # offers a new model, of that name: returns what becomes of `parts`
    parts: list[gr.blocks.Block]


def compare_section(store: ModelStore) -> Comparison:
    """Lay it out; it is hidden while there are no two models."""
    names = store.names()
    with gr.Column(visible=len(names) > 1, elem_id="compare") as section:
        gr.HTML("<h2>Compare two models</h2>", elem_id="compare-title", apply_default_css=False)
        with gr.Row():
            with gr.Column(scale=3, min_width=280):
                sketchpad = Sketchpad(label="Sketchpad for both", elem_id="compare-sketchpad")
            sides = [_side("left", names, names[0]), _side("right", names, names[-1])]
    said = gr.HTML("", visible="hidden")

    def read(drawing, *chosen):
        shown, spoken = [], []
        for name in chosen:
            value, words = (INVITATION, None), ""
            if drawing is not None:
                with errors_shown():
                    prediction = store.explainer(name).classifier.predict(drawing)
                value, words = heading_and_bars(prediction, INVITATION), in_words(prediction)
            shown += [value, words]
            spoken += [f"{name}: {words}"] if words else []
        return [*shown, "; ".join(spoken)]

    choices = [side[0] for side in sides]
    gr.on(
        [sketchpad.change, *(choice.change for choice in choices)],
        read,
        [sketchpad, *choices],
        [part for side in sides for part in side[1:]] + [said],
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
    )
    said.change(None, said, js=ANNOUNCE, api_visibility="private")

    def offer(trained: str | None = None) -> tuple[gr.Column, gr.Dropdown, gr.Dropdown]:
        names = store.names()
        return (
            gr.Column(visible=len(names) > 1),
            gr.Dropdown(names),
            gr.Dropdown(names, value=trained or names[-1]),
        )

    parts = [section, *choices]
    # There may be more models when a visitor comes than when the page was put together.
    gr.on(None, offer, None, parts, show_progress="hidden", api_visibility="private")
    return Comparison(offer, parts)


def _side(name: str, models: list[str], model: str) -> tuple[gr.Dropdown, gr.Label, gr.HTML]:
    """One of the two: a model, and its answer."""
    with gr.Column(scale=2, min_width=140, elem_classes="side"):
        choice = gr.Dropdown(
            models,
            value=model,
            label=f"Model on the {name}",
            filterable=False,
            elem_id=f"compare-{name}-model",
        )
        label, words = answer(f"compare-{name}", INVITATION)
        label.render()
        words.render()
    label.change(None, js=MARK_DOUBT % label.elem_id, api_visibility="private")
    return choice, label, words
