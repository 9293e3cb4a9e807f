"""What a reader can touch in the notebooks: a pad to draw on, a sliding kernel, sliders.

Where nobody is watching, as in tests and on pages that only show a notebook, each of them is a
still picture instead.
"""

import importlib.util
import itertools
import os
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from IPython.display import HTML, display

from digits.errors import ImageError
from digits.images.canvas import PEN_WIDTH
from digits.images.data_urls import read_png_data_url
from digits.images.preprocessing import to_ink

if TYPE_CHECKING:  # it comes with Jupyter; a program that runs a notebook goes without
    import ipywidgets

FOLDER = Path(__file__).parent
# Set by JupyterLab and Notebook, VS Code, Colab and Kaggle for a notebook that somebody has open.
OPEN_IN = ("JPY_SESSION_NAME", "VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG")
_pads = itertools.count(1)


def somebody_is_watching() -> bool:
    """Whether a person has this notebook open, and not only a program that runs it."""
    kaggle = os.environ.get("KAGGLE_KERNEL_RUN_TYPE") == "Interactive"
    return kaggle or any(name in os.environ for name in OPEN_IN)


def netron_can_show() -> bool:
    """Whether a frame in this notebook reaches a viewer on this computer.

    JupyterLab and Notebook on the reader's own computer show it. On Colab, Kaggle and JupyterHub
    the browser is on another computer, and VS Code shows no frames of addresses.
    """
    elsewhere = {"COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE", "JUPYTERHUB_USER"} & {*os.environ}
    here = "JPY_SESSION_NAME" in os.environ and not elsewhere
    return here and importlib.util.find_spec("netron") is not None


class Pad:
    """A pad to draw on: the last line of a cell shows it, and `ink` is what was drawn."""

    def __init__(self, sample: np.ndarray) -> None:
        """Make a pad.

        Args:
            sample: ink, (H, W) float32 in [0, 1], to go on with when nothing is drawn.
        """
        self.sample = sample
        self.name = f"digit-pad-{next(_pads)}"
        self.field: ipywidgets.Textarea | None = None  # where the browser puts the drawing

    @property
    def ink(self) -> np.ndarray:
        """What was drawn, (280, 280) float32 in [0, 1], 1 is ink; else the sample."""
        drawn = self._read()
        return self.sample if drawn is None else drawn

    def _read(self) -> np.ndarray | None:
        if self.field is None or not self.field.value:
            return None
        try:
            ink = to_ink(read_png_data_url(self.field.value))
        except ImageError:  # somebody typed into the hidden field
            return None
        return ink if ink.any() else None

    def _ipython_display_(self) -> None:
        if not somebody_is_watching():
            print("Nobody is drawing here, so the sample digit is used.")
            return
        import ipywidgets

        self.field = ipywidgets.Textarea(layout={"display": "none"})
        self.field.add_class(self.name)
        display(self.field, HTML(_filled("pad.html", name=self.name, pen_width=PEN_WIDTH)))


def sliding_kernel(image: np.ndarray, kernel: np.ndarray, *, start: int = 0) -> HTML:
    """Show a kernel that slides over an image while its map grows, step by step in the browser.

    Args:
        image: (H, W) whole numbers from 0 to 100.
        kernel: (k, k) whole numbers.
        start: the place to begin at, counted line by line.
    """
    rows, weights = (table.astype(int).tolist() for table in (image, kernel))
    name = f"sliding-{zlib.crc32(str((rows, weights)).encode()):08x}"
    return HTML(_filled("sliding.html", name=name, image=rows, kernel=weights, start=start))


def sliders(
    show: Callable[..., object], start: Mapping[str, object], **choices: Sequence[object]
) -> None:
    """Call `show` with one value for each name, which the reader chooses with sliders.

    Args:
        show: draws a picture from its arguments, which have those names.
        start: the value of each argument to begin with, and of the still picture.
        choices: the values of each argument.
    """
    if not somebody_is_watching():
        show(**start)
        return
    import ipywidgets

    def chooser(name: str, values: Sequence[object]) -> ipywidgets.Widget:
        if isinstance(start[name], str):
            return ipywidgets.Dropdown(options=values, value=start[name])
        return ipywidgets.SelectionSlider(
            options=values, value=start[name], continuous_update=False
        )

    ipywidgets.interact(show, **{name: chooser(name, choices[name]) for name in choices})


def _filled(file: str, /, **values: object) -> str:
    """The text of a file with each {{ name }} replaced; Jinja2 is not installed everywhere."""
    text = (FOLDER / file).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"{{{{ {key} }}}}", str(value))
    return text
