"""The component that shows the Draw tab to a room: full screen, large, with a QR code to join in.

The QR code is made in the browser, which knows the address under which the page was opened.
"""

from pathlib import Path

import gradio as gr

HERE = Path(__file__).parent


def read(name: str) -> str:
    """The text of a file beside this one."""
    return (HERE / name).read_text(encoding="utf-8")


def script() -> str:
    """What the component does."""
    return read("qr_code.js") + read("present.js")


def present(elem_id: str) -> gr.HTML:
    """Make the component: the button that starts, and what is shown meanwhile."""
    return gr.HTML(
        label="Present",
        html_template=read("present.html"),
        js_on_load=script(),
        apply_default_css=False,
        elem_id=elem_id,
        elem_classes="present",
    )
