"""What every tab answers with: the label of the digit, the words for it, and pictures."""

from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr
import numpy as np
from gradio.components.label import LabelConfidence, LabelData

from digits.classifier import NOTHING_DRAWN, Prediction
from digits.errors import DigitsError

SURE = 0.85  # from this confidence on the second best guess is not worth a word
DOUBT = "Not sure this is a digit"

# The picture comes as a data URL; the style sheet gives it its size on the page.
PICTURE_HTML = """<figure>
  <div class="frame">${value ? `<img src="${value}" alt="${alt}">` : ""}</div>
  <figcaption>${caption}</figcaption>
</figure>"""


# A digit stands large in the heading; a doubt must fit beside it. No CSS can tell them apart.
MARK_DOUBT = """() => {
  const label = document.getElementById("%s");
  label.classList.toggle("doubt", label.querySelector("h2")?.textContent.trim().length > 1);
}"""
# While a person draws, the answer changes many times a second: it is said when it has settled.
SAY = """(words) => {
  clearTimeout(window.sayAnswer);
  window.sayAnswer = setTimeout(() => {
    const heading = document.querySelector("#%s h2")?.textContent.trim() ?? "";
    document.getElementById("announcer").textContent =
      heading.length > 1 && words ? `${heading}: ${words}` : words;
  }, 700);
}"""
# The same for words that say it all, on a clock of their own: neither swallows the other.
ANNOUNCE = """(words) => {
  clearTimeout(window.announceWords);
  window.announceWords = setTimeout(() => {
    document.getElementById("announcer").textContent = words;
  }, 700);
}"""


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show a DigitsError that is raised within to the visitor, as its one line."""
    try:
        yield
    except DigitsError as error:
        raise gr.Error(str(error), print_exception=False) from None


class Answer(gr.Label):
    """The label of the answer, with two differences from Gradio's own.

    Its heading may be words while the ten bars stand below it ("Not sure this is a digit"), and
    its bars keep the order 0 to 9, so that they grow in place instead of trading places.
    """

    is_template = True  # shown in the browser by Gradio's own label

    def postprocess(self, value: tuple[str, dict[str, float] | None] | None) -> LabelData:
        """Make the label's data of a heading and the confidences; no confidences, no bars."""
        heading, confidences = value or ("", None)
        if not confidences:
            return LabelData(label=heading)
        bars = [LabelConfidence(label=name, confidence=c) for name, c in confidences.items()]
        return LabelData(label=heading, confidences=bars)


def answer(elem_id: str, invitation: str) -> tuple[Answer, gr.HTML]:
    """Make the two components of an answer: its label, and the same in words.

    The words lie on the label's box, and screen readers say them once they have settled: the page
    has an element `announcer` for that.

    Args:
        elem_id: the label's id on the page; that of the words has "-words" behind it.
        invitation: the heading while there is nothing to answer.
    """
    label = Answer(
        (invitation, None), label="Answer", elem_id=elem_id, elem_classes="answer", render=False
    )
    words = gr.HTML(
        elem_id=f"{elem_id}-words", elem_classes="in-words", apply_default_css=False, render=False
    )
    return label, words


def wire(label: Answer, words: gr.HTML) -> None:
    """Let the page follow the answer's changes; to be called inside its `gr.Blocks`."""
    label.change(None, js=MARK_DOUBT % label.elem_id, api_visibility="private")
    words.change(None, words, js=SAY % label.elem_id, api_visibility="private")


def heading_and_bars(
    prediction: Prediction, invitation: str
) -> tuple[str, dict[str, float] | None]:
    """Make the value of an `Answer`.

    Returns:
        The heading: the digit, the doubt, or the invitation where nothing was drawn; and the
        confidences in [0, 1] of "0" to "9", None where nothing was drawn.
    """
    if prediction.reason == NOTHING_DRAWN:
        return invitation, None
    bars = {str(digit): float(p) for digit, p in enumerate(prediction.probabilities)}
    return (DOUBT if prediction.digit is None else str(prediction.digit)), bars


def in_words(prediction: Prediction) -> str:
    """Say the answer in a few words: "7, 99 % sure", "perhaps 4 or 9", or nothing."""
    if prediction.reason == NOTHING_DRAWN:
        return ""
    if prediction.confidence >= SURE:
        # Never "100 %": no answer is beyond all doubt.
        return f"{prediction.digit}, {min(round(100 * prediction.confidence), 99)} % sure"
    first, second = np.argsort(-prediction.probabilities, kind="stable")[:2]
    return f"perhaps {first} or {second}"


def picture(caption: str, alt: str, elem_id: str, *, sharp: bool = False) -> gr.HTML:
    """Make the component of a small picture; its value is a data URL or None.

    Args:
        caption: what stands below it.
        alt: what a screen reader says of the picture.
        elem_id: its id on the page.
        sharp: shows each pixel as a square instead of smoothing.
    """
    return gr.HTML(
        label=caption,
        html_template=PICTURE_HTML,
        js_on_load=None,
        apply_default_css=False,
        elem_id=elem_id,
        elem_classes=["picture", "sharp"] if sharp else ["picture"],
        caption=caption,
        alt=alt,
    )


def seen_picture(elem_id: str) -> gr.HTML:
    """Make the component of what the network received, each of its 28 x 28 pixels a square."""
    return picture(
        "What it sees",
        "The digit as the network received it, 28 by 28 pixels, white on black",
        elem_id,
        sharp=True,
    )
