"""The buttons under the answer, with which a person says what the drawing really is."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from PIL import Image

from digits.data.corrections import keep_correction
from digits.errors import DigitsError
from digits.page.model_menu import ModelMenu
from digits.page.model_store import ModelStore
from digits.page.sketchpad import Sketchpad
from digits.prediction import NOTHING_DRAWN

if TYPE_CHECKING:  # TensorFlow takes seconds to import, and the page is shown before
    from digits.classifier import DigitClassifier

NOTHING_TO_CORRECT = "Draw a digit first: there is nothing to correct."
WHERE_KEPT = (
    "Your correction and drawing are kept in <code>{folder}</code> on the computer that runs this "
    "page, and never leave it."
)
KEPT = "Thank you. Kept as a {digit}."

# What became of a correction is said until the next stroke.
FORGET_OUTCOME = """
document.addEventListener("drawing", function forget({ detail }) {
  if (!element.isConnected) return document.removeEventListener("drawing", forget);
  if (!detail.rehearsal && props.value !== props.where_kept) props.value = props.where_kept;
});
"""


def correct(
    classifier: "DigitClassifier", folder: Path, drawing: Image.Image | None, digit: int
) -> str:
    """Keep a drawing as an example of a digit, together with what the network answers to it.

    Args:
        classifier: its answer is the one to correct. We ask it here, because the answer on the page
            may still be the one to an earlier drawing, and a stranger could send any answer.
        folder: where corrections are kept.
        drawing: what the sketchpad holds; None if that is empty.
        digit: what the person says it is, 0 to 9.

    Returns:
        What to tell the person.

    Raises:
        DigitsError: the correction cannot be kept; its text is for the person too.
    """
    if drawing is None or (prediction := classifier.predict(drawing)).reason == NOTHING_DRAWN:
        raise DigitsError(NOTHING_TO_CORRECT)
    keep_correction(
        folder, drawing, answer=prediction.digit, confidence=prediction.confidence, label=digit
    )
    return KEPT.format(digit=digit)


def correction_buttons(
    store: ModelStore, folder: Path, sketchpad: Sketchpad, model: ModelMenu
) -> None:
    """Lay out ten buttons, and the line that says what became of a correction.

    Args:
        store: the models.
        folder: where corrections are kept.
        sketchpad: holds the drawing.
        model: shows the name of the model whose answer is corrected.
    """
    with gr.Row(elem_id="correcting"):
        gr.HTML("No, it’s a …", elem_id="teach")
        buttons = [
            gr.Button(str(digit), size="sm", min_width=28, elem_classes="digit")
            for digit in range(10)
        ]
        where_kept = WHERE_KEPT.format(folder=folder.name)
        outcome = gr.HTML(
            where_kept,
            html_template='<p role="status">${window.translated?.(value) ?? value}</p>',
            js_on_load=FORGET_OUTCOME,
            elem_id="kept",
            where_kept=where_kept,
        )

    def keep_as(digit: int) -> Callable[[Image.Image | None, Any], str]:
        def keep(drawing: Image.Image | None, name: Any) -> str:
            try:
                return correct(store.explainer(name).classifier, folder, drawing, digit)
            except DigitsError as error:
                return str(error)

        return keep

    for digit, button in enumerate(buttons):
        button.click(
            keep_as(digit),
            [sketchpad, model],
            outcome,
            show_progress="hidden",
            api_visibility="private",
        )
