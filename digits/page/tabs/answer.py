"""What several tabs need around an answer: pictures beside it, errors, and announcements."""

from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from digits.errors import DigitsError

# The picture comes as a data URL; the style sheet gives it its size on the page.
PICTURE_HTML = """<figure>
  <div class="frame">${value ? `<img src="${value}" alt="${alt}">` : ""}</div>
  <figcaption>${caption}</figcaption>
</figure>"""


# Screen readers announce a message once it has not changed for a while. The answer itself has a
# timer of its own, so that neither replaces the other.
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


def picture(caption: str, alt: str, elem_id: str) -> gr.HTML:
    """Make a component that shows a small picture; its value is a data URL or None.

    Args:
        caption: the text below it.
        alt: the description for screen readers.
        elem_id: its id on the page.
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
    )
