"""The lesson of the Inside tab: what the network makes of the drawing, step by step.

It is computed in the browser, so that it follows the pen (see `digits.page.browser`); `lesson.js`
says how its scripts work together. `landscape` holds the map of its last step, and `routes` serves
that.
"""

from pathlib import Path

import gradio as gr

from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.images.canvas import CANVAS, PEN_WIDTH
from digits.page.examples import centred
from digits.page.live_network import CELLS

HERE = Path(__file__).parent
PARTS = ("words", "pad", "plate", "convolving", "maps", "landscape", "lesson")


def lesson(elem_id: str) -> gr.HTML:
    """Make the component."""
    files = [*CELLS, *(HERE / f"{part}.js" for part in PARTS)]
    return gr.HTML(
        label="The lesson",
        html_template=(HERE / "lesson.html").read_text(encoding="utf-8"),
        js_on_load="\n".join(file.read_text(encoding="utf-8") for file in files),
        apply_default_css=False,
        elem_id=elem_id,
        elem_classes="lesson",
        side=CANVAS,
        pen=PEN_WIDTH,
        example=centred(parse_form(DIGIT_FORMS[7][0]), CANVAS),
    )
