"""The Upload tab: a photo of digits on paper, and beside it the answer and the ink it found."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from PIL import Image

from digits.errors import ImageError
from digits.images.data_urls import data_url
from digits.images.decoding import open_image, to_colours
from digits.images.pages import seen_in
from digits.images.photos import ink_overlay
from digits.page.answer import answer, seen_picture
from digits.page.gradio_internals.components import ImageData, shown_as_its_parent
from digits.page.model_menu import ModelMenu, chosen_model
from digits.page.model_store import ModelStore
from digits.page.notices import tell
from digits.page.numbers import Choice, NumberAndBars, NumbersShown, heading, shown
from digits.page.samples import SAMPLES
from digits.page.tabs.answer import errors_shown, looked_picture, picture
from digits.page.wording import SEVERAL, HeadingAndBars, heading_and_bars, phrase
from digits.prediction import NOT_SURE, Reading
from digits.templates import render

if TYPE_CHECKING:  # TensorFlow takes seconds to import, and the page is shown before
    from digits.classifier import DigitClassifier
    from digits.explain import Explainer

GUIDE = Path(__file__).with_name("upload_guide.js")
BOX = "Drop a photo here, or click to choose one"
INVITATION = "Show a photo"
NOTHING_FOUND = "No digit found"
UNREADABLE_FILE = "This file cannot be read"
UNREADABLE = (UNREADABLE_FILE, None), None, None, None, "", ""
NOTHING_SHOWN = (INVITATION, None), None, None, ""  # what `classify_photo` returns for no photo
NOTHING_READ = (INVITATION, None), None, None, None, "", ""


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
    opened = opened_photo(photo)
    colours = to_colours(opened)
    ink, image = seen_in(colours)
    (prediction,) = classifier.answers([image])
    overlay = data_url(ink_overlay(colours, ink), "JPEG")
    seen = data_url(prediction.image) if prediction.image.any() else None
    return heading_and_bars(prediction, NOTHING_FOUND), overlay, seen, phrase(prediction)


def opened_photo(photo: Path) -> Image.Image:
    """Open an uploaded file.

    Raises:
        gr.Error: it cannot be read; the message is one clear line.
    """
    try:
        return open_image(photo)
    except ImageError as error:
        # Name the file, but not the folder in which Gradio keeps it.
        message = str(error).replace(str(photo), photo.name)
        raise gr.Error(message, print_exception=False) from None


def read_photo(classifier: "DigitClassifier", photo: Path | None) -> dict[str, Any]:
    """Read the numbers in a photo, for programs.

    Args:
        classifier: reads them.
        photo: a picture file; None if there is none.

    Returns:
        What `Reading.facts` returns: the text, the confidence, and each digit with its box.

    Raises:
        gr.Error: the file cannot be read; its message is one clear line.
    """
    if photo is None:
        return Reading("", [], 0.0).facts()
    return classifier.read(opened_photo(photo)).facts()


def read_page(
    explainer: "Explainer", photo: Path, choice: int | None
) -> tuple[HeadingAndBars | NumberAndBars, str | None, str | None, str | None, str, str]:
    """Read a photo, for the page: one digit, or a whole page of numbers.

    Args:
        explainer: holds the classifier that reads, and finds where it looked.
        photo: a picture file.
        choice: the number of the digit to show of a whole page; None for the page itself.

    Returns:
        The answer: its heading and the confidences. The ink, what the network received, where it
        looked: data URLs, or None. The answer in words. The value of `NumbersShown`.

    Raises:
        gr.Error: the file cannot be read; its message is one clear line.
    """
    label, ink, seen, words = classify_photo(explainer.classifier, photo)
    if label[0] != SEVERAL:
        return label, ink, seen, None, words, ""
    opened = opened_photo(photo)
    reading = explainer.classifier.read(opened)
    numbers = shown(reading, opened.size)
    if choice is None or choice >= len(reading.digits):
        return heading(reading), ink, None, None, words, numbers
    digit = reading.digits[choice]
    looked = explainer.overlay(digit.image, int(digit.probabilities.argmax()))
    one = digit._replace(reason=None if digit.reason is None else NOT_SURE)
    return (
        heading_and_bars(one, NOTHING_FOUND), ink, data_url(digit.image), data_url(looked),
        phrase(one), numbers,
    )  # fmt: skip


def upload_tab(store: ModelStore, model: ModelMenu, tab: gr.Tab) -> None:
    """Lay out the tab.

    Its endpoints for programs are `/classify_photo` and `/read`: a file in, what `classify_photo`
    or `read_photo` returns out, read by the page's own model. The page itself sends the name in
    the menu along.

    Args:
        store: the models.
        model: the menu of models, in the Draw tab.
        tab: this tab; the photo is read again when a person opens it, as the menu may have changed.
    """

    def read_for_programs(photo: Path | None) -> tuple[HeadingAndBars, str | None, str | None, str]:
        with errors_shown():
            classifier = store.explainer(store.own_name).classifier
        return classify_photo(classifier, photo)

    def read_numbers(photo: Path | None) -> dict[str, Any]:
        with errors_shown():
            classifier = store.explainer(store.own_name).classifier
        return read_photo(classifier, photo)

    def read_shown(photo: Path | None, name: Any) -> tuple[Any, ...]:
        return read_chosen(photo, name, None)

    def read_chosen(photo: Path | None, name: Any, choice: int | None) -> tuple[Any, ...]:
        if photo is None:
            return *NOTHING_READ, gr.skip()
        explainer, menu = chosen_model(store, name)
        try:
            return *read_page(explainer, photo, choice), menu
        except gr.Error as error:
            tell(error.message)
            return *UNREADABLE, menu

    with gr.Row():
        with gr.Column():
            gr.HTML(
                render("page/tabs/upload_guide.html", samples=SAMPLES),
                js_on_load=GUIDE.read_text(encoding="utf-8"),
                apply_default_css=False,
                elem_id="upload-guide",
            )
            photo = Photo(
                label="Photo",
                placeholder=BOX,
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
            numbers = NumbersShown("#photo img", to_choose=True, elem_id="photo-numbers")
            with gr.Row():
                seen = seen_picture("photo-seen")
                looked = looked_picture("photo-looked")
            words.render()
            choice = Choice(elem_id="photo-choice")
    outputs = [label, ink, seen, words]
    shown_outputs = [label, ink, seen, looked, words, numbers, model]
    gr.on(
        [photo.change, tab.select],
        read_shown,
        [photo, model],
        shown_outputs,
        show_progress="hidden",  # or Gradio would cover every output with an error after a bad file
        trigger_mode="always_last",
        api_visibility="private",
    )
    choice.change(
        read_chosen,
        [photo, model, choice],
        shown_outputs,
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
    )
    gr.Button(visible=False).click(
        read_numbers,
        photo,
        gr.JSON(visible=False),
        api_name="read",
        api_description=(
            "Read the numbers in a photo of paper, or in any picture file: returns the text, one"
            " line for each written line and '?' for a digit that is not clear; the confidence of"
            " the whole text; and for each digit its ten probabilities, its line and its box"
            " (left, top, right, bottom) in pixels of the picture."
        ),
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
