"""The part of the Train tab in which two models read the same drawing, side by side."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import gradio as gr
from PIL import Image

from digits.errors import ModelError
from digits.page.answer import Answer, answer
from digits.page.model_menu import ModelMenu, model_choices
from digits.page.model_store import ModelStore
from digits.page.sketchpad import Sketchpad
from digits.page.tabs.answer import errors_shown
from digits.page.wording import INVITATION, HeadingAndBars, heading_and_bars, phrase

NO_ANSWER = "No answer"
ALONE = "There is one model so far. Train a network, or teach it your hand, to compare two."

# Screen readers announce both answers once they have not changed for a while.
ANNOUNCE = """(answers) => {
  clearTimeout(window.announceWords);
  const inLanguage = (text) => window.translated?.(text) ?? text;
  const said = JSON.parse(answers || "[]").map(([name, heading, words]) =>
    `${name}: ${window.digits?.aloud(inLanguage(heading), inLanguage(words)) ?? words}`);
  window.announceWords = setTimeout(() => {
    document.getElementById("announcer").textContent = said.join("; ");
  }, 700);
}"""


class Comparison(NamedTuple):
    """What the rest of the tab needs of this part."""

    offer: Callable  # takes the name of a new model, and returns the new values of `parts`
    parts: list[gr.HTML | gr.Column | ModelMenu]


def compare_section(store: ModelStore) -> Comparison:
    """Lay it out; while there are fewer than two models, it says how to get more."""
    names = store.names()
    alone = gr.HTML(ALONE, visible=len(names) < 2, elem_id="compare-alone", apply_default_css=False)
    with gr.Column(visible=len(names) > 1, elem_id="compare") as section, gr.Row():
        with gr.Column(scale=3, min_width=280):
            sketchpad = Sketchpad(label="Sketchpad for both models", elem_id="compare-sketchpad")
        sides = [_side("left", store, names[0]), _side("right", store, names[-1])]
    announcement = gr.HTML("", html_template="<span hidden></span>", visible="hidden")

    def read(drawing: Image.Image | None, *names: Any) -> list[Any]:
        shown: list[Any] = []
        announced = []
        for name in names:
            value, words = _answer_of(store, name, drawing)
            shown += [value, words]
            announced += [[name, value[0], words]] if words else []
        # Nothing to say leaves what another part of the tab announces.
        return [*shown, json.dumps(announced) if announced else ""]

    menus = [side[0] for side in sides]
    gr.on(
        [sketchpad.change, *(menu.change for menu in menus)],
        read,
        [sketchpad, *menus],
        [part for side in sides for part in side[1:]] + [announcement],
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
    )
    announcement.change(None, announcement, js=ANNOUNCE, api_visibility="private")

    def offer(trained: str | None = None) -> tuple[gr.HTML, gr.Column, ModelMenu, ModelMenu]:
        names = store.names()
        return (
            gr.HTML(visible=len(names) < 2),
            gr.Column(visible=len(names) > 1),
            ModelMenu(model_choices(store)),
            ModelMenu(model_choices(store), value=trained or names[-1]),
        )

    parts = [alone, section, *menus]
    # There may be more models when a visitor arrives than when the page was built.
    gr.on(None, offer, None, parts, show_progress="hidden", api_visibility="private")
    return Comparison(offer, parts)


def _answer_of(
    store: ModelStore, name: Any, drawing: Image.Image | None
) -> tuple[HeadingAndBars, str]:
    """What one side shows: the value of its label, and the words.

    A model that cannot be had says so in its own place, and the other one still answers.
    """
    try:
        classifier = store.explainer(name).classifier
    except ModelError as error:
        return (NO_ANSWER, None), str(error)
    if drawing is None:
        return (INVITATION, None), ""
    with errors_shown():
        prediction = classifier.predict(drawing)
    return heading_and_bars(prediction, INVITATION), phrase(prediction)


def _side(name: str, store: ModelStore, model: str) -> tuple[ModelMenu, Answer, gr.HTML]:
    """One of the two sides: the menu for its model, and the answer of that."""
    with gr.Column(scale=2, min_width=140, elem_classes="side"):
        menu = ModelMenu(
            model_choices(store),
            value=model,
            label=f"Model on the {name}",
            filterable=False,
            elem_id=f"compare-{name}-model",
        )
        label, words = answer(f"compare-{name}", INVITATION, announced=False)
        label.render()
        words.render()
    return menu, label, words
