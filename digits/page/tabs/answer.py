"""What the tabs show as an answer: the label with its ten bars, the words for it, and pictures."""

from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr
import numpy as np

from digits.errors import DigitsError
from digits.page.gradio_internals.components import LabelConfidence, LabelData, shown_as_its_parent
from digits.prediction import NOTHING_DRAWN, Prediction

SURE = 0.85  # from this confidence on, the second-best guess is not mentioned
DOUBT = "Not sure this is a digit"

# The picture comes as a data URL; the style sheet gives it its size on the page.
PICTURE_HTML = """<figure>
  <div class="frame">${value ? `<img src="${value}" alt="${alt}">` : ""}</div>
  <figcaption>${caption}</figcaption>
</figure>"""


# A digit is shown large in the heading; the words of a doubt have to fit there too, and CSS alone
# cannot tell the two apart.
MARK_DOUBT = """() => {
  const label = document.getElementById("%s");
  label.classList.toggle("doubt", label.querySelector("h2")?.textContent.trim().length > 1);
}"""
# While a person draws, the answer changes many times a second: screen readers announce it once it
# has not changed for a while.
ANNOUNCE_ANSWER = """(words) => {
  clearTimeout(window.announceAnswer);
  window.announceAnswer = setTimeout(() => {
    const heading = document.querySelector("#%s h2")?.textContent.trim() ?? "";
    document.getElementById("announcer").textContent =
      heading.length > 1 && words ? `${heading}: ${words}` : words;
  }, 700);
}"""
# The same for any other message. It has its own timer, so that neither replaces the other.
ANNOUNCE = """(words) => {
  clearTimeout(window.announceWords);
  window.announceWords = setTimeout(() => {
    document.getElementById("announcer").textContent = words;
  }, 700);
}"""


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show a DigitsError that is raised inside to the visitor, as one line."""
    try:
        yield
    except DigitsError as error:
        raise gr.Error(str(error), print_exception=False) from None


# The value of an `Answer`: its heading, and the confidences in [0, 1] of "0" to "9" or None.
HeadingAndBars = tuple[str, dict[str, float] | None]


@shown_as_its_parent
class Answer(gr.Label):
    """The label of the answer, which differs from Gradio's own in two ways.

    Its heading need not be the name of a bar ("Not sure this is a digit"). Its bars stay in the
    order 0 to 9, so that they grow in place instead of changing places.
    """

    # Gradio types this method as that of one component, but a subclass chooses its own values.
    def postprocess(self, value: HeadingAndBars | None) -> LabelData:  # type: ignore[override]
        """Turn a heading and the confidences into the label's data; None shows no bars."""
        heading, confidences = value or ("", None)
        if not confidences:
            return LabelData(label=heading)
        bars = [LabelConfidence(label=name, confidence=c) for name, c in confidences.items()]
        return LabelData(label=heading, confidences=bars)


def answer(elem_id: str, invitation: str) -> tuple[Answer, gr.HTML]:
    """Make the two components of an answer, not yet rendered: its label, and the same in words.

    The words are laid over the label's box. Screen readers announce them by way of the page's
    element `announcer`, see `wire`.

    Args:
        elem_id: the label's id on the page; the words have the same with "-words" appended.
        invitation: the heading while there is nothing to answer.
    """
    label = Answer(
        (invitation, None),  # type: ignore[arg-type]  # what `Answer.postprocess` takes
        label="Answer",
        elem_id=elem_id,
        elem_classes="answer",
        render=False,
    )
    words = gr.HTML(
        elem_id=f"{elem_id}-words", elem_classes="in-words", apply_default_css=False, render=False
    )
    return label, words


def wire(label: Answer, words: gr.HTML) -> None:
    """Restyle and announce the answer when it changes; call it inside the page's `gr.Blocks`."""
    label.change(None, js=MARK_DOUBT % label.elem_id, api_visibility="private")
    words.change(None, words, js=ANNOUNCE_ANSWER % label.elem_id, api_visibility="private")


def heading_and_bars(prediction: Prediction, invitation: str) -> HeadingAndBars:
    """Turn a prediction into the value of an `Answer`.

    Args:
        prediction: the answer.
        invitation: the heading if nothing was drawn.

    Returns:
        The heading: the digit, the doubt, or the invitation. The confidences in [0, 1] of "0" to
        "9"; None if nothing was drawn.
    """
    if prediction.reason == NOTHING_DRAWN:
        return invitation, None
    bars = {str(digit): float(p) for digit, p in enumerate(prediction.probabilities)}
    return (DOUBT if prediction.digit is None else str(prediction.digit)), bars


def in_words(prediction: Prediction) -> str:
    """Put the answer in a few words: "7, 99 % sure", "perhaps 4 or 9", or none at all."""
    if prediction.reason == NOTHING_DRAWN:
        return ""
    if prediction.confidence >= SURE:
        # Never "100 %": no answer is certain.
        return f"{prediction.digit}, {min(round(100 * prediction.confidence), 99)} % sure"
    first, second = np.argsort(-prediction.probabilities, kind="stable")[:2]
    return f"perhaps {first} or {second}"


def picture(caption: str, alt: str, elem_id: str, *, sharp: bool = False) -> gr.HTML:
    """Make a component that shows a small picture; its value is a data URL or None.

    Args:
        caption: the text below it.
        alt: the description for screen readers.
        elem_id: its id on the page.
        sharp: show each pixel as a square instead of smoothing the picture.
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
    """Make a component that shows what the network received, each of 28 x 28 pixels a square."""
    return picture(
        "What it sees",
        "The digit as the network received it, 28 by 28 pixels, white on black",
        elem_id,
        sharp=True,
    )
