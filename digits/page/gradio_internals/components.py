"""What the page relies on inside Gradio's components."""

from typing import Any, TypeVar

# `gr.Label.postprocess` returns these, and `Answer` the same from a view of its own: `gr.Label`
# sorts the bars, takes its heading from the largest one, and cannot follow the pen.
# `gr.Image.preprocess` receives an ImageData. `Photo` takes the path from it, because Gradio would
# decode the file, and fail on a damaged one, before we could say what is wrong.
from gradio.components.label import LabelConfidence, LabelData
from gradio.data_classes import ImageData

__all__ = [
    "ImageData",
    "LabelConfidence",
    "LabelData",
    "described",
    "fit_for_live_interfaces",
    "shown_as_its_parent",
]

# `gr.Dropdown.preprocess` refuses a value that is none of its choices. It forgets choices that came
# after the page was built when the server restarts, or an hour after it lost touch with a visitor:
# so `ModelMenu.preprocess` hands over whatever the browser sends.

Kind = TypeVar("Kind", bound=type)


def shown_as_its_parent(component: Kind) -> Kind:
    """Let the browser show a subclass of a Gradio component with that component's own view.

    Gradio names the view after the class, or after its first parent if the class has this
    attribute. Without it the browser looks for a view of the new name, and finds none.
    """
    component.is_template = True  # type: ignore[attr-defined]  # Gradio does not declare it
    return component


def fit_for_live_interfaces(component: Kind) -> Kind:
    """Let `gr.Interface(live=True)` take a component and answer its latest change.

    The interface asks each component with a "stream" event for this attribute. `gr.HTML` has all
    events but not the attribute.
    """
    component.streaming = False  # type: ignore[attr-defined]  # Gradio declares it elsewhere
    return component


def described(schema: dict[str, Any], words: str) -> dict[str, Any]:
    """Add a description to the JSON schema that a component's `api_info` returns.

    The documentation that Gradio generates for its Python and JavaScript clients reads it from a
    key of its own; JSON schema calls it "description".
    """
    return schema | {"description": words, "additional_description": words}
