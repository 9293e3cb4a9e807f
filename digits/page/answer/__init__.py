"""The components that show an answer: its heading with ten bars, its words, and what was seen.

On the Draw tab they follow the network in the browser, see `digits.page.browser`; elsewhere they
show what the server answers.
"""

from pathlib import Path
from typing import Any

import gradio as gr

from digits.page.gradio_internals.components import LabelConfidence, LabelData
from digits.page.numbers import NumberAndBars
from digits.page.wording import SEEN, HeadingAndBars

HERE = Path(__file__).parent


class Answer(gr.HTML):
    """The heading of an answer, and ten bars in the order 0 to 9.

    Its value is that of `gr.Label`, so that programs read it in the same way.
    """

    data_model = LabelData

    # Gradio types this method as that of one component, but a subclass chooses its own values.
    def postprocess(  # type: ignore[override]
        self, value: HeadingAndBars | NumberAndBars | None
    ) -> LabelData:
        """Turn a heading and the confidences into the component's data; None shows no bars."""
        heading, confidences = value or ("", None)
        if not confidences:
            return LabelData(label=heading)
        pairs = confidences.items() if isinstance(confidences, dict) else confidences
        bars = [LabelConfidence(label=name, confidence=c) for name, c in pairs]
        return LabelData(label=heading, confidences=bars)

    def api_info(self) -> dict[str, Any]:
        """Describe the value to API clients, as a JSON schema: that of `gr.Label`."""
        return gr.Label(render=False).api_info()

    def example_payload(self) -> dict[str, Any]:
        """Provide an example for the 'Use via API' page."""
        return {"label": "7", "confidences": [{"label": "7", "confidence": 0.9}]}


def read(name: str) -> str:
    """The text of a file beside this one."""
    return (HERE / name).read_text(encoding="utf-8")


def script(name: str) -> str:
    """A script beside this one, with what all of them call before it."""
    return read("following.js") + read(name)


def answer(
    elem_id: str, invitation: str, *, follows: bool = False, announced: bool = True
) -> tuple[Answer, gr.HTML]:
    """Make the two components of an answer, not yet rendered: its heading with bars, and its words.

    The words are laid over the answer's box.

    Args:
        elem_id: the answer's id on the page; the words have the same with "-words" appended.
        invitation: the heading while there is nothing to answer.
        follows: show what the browser reads, while it does.
        announced: have screen readers announce the words by way of the page's element `announcer`.
    """
    shown = Answer(
        (invitation, None),
        label="Answer",
        html_template=read("answer.html"),
        js_on_load=script("answer.js"),
        apply_default_css=False,
        elem_id=elem_id,
        elem_classes="answer",
        render=False,
        follows=follows,
    )
    words = gr.HTML(
        html_template="<div></div>",
        js_on_load=script("words.js"),
        elem_id=f"{elem_id}-words",
        elem_classes="in-words",
        apply_default_css=False,
        render=False,
        heading=elem_id,
        follows=follows,
        announced=announced,
    )
    return shown, words


def seen_picture(elem_id: str, *, follows: bool = False) -> gr.HTML:
    """Make a component that shows what the network received, each of 28 x 28 pixels a square.

    Its value is a data URL or None.
    """
    return gr.HTML(
        label="What it sees",
        html_template=read("seen.html"),
        js_on_load=script("seen.js"),
        apply_default_css=False,
        elem_id=elem_id,
        elem_classes=["picture", "sharp"],
        alt=SEEN,
        follows=follows,
    )
