"""The component that shows the network at work while a person draws.

It shows what `digits.page.browser` reads, and stays empty where the server reads.
"""

from pathlib import Path

import gradio as gr

HERE = Path(__file__).parent


def live_network(elem_id: str) -> gr.HTML:
    """Make the component."""
    return gr.HTML(
        label="The network at work",
        html_template=(HERE / "live_network.html").read_text(encoding="utf-8"),
        js_on_load=(HERE / "live_network.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        elem_id=elem_id,
        elem_classes="live-network",
    )
