"""Makes the Draw tab into a page that needs no server: `export --format web`.

It has the same sketchpad, the same answer and the same network as the page, from the same files;
the style sheet and the template beside this module give what Gradio gives them elsewhere.
"""

import base64
import json
import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
from markupsafe import Markup

from digits.data.digit_forms import parse_form
from digits.export import Format
from digits.images.canvas import CANVAS, PEN_WIDTH, PEN_WIDTHS
from digits.page.answer import script as answer_script
from digits.page.browser.scripts import reader_script, script
from digits.page.examples import EXAMPLES, examples_to_draw
from digits.page.live_network import script as live_network_script
from digits.page.present import script as present_script
from digits.page.wording import INVITATION, SEEN
from digits.templates import render
from digits.web_weights import run, to_web

PAGE = Path(__file__).parent.parent
NETWORK = re.compile(r'class="network">([\w+/=]+)<')


def write_page(model: keras.Model, path: Path) -> None:
    """Write a page that reads with this network.

    Args:
        model: a chain of layers of the kinds in `digits.architectures`.
        path: ending in ".html", one file that holds everything, and opens from any disk; otherwise
            a folder for a web server, with the network in a file of its own.

    Raises:
        ModelError: the network has a layer that cannot run in a browser.
        OSError: the page cannot be written there.
    """
    network = to_web(model)
    if path.suffix == ".html":
        content = page(model.count_params(), base64.b64encode(network).decode(), reader_script())
        path.write_text(content, encoding="utf-8")
        return
    path.mkdir()
    (path / "index.html").write_text(page(model.count_params()), encoding="utf-8")
    (path / "reader.js").write_text(reader_script(), encoding="utf-8")
    (path / "network.bin").write_bytes(network)


def page(parameters: int, network: str = "", reader: str = "") -> str:
    """Make the HTML; the network and the reader are other files where they are not given."""
    return render(
        "page/standalone/page.html",
        title=INVITATION,
        icon=base64.b64encode((PAGE / "pwa/icon-192.png").read_bytes()).decode(),
        style=Markup("\n").join(
            Markup(part)
            for part in [
                _text("standalone/page.css"),
                _text("answer/answer.css"),
                _text("live_network/live_network.css"),
                _text("present/present.css"),
                # As Gradio does with the style of a component.
                f"#sketchpad {{\n{_text('sketchpad/sketchpad.css')}\n}}",
            ]
        ),
        sketchpad=_markup("sketchpad/sketchpad.html"),
        answer=_markup("answer/answer.html"),
        seen=_markup("answer/seen.html"),
        live_network=_markup("live_network/live_network.html"),
        present=_markup("present/present.html"),
        parameters=parameters,
        network=network,
        reader=Markup(reader),
        script=Markup("\n").join(map(Markup, _scripts())),
    )


def _scripts() -> list[str]:
    """The scripts of the parts, as Gradio would run them."""
    value = {"label": INVITATION}
    drawings = {name: parse_form(form) for name, form in EXAMPLES.items()}
    return [
        _part(
            "sketchpad",
            script("strokes") + _text("sketchpad/sketchpad.js"),
            label="Sketchpad: draw a digit",
            side=CANVAS,
            finest_pen=PEN_WIDTHS[0],
            broadest_pen=PEN_WIDTHS[-1],
            pen_width=PEN_WIDTH,
            read_in_browser=True,
            examples=examples_to_draw(drawings, CANVAS),
        ),
        _part("answer", answer_script("answer.js"), value=value, follows=True),
        _part(
            "answer-words",
            answer_script("words.js"),
            heading="answer",
            follows=True,
            announced=True,
        ),
        _part("seen", answer_script("seen.js"), alt=SEEN, follows=True),
        _part("network", live_network_script()),
        _part("present", present_script()),
    ]


def _part(elem_id: str, body: str, **props: Any) -> str:
    """Run the script of a component; nothing but the page itself changes its value."""
    element = f'document.querySelector("#{elem_id} > .html-container > *")'
    return (
        f"((element, props, watch) => {{\n{body}\n}})({element}, {json.dumps(props)}, () => {{}});"
    )


def _text(name: str) -> str:
    return (PAGE / name).read_text(encoding="utf-8")


def _markup(name: str) -> Markup:
    """HTML of our own, which is put into the page as it is."""
    return Markup(_text(name))


def read_page(path: Path, images: np.ndarray) -> np.ndarray:
    """Run the network that a page holds: (N, 28, 28, 1) to (N, 10), both float32."""
    if path.is_dir():
        network = (path / "network.bin").read_bytes()
    else:
        network = base64.b64decode(NETWORK.findall(path.read_text(encoding="utf-8"))[-1])
    return run(network, images[..., 0])


# Half precision changes probabilities in the third decimal.
WEB = Format("web", ".html", (), write_page, read_page, largest_difference=0.01)
