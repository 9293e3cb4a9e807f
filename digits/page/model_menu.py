"""The menu of models. The name it shows travels with each request, and that model answers.

So the server remembers nobody's choice: a visit that Gradio takes for ended, or a page that has
been restarted, still answers with the model that the menu shows.
"""

from typing import TYPE_CHECKING, Any

import gradio as gr

from digits.errors import ModelError
from digits.page.gradio_internals.components import shown_as_its_parent
from digits.page.model_store import ModelStore
from digits.page.network_names import choice, model_title
from digits.page.notices import tell
from digits.page.tabs.answer import errors_shown

if TYPE_CHECKING:  # TensorFlow takes seconds to import, and the page is shown before
    from digits.explain import Explainer


@shown_as_its_parent
class ModelMenu(gr.Dropdown):
    """Gradio's dropdown, with whatever name it holds handed over as it is.

    Gradio would refuse a model that came after the page was built; `ModelStore` knows them all.
    """

    def preprocess(self, payload: Any) -> Any:
        """Give the name as the browser sent it; it may be anything."""
        return payload


def model_menu(store: ModelStore) -> ModelMenu:
    """Make the menu with the models that there are now; it is hidden while there is only one.

    Args:
        store: the models to choose from; the page's own is shown.
    """
    choices = model_choices(store)
    return ModelMenu(
        choices,
        value=store.own_name,
        visible=len(choices) > 1,
        label="Model",
        filterable=False,
        elem_id="model",
    )


def refreshed_menu(store: ModelStore, chosen: str | None = None) -> dict[str, Any]:
    """Make the update that shows the models that there are now.

    Args:
        store: the models to choose from.
        chosen: the name to show; the page's own model by default.
    """
    choices = model_choices(store)
    shown = chosen or store.own_name
    # Without its label, which may be translated.
    return gr.update(choices=choices, value=shown, visible=len(choices) > 1)


def model_choices(store: ModelStore) -> list[tuple[str, str]]:
    """The entries of a menu of models: what people call each, and its name."""
    return [choice(model_title(name, store.own_name), name) for name in store.names()]


def chosen_model(store: ModelStore, name: Any) -> tuple["Explainer", Any]:
    """Give the model that a request names; the page's own, with a warning, if that cannot be had.

    Args:
        store: the models.
        name: what the request holds for the menu; anything.

    Returns:
        The model with its explainer, and the new value of the menu, which then shows the model
        that answers.

    Raises:
        gr.Error: the page's own model cannot be had either.
    """
    try:
        return store.explainer(name), gr.skip()
    except ModelError as error:
        with errors_shown():
            own = store.explainer(store.own_name)
        tell(f"{error} Until then, {store.own_name} answers.")
        return own, store.own_name
