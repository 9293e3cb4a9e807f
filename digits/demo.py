"""The page: a sketchpad on one side; the answer and what the network saw on the other."""

import base64
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np
from gradio.components.label import LabelConfidence, LabelData
from PIL import Image

from digits.errors import DigitsError
from digits.sketchpad import Sketchpad

if TYPE_CHECKING:  # TensorFlow takes seconds to import, and this module does without it
    from digits.classifier import DigitClassifier

TITLE = "Draw a digit"
GUIDANCE = "Draw one digit, 0 to 9, with mouse, finger or pen: it is read while you draw."
INVITATION = "Draw a digit"

SYSTEM_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
SYSTEM_MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")

# The picture is 28 x 28 in the data URL; demo.css enlarges it with sharp pixels.
SEEN_HTML = """<div class="frame">${value ? `<img src="${value}" width="28" height="28"
  alt="The digit as the network received it, 28 by 28 pixels, white on black">` : ""}</div>"""

# A digit stands large in the heading; words must fit beside each other. No CSS can tell them apart.
MARK_WORDS = """(answer) => {
  const words = (answer?.label ?? "").length > 1;
  document.querySelector("#answer")?.classList.toggle("words", words);
}"""


class Answer(gr.Label):
    """The label of the answer, with two differences from Gradio's own.

    Its heading may be words while the ten bars stand below it ("Not sure this is a digit"), and
    its bars keep the order 0 to 9, so that they grow in place instead of trading places.
    """

    is_template = True  # shown in the browser by Gradio's own label

    def postprocess(self, value: tuple[str, dict[str, float] | None] | None) -> LabelData:
        """Make the label's data of a heading and the confidences; no confidences, no bars."""
        heading, confidences = value or (INVITATION, None)
        if not confidences:
            return LabelData(label=heading)
        bars = [LabelConfidence(label=name, confidence=c) for name, c in confidences.items()]
        return LabelData(label=heading, confidences=bars)


def classify(
    classifier: "DigitClassifier", drawing: Image.Image | None
) -> tuple[tuple[str, dict[str, float] | None], str | None]:
    """Read a drawing, for the page.

    Args:
        classifier: the one that reads.
        drawing: any picture; None for an empty sketchpad.

    Returns:
        The answer: a heading, which is the digit, the invitation to draw one, or the doubt with
        the two best guesses; and the confidences in [0, 1] of "0" to "9", None when nothing is
        drawn. Then what the network received: a 28 x 28 PNG data URL, None when nothing is drawn.

    Raises:
        gr.Error: the picture cannot be read; its message is one clear line.
    """
    if drawing is None:
        return (INVITATION, None), None
    try:
        prediction = classifier.predict(drawing)
    except DigitsError as error:
        raise gr.Error(str(error), print_exception=False) from None
    if not prediction.image.any():  # white paper without ink
        return (INVITATION, None), None
    confidences = {str(digit): float(p) for digit, p in enumerate(prediction.probabilities)}
    if prediction.digit is None:
        first, second = np.argsort(-prediction.probabilities, kind="stable")[:2]
        doubt = f"{prediction.reason.capitalize()}: perhaps {first} or {second}?"
        return (doubt, confidences), png_data_url(prediction.image)
    return (str(prediction.digit), confidences), png_data_url(prediction.image)


def png_data_url(image: np.ndarray) -> str:
    """Write a digit image, (28, 28) float32 in [0, 1], as a PNG data URL, white ink on black."""
    file = io.BytesIO()
    Image.fromarray(np.round(image * 255).astype(np.uint8)).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def build_demo(classifier: "DigitClassifier") -> gr.Interface:
    """Put the page together; `.launch(**launch_options())` shows it.

    Args:
        classifier: reads the drawings.

    Returns:
        The page, not launched. Its endpoint is `/classify`: a PNG data URL in; the answer and
        the 28 x 28 picture that the network received, as PNG data URL, out.
    """
    # After each answer Gradio works out statistics of the last 10,000 requests, for a monitoring
    # page that is off here; while a person draws, that would soon cost more than the answers.
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "100")
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")

    def read(drawing):
        return classify(classifier, drawing)

    answer = Answer(label="Answer", elem_id="answer")
    page = gr.Interface(
        read,
        inputs=Sketchpad(elem_id="sketchpad"),
        outputs=[
            answer,
            gr.HTML(
                label="What the network sees",
                show_label=True,
                container=True,
                html_template=SEEN_HTML,
                js_on_load=None,
                apply_default_css=False,
                elem_id="seen",
            ),
        ],
        live=True,
        title=TITLE,
        description=GUIDANCE,
        clear_btn=None,  # the sketchpad has its own
        flagging_mode="never",
        show_progress="hidden",  # the answer comes many times a second and must not flicker
        analytics_enabled=False,
        api_name="classify",
        api_description=(
            "Read a digit from a PNG data URL: returns the answer with ten confidences, and the"
            " 28 x 28 picture the network received."
        ),
        deep_link=False,
    )
    with page:
        answer.change(None, answer, None, js=MARK_WORDS, api_visibility="private")
    return page


def launch_options() -> dict[str, Any]:
    """Give what `launch()` needs for the page to look right and to call nobody but its server."""
    return {
        "theme": gr.themes.Default(
            primary_hue="indigo", font=SYSTEM_FONTS, font_mono=SYSTEM_MONO
        ).set(stat_background_fill="*primary_500", stat_background_fill_dark="*primary_400"),
        "css_paths": [Path(__file__).with_name("demo.css")],
        "footer_links": ["api", "settings"],
        "run_history": False,  # the browser would store every picture sent while drawing
        "ssr_mode": False,  # no Node process, whatever the environment says
        "pwa": False,
        "enable_monitoring": False,
        "max_file_size": "8mb",  # the page uploads nothing
    }
