"""The About tab: what the card of the page's own model says, and the notebook to download.

The markup and the wording are in `about.html`.
"""

import shlex
from pathlib import Path

import gradio as gr

from digits.files import PROJECT
from digits.model_card import ModelCard, checked_card
from digits.page.languages import HTML_TEMPLATE
from digits.page.own_model import OwnModel
from digits.templates import render

NOTEBOOK = PROJECT / "notebooks" / "training.ipynb"


def about_tab(own: OwnModel) -> None:
    """Lay out the tab."""
    card = checked_card(own.card)
    problem = own.card_problem is not None
    html = about(card, own.path, own.threshold, problem=problem)
    gr.HTML(html, html_template=HTML_TEMPLATE, elem_id="card", js_on_load=None)
    gr.DownloadButton("Download the notebook", value=NOTEBOOK, size="sm", elem_id="notebook")


def about(
    card: ModelCard | None, model: Path | None, threshold: float, *, problem: bool = False
) -> str:
    """Write as HTML what is known of a model, its limits and its sources.

    Args:
        card: the model's; None where there is no readable one. Its sha256, if it has one, is that
            of the model file, as `digits.saving.read_card` has checked.
        model: its file, for the command that trains it again; None where there is none.
        threshold: below this confidence, 0 to 1, no digit is named.
        problem: whether there is a card that cannot be trusted.
    """
    rebuild = None
    # Data that were handed over in Python have no name that a command could find.
    if model and card and card.training and card.training.data not in (None, "custom"):
        command = ["python3", "mnist_classification.py", "train", "--like", _card_name(model)]
        rebuild = shlex.join(command)
    return render(
        "page/tabs/about.html", card=card, rebuild=rebuild, threshold=threshold, problem=problem
    )


def _card_name(model: Path) -> str:
    """Where the card is; of a model outside models/ the folder is no visitor's business."""
    name = model.with_suffix(".json").name
    return f"models/{name}" if model.parent.name == "models" else name
