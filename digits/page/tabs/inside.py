"""The Inside tab: a lesson about what the network makes of the drawing, and the network itself.

The lesson runs in the browser, see `digits.page.lesson`. Where the browser does not read, the
server makes pictures in its place: their markup and wording are in `inside_story.html`.
"""

from typing import TYPE_CHECKING, Any

import gradio as gr
from PIL import Image

from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.strokes import draw
from digits.images.data_urls import data_url
from digits.page.languages import TRANSLATED_HTML
from digits.page.lesson import lesson
from digits.page.model_menu import ModelMenu, chosen_model
from digits.page.model_store import ModelStore
from digits.page.netron_viewer import address_of
from digits.page.sketchpad import Sketchpad
from digits.page.tabs.answer import errors_shown
from digits.page.tabs.inside_pictures import cards, convolutions, filter_at_work
from digits.page.wording import phrase
from digits.prediction import NOTHING_DRAWN
from digits.templates import render

if TYPE_CHECKING:  # TensorFlow takes seconds to import, and the page is shown before
    from digits.explain import Explainer

EXAMPLE = draw(parse_form(DIGIT_FORMS[7][0]))  # ink, shown while nothing is drawn

LESSON = "lesson"  # what the browser sends in place of the pictures while it needs none

KINDS = {  # of layers, by their Keras class; another class keeps its own name
    "Rescaling": "rescaling",
    "Conv2D": "convolution",
    "MaxPooling2D": "max pooling",
    "AveragePooling2D": "average pooling",
    "BatchNormalization": "batch normalization",
    "ReLU": "ReLU",
    "Flatten": "flatten",
    "Dropout": "dropout (training only)",
    "Dense": "dense (fully connected)",
}


def inside_tab(
    store: ModelStore,
    sketchpad: Sketchpad,
    model: ModelMenu,
    tab: gr.Tab,
    netron_address: str | None,
) -> None:
    """Lay out the tab.

    Args:
        store: the models.
        sketchpad: holds the drawing to explain.
        model: the menu of models, in the Draw tab; the tab explains the one that it shows.
        tab: this tab; everything is computed anew each time a person opens it.
        netron_address: of the Netron viewer; None where there is no viewer.
    """

    def show(
        drawing: Image.Image | None, name: Any, shown: str | None
    ) -> tuple[str, str, str, Any]:
        explainer, menu = chosen_model(store, name)
        address = netron_address and address_of(netron_address, explainer.classifier.file)
        pictured = "" if shown == LESSON else story(explainer, drawing)
        return pictured, layer_table(explainer), netron(address), menu

    lesson("inside-lesson")
    pictures = gr.HTML(elem_id="inside-story", **TRANSLATED_HTML)
    table = gr.HTML(elem_id="inside-layers", **TRANSLATED_HTML)
    frame = gr.HTML(netron(netron_address), elem_id="inside-netron", **TRANSLATED_HTML)
    tab.select(
        show,
        [sketchpad, model, pictures],
        [pictures, table, frame, model],
        js=f"(drawing, name) => [drawing, name, window.digits?.ready ? '{LESSON}' : '']",
        show_progress="hidden",
        api_visibility="private",
    )


def story(explainer: "Explainer", drawing: Image.Image | None) -> str:
    """Show as HTML what the network makes of a drawing, from the input to the answer.

    Args:
        explainer: takes its classifier's network apart.
        drawing: any picture; for None or empty paper an example is explained.

    Raises:
        gr.Error: the picture cannot be read; the message is one clear line.
    """
    with errors_shown():
        prediction = explainer.classifier.predict(EXAMPLE if drawing is None else drawing)
    drawn = drawing is not None and prediction.reason != NOTHING_DRAWN
    if not drawn:
        prediction = explainer.classifier.predict(EXAMPLE)
    image, digit = prediction.image, int(prediction.probabilities.argmax())
    has_maps, evidence = bool(explainer.stages()), explainer.evidence(image)
    return render(
        "page/tabs/inside_story.html",
        answer=phrase(prediction) if drawn else None,
        named=prediction.digit,
        digit=digit,
        seen=data_url(image),
        looked=data_url(explainer.overlay(image, digit)),
        one_filter=filter_at_work(explainer, image) if has_maps else None,
        convolutions=convolutions(explainer, image) if has_maps else None,
        cards=cards(evidence, prediction) if evidence else None,
    )


def layer_table(explainer: "Explainer") -> str:
    """List the network's layers as an HTML table."""
    from digits.explain import layers

    model = explainer.classifier.model
    return render(
        "page/tabs/inside_layers.html",
        layers=layers(model),
        kinds=KINDS,
        total=model.count_params(),
    )


def netron(address: str | None) -> str:
    """Show Netron in a frame; where there is no address, say how to get it."""
    return render("page/tabs/inside_netron.html", address=address)
