"""What several tabs need around an answer: pictures beside it, errors, and announcements."""

from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from digits.errors import DigitsError

# The picture comes as a data URL; the style sheet gives it its size on the page.
PICTURE_HTML = """<figure>
  <div class="frame">${value ? `<img src="${value}" alt="${alt}">` : ""}</div>
  <figcaption>${caption}${legend}</figcaption>
</figure>"""
# The colours are those of `digits.images.colour_maps.tint`; see `answer.css`.
LEGEND_HTML = '<span class="legend">little<span class="scale"></span>much</span>'


# Screen readers announce a message once it has not changed for a while. The answer itself has a
# timer of its own, so that neither replaces the other.
ANNOUNCE = """(words) => {
  clearTimeout(window.announceWords);
  window.announceWords = setTimeout(() => {
    document.getElementById("announcer").textContent = window.translated?.(words) ?? words;
  }, 700);
}"""


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show a DigitsError that is raised inside to the visitor, as one line."""
    try:
        yield
    except DigitsError as error:
        raise gr.Error(str(error), print_exception=False) from None


def looked_picture(elem_id: str) -> gr.HTML:
    """Make the component that shows where the network looked, with its scale of colours."""
    return picture(
        "Where it looks",
        "The digit, brightest where it counts most for the answer, by integrated gradients",
        elem_id,
        legend=LEGEND_HTML,
    )


def picture(caption: str, alt: str, elem_id: str, legend: str = "") -> gr.HTML:
    """Make a component that shows a small picture; its value is a data URL or None.

    Args:
        caption: the text below it.
        alt: the description for screen readers.
        elem_id: its id on the page.
        legend: HTML of our own that explains its colours.
    """
    return gr.HTML(
        label=caption,
        html_template=PICTURE_HTML,
        js_on_load=None,
        apply_default_css=False,
        elem_id=elem_id,
        elem_classes="picture",
        caption=caption,
        alt=alt,
        legend=legend,
    )
