"""The Upload tab: a photo of a digit on paper, and beside it the answer and the ink it found."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from digits.errors import ImageError
from digits.images.data_urls import data_url
from digits.images.decoding import open_image, to_colours
from digits.images.photos import ink_overlay
from digits.images.preprocessing import ink_and_digit_image
from digits.page.answer import answer, seen_picture
from digits.page.gradio_internals.components import ImageData, shown_as_its_parent
from digits.page.model_menu import ModelMenu, chosen_model
from digits.page.model_store import ModelStore
from digits.page.notices import tell
from digits.page.tabs.answer import errors_shown, picture
from digits.page.wording import HeadingAndBars, heading_and_bars, in_words

if TYPE_CHECKING:  # TensorFlow takes seconds to import, and the page is shown before
    from digits.classifier import DigitClassifier

GUIDANCE = (
    "Show a photo of one digit on plain, ruled or squared paper: drop or paste it here, choose a "
    "file (PNG, JPEG, WebP, BMP or GIF), or take one with the camera."
)
INVITATION = "Show a photo"
NOTHING_FOUND = "No digit found"
UNREADABLE = ("This file cannot be read", None), None, None, ""
NOTHING_SHOWN = (INVITATION, None), None, None, ""  # what `classify_photo` returns for no photo


@shown_as_its_parent
class Photo(gr.Image):
    """Gradio's image, which hands uploaded files over as they are.

    Gradio would decode a file, and fail on a damaged one, before we could say what is wrong.
    """

    # Gradio types this method as that of one component, but a subclass chooses its own values.
    def preprocess(self, payload: ImageData | None) -> Path | None:  # type: ignore[override]
        """Give the path of the uploaded file; None if there is none."""
        if payload is None:
            return None
        if payload.path is None:
            raise gr.Error("Send the photo as a file: upload it first.", print_exception=False)
        return Path(payload.path)


def classify_photo(
    classifier: "DigitClassifier", photo: Path | None
) -> tuple[HeadingAndBars, str | None, str | None, str]:
    """Read a photo, for the page.

    Args:
        classifier: reads it.
        photo: a picture file; None if there is none.

    Returns:
        The answer: a heading (the digit, the doubt, or that nothing was found) and the confidences
        in [0, 1] of "0" to "9". The photo with the ink that was found marked: a JPEG data URL. What
        the network received: a 28 x 28 PNG data URL. The answer in words.

    Raises:
        gr.Error: the file cannot be read; its message is one clear line.
    """
    if photo is None:
        return NOTHING_SHOWN
    try:
        opened = open_image(photo)
    except ImageError as error:
        # Name the file, but not the folder in which Gradio keeps it.
        message = str(error).replace(str(photo), photo.name)
        raise gr.Error(message, print_exception=False) from None
    colours = to_colours(opened)
    ink, image = ink_and_digit_image(colours)
    (prediction,) = classifier.answers([image])
    overlay = data_url(ink_overlay(colours, ink), "JPEG")
    seen = data_url(prediction.image) if prediction.image.any() else None
    return heading_and_bars(prediction, NOTHING_FOUND), overlay, seen, in_words(prediction)


def upload_tab(store: ModelStore, model: ModelMenu, tab: gr.Tab) -> None:
    """Lay out the tab.

    Its endpoint for programs is `/classify_photo`: a file in, what `classify_photo` returns out,
    read by the page's own model. The page itself sends the name in the menu along.

    Args:
        store: the models.
        model: the menu of models, in the Draw tab.
        tab: this tab; the photo is read again when a person opens it, as the menu may have changed.
    """

    def read_for_programs(photo: Path | None) -> tuple[HeadingAndBars, str | None, str | None, str]:
        with errors_shown():
            classifier = store.explainer(store.own_name).classifier
        return classify_photo(classifier, photo)

    def read(photo: Path | None, name: Any) -> tuple[Any, ...]:
        if photo is None:
            return *NOTHING_SHOWN, gr.skip()
        explainer, menu = chosen_model(store, name)
        try:
            return *classify_photo(explainer.classifier, photo), menu
        except gr.Error as error:
            tell(error.message)
            return *UNREADABLE, menu

    with gr.Row():
        with gr.Column():
            gr.Markdown(GUIDANCE)
            photo = Photo(
                label="Photo",
                sources=["upload", "webcam", "clipboard"],
                type="filepath",
                buttons=[],
                elem_id="photo",
            )
        with gr.Column():
            label, words = answer("photo-answer", INVITATION)
            label.render()
            ink = picture(
                "The ink it found",
                "The photo, faded, with the ink that was found in red",
                "photo-ink",
            )
            seen = seen_picture("photo-seen")
            words.render()
    outputs = [label, ink, seen, words]
    gr.on(
        [photo.change, tab.select],
        read,
        [photo, model],
        [*outputs, model],
        show_progress="hidden",  # or Gradio would cover every output with an error after a bad file
        trigger_mode="always_last",
        api_visibility="private",
    )
    gr.Button(visible=False).click(
        read_for_programs,
        photo,
        outputs,
        api_name="classify_photo",
        api_description=(
            "Read a digit from a photo of paper, or from any picture file: returns the answer with"
            " ten confidences, the photo with the ink that was found marked, the 28 x 28 picture"
            " the network received, and the answer in words."
        ),
    )
