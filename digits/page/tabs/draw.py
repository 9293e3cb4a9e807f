"""The Draw tab: a sketchpad on the left; on the right the answer, what the network saw and where
it looked, and the buttons that correct it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr
from PIL import Image

from digits.data.digit_forms import parse_form
from digits.images.data_urls import data_url
from digits.page.answer import answer, seen_picture
from digits.page.examples import EXAMPLES
from digits.page.live_network import live_network
from digits.page.model_menu import ModelMenu, chosen_model, model_menu, refreshed_menu
from digits.page.model_store import ModelStore
from digits.page.numbers import NumbersShown, heading, images_seen, shown
from digits.page.numbers import in_words as how_sure
from digits.page.present import present
from digits.page.sketchpad import Sketchpad
from digits.page.sketchpad.strokes import Drawn, Strokes
from digits.page.tabs.answer import errors_shown, looked_picture
from digits.page.tabs.correcting import correction_buttons
from digits.page.wording import (
    INVITATION,
    PROMISE,
    SEVERAL,
    HeadingAndBars,
    heading_and_bars,
    phrase,
)
from digits.prediction import NOTHING_DRAWN

if TYPE_CHECKING:  # TensorFlow takes seconds to import, and the page is shown before
    from digits.explain import Explainer


class DrawTab(NamedTuple):
    """What the rest of the page needs of the tab."""

    sketchpad: Sketchpad
    model: ModelMenu


def classify(
    explainer: "Explainer", drawing: Image.Image | None
) -> tuple[HeadingAndBars, str | None, str | None, str]:
    """Read a drawing, for the page.

    Args:
        explainer: holds the classifier that reads, and finds where it looked.
        drawing: any picture; None for an empty sketchpad.

    Returns:
        The answer: a heading (the digit, the doubt, or the invitation to draw one) and the
        confidences in [0, 1] of "0" to "9", None if nothing is drawn. What the network received:
        a 28 x 28 PNG data URL. Where it looked: another, larger one. The answer in words. Both
        pictures are None if nothing is drawn.

    Raises:
        gr.Error: the picture cannot be read; its message is one clear line.
    """
    if drawing is None:
        return (INVITATION, None), None, None, ""
    with errors_shown():
        prediction = explainer.classifier.predict(drawing)
    label, words = heading_and_bars(prediction, INVITATION), phrase(prediction)
    if prediction.reason == NOTHING_DRAWN:  # white paper without ink
        return label, None, None, words
    looked = explainer.overlay(prediction.image, int(prediction.probabilities.argmax()))
    return label, data_url(prediction.image), data_url(looked), words


def classify_all(
    explainer: "Explainer", drawing: Image.Image | None, drawn: Drawn | None = None
) -> tuple[Any, ...]:
    """Read a drawing, for the page: what `classify` returns, and the value of `NumbersShown`.

    Where several digits stand side by side, the heading is the number, and what the network saw
    are the images of its digits. The number is read from the strokes, if they are known.
    """
    label, seen, looked, words = classify(explainer, drawing)
    if drawing is None or label[0] != SEVERAL:
        return label, seen, looked, words, ""
    classifier = explainer.classifier
    reading = classifier.read(drawn.strokes, pen=drawn.pen) if drawn else classifier.read(drawing)
    if len(reading.digits) < 2:
        return label, seen, looked, words, ""
    pictures = data_url(images_seen(reading)), None
    return heading(reading), *pictures, how_sure(reading), shown(reading, drawing.size)


def draw_tab(store: ModelStore, feedback: Path | None) -> DrawTab:
    """Lay out the tab.

    Its endpoint for programs is `/classify`: a PNG data URL in, what `classify` returns out, read
    by the page's own model. The page itself sends the name in the menu along with each drawing.

    Args:
        store: the models to choose from.
        feedback: the folder in which corrections are kept; None shows no buttons to correct.
    """

    def read_for_programs(
        drawing: Image.Image | None,
    ) -> tuple[HeadingAndBars, str | None, str | None, str]:
        with errors_shown():
            explainer = store.explainer(store.own_name)
        return classify(explainer, drawing)

    def read_drawing(
        drawing: Image.Image | None, name: Any, drawn: Drawn | None
    ) -> tuple[Any, ...]:
        explainer, menu = chosen_model(store, name)
        return *classify_all(explainer, drawing, drawn), menu

    sketchpad = Sketchpad(
        elem_id="sketchpad",
        examples={name: parse_form(form) for name, form in EXAMPLES.items()},
        render=False,
        read_in_browser=True,
    )
    label, words = answer("answer", INVITATION, follows=True)
    outputs = [
        label,
        seen_picture("seen", follows=True),
        looked_picture("looked"),
        words,
    ]
    numbers = NumbersShown("#sketchpad .paper", follows=True, elem_id="numbers", render=False)
    model = model_menu(store)
    gr.Interface(
        read_for_programs,
        inputs=sketchpad,
        outputs=outputs,
        # The page answers while a person draws, and the sketchpad has a Clear button of its own.
        submit_btn=gr.Button(visible=False, render=False),
        clear_btn=None,
        flagging_mode="never",  # see digits.page.tabs.correcting
        analytics_enabled=False,
        api_name="classify",
        api_description=(
            "Read a digit from a PNG data URL: returns the answer with ten confidences, the"
            " 28 x 28 picture the network received, where it looked, and the answer in words."
        ),
        deep_link=False,
    )
    gr.HTML(f"<p>{PROMISE}</p>", elem_id="promise", elem_classes="beside-ring")
    numbers.render()
    strokes = Strokes(elem_id="strokes")
    if feedback:
        correction_buttons(store, feedback, sketchpad, model)
    live_network("network")
    present("present")
    quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    # One function for both, so that an answer never overtakes a later one: a new drawing and a
    # new model wait for the answer that is on its way, and then the latest of both is read.
    # The browser may have read the drawing by then (see `digits.page.browser`): it notes which one
    # the server is asked about, because that may be an earlier one when the answer comes.
    answered = gr.on(
        [sketchpad.change, model.change],
        read_drawing,
        [sketchpad, model, strokes],
        [*outputs, numbers, model],
        js="(drawing, name) => [drawing, name, window.digits?.ask(name) ?? '']",
        trigger_mode="always_last",
        **quietly,
    )
    answered.success(None, numbers, js="(number) => window.digits?.answered(number)", **quietly)
    answered.failure(None, js="() => window.digits?.answered(null)", **quietly)
    if store.folder:
        # There may be more models when a visitor arrives than when the page was built.
        gr.on(None, lambda: refreshed_menu(store), None, model, **quietly)
    return DrawTab(sketchpad, model)
