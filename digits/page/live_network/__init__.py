"""The component that shows the network at work while a person draws.

It shows what `digits.page.browser` reads, and stays empty where the server reads.
"""

from pathlib import Path

import gradio as gr

HERE = Path(__file__).parent
# What shows a cell of a map with the numbers that it is made of; the lesson has such cells as well.
CELLS = HERE / "scale.js", HERE / "cells.js"


def script() -> str:
    """The script of the component, with what shows the cells of its maps."""
    files = [*CELLS, HERE / "live_network.js"]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def live_network(elem_id: str) -> gr.HTML:
    """Make the component."""
    return gr.HTML(
        label="The network at work",
        html_template=(HERE / "live_network.html").read_text(encoding="utf-8"),
        js_on_load=script(),
        apply_default_css=False,
        elem_id=elem_id,
        elem_classes="live-network",
    )
