"""The Upload tab: a photo of a digit on paper; beside it the answer and the ink that was found."""

from pathlib import Path

import gradio as gr
from gradio.components.image import ImageData

from digits.classifier import DigitClassifier
from digits.errors import ImageError
from digits.images.data_urls import data_url
from digits.images.decoding import open_image, to_colours
from digits.images.photos import ink_overlay
from digits.images.preprocessing import to_digit_image, to_ink
from digits.page.model_store import ModelStore
from digits.page.tabs.answer import (
    answer,
    errors_shown,
    heading_and_bars,
    in_words,
    picture,
    seen_picture,
    wire,
)

GUIDANCE = (
    "A photo of one digit on paper, plain, ruled or squared: drop it here, paste it, choose a file "
    "(PNG, JPEG, WebP, BMP or GIF) or take one with the camera."
)
INVITATION = "Show a photo"
NOTHING_FOUND = "No digit found"


class Photo(gr.Image):
    """Gradio's image, with files handed over as they are.

    Gradio would decode a file, and fail on a broken one, before our code can say what is wrong.
    """

    is_template = True  # shown in the browser by Gradio's own image

    def preprocess(self, payload: ImageData | None) -> Path | None:
        """Give the path of the uploaded file; None when there is none."""
        if payload is None:
            return None
        if payload.path is None:
            raise gr.Error("Send the photo as a file: upload it first.", print_exception=False)
        return Path(payload.path)


def classify_photo(
    classifier: DigitClassifier, photo: Path | None
) -> tuple[tuple[str, dict[str, float] | None], str | None, str | None, str]:
    """Read a photo, for the page.

    Args:
        classifier: the one that reads.
        photo: a picture file; None where there is none.

    Returns:
        The answer: a heading, which is the digit, the doubt, or that nothing was found, and the
        confidences in [0, 1] of "0" to "9". The ink that was found, over the photo: a JPEG data
        URL. What the network received: a 28 x 28 PNG data URL. The answer in words.

    Raises:
        gr.Error: the file cannot be read; its message is one clear line.
    """
    if photo is None:
        return (INVITATION, None), None, None, ""
    try:
        opened = open_image(photo)
    except ImageError as error:
        # The file's own name, and not where Gradio keeps it.
        message = str(error).replace(str(photo), photo.name)
        raise gr.Error(message, print_exception=False) from None
    colours = to_colours(opened)
    ink = to_ink(colours)
    (prediction,) = classifier.answers([to_digit_image(ink)])
    overlay = data_url(ink_overlay(colours, ink), "JPEG")
    seen = data_url(prediction.image) if prediction.image.any() else None
    return heading_and_bars(prediction, NOTHING_FOUND), overlay, seen, in_words(prediction)


def upload_tab(store: ModelStore) -> None:
    """Lay out the tab; the model that the visitor chose reads.

    Its endpoint is `/classify_photo`: a file in, what `classify_photo` returns out.
    """

    def read(photo, request: gr.Request):
        with errors_shown():
            classifier = store.chosen(request.session_hash).classifier
        return classify_photo(classifier, photo)

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
                "The photo, pale, with the ink that was found in red",
                "photo-ink",
            )
            seen = seen_picture("photo-seen")
            words.render()
    photo.change(
        read,
        photo,
        [label, ink, seen, words],
        api_name="classify_photo",
        api_description=(
            "Read a digit from a photo of paper, or any picture file: returns the answer with ten"
            " confidences, the ink found over the photo, the 28 x 28 picture the network received,"
            " and the answer in words."
        ),
        show_progress="hidden",  # after a bad file, an error would stand on every output
        trigger_mode="always_last",
    )
    wire(label, words)
