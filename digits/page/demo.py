"""The page: one Gradio app of a few tabs, and what it needs to look right and to call nobody."""

import os
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from digits.classifier import DigitClassifier
from digits.explain import Explainer
from digits.page import pwa
from digits.page.background_training.jobs import Trainer
from digits.page.limits import BodyLimit
from digits.page.model_store import ModelStore
from digits.page.tabs.about import about_tab
from digits.page.tabs.draw import draw_tab
from digits.page.tabs.inside import inside_tab
from digits.page.tabs.train import train_tab
from digits.page.tabs.upload import upload_tab

HERE = Path(__file__).parent
TITLE = "Draw a digit"

SYSTEM_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
SYSTEM_MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")


def build_demo(
    classifier: DigitClassifier,
    *,
    feedback: Path | None = None,
    netron_address: str | None = None,
    models: Path | None = None,
    training: bool = False,
) -> gr.Blocks:
    """Put the page together; `.launch(**launch_options())` shows it.

    Args:
        classifier: reads the drawings and the photos.
        feedback: the folder to keep in what people correct; None shows no buttons for it.
        netron_address: of the Netron viewer, for the Inside tab; None shows no viewer.
        models: a folder of more models to choose from, which may come later; None offers none.
        training: shows the Train tab too, which saves its models in that folder.

    Returns:
        The page, not launched. Its endpoints are `/classify` (see `digits.page.tabs.draw`) and
        `/classify_photo` (see `digits.page.tabs.upload`).

    Raises:
        ValueError: there is no such folder to train for.
    """
    # After each answer Gradio works out statistics of the last 10,000 requests, for a monitoring
    # page that is off here; while a person draws, that would soon cost more than the answers.
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "100")
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")

    if training and models is None:
        raise ValueError("training needs a folder of models to save in")
    explainer = Explainer(classifier)
    store = ModelStore(explainer, models)
    trainer = Trainer(models) if training else None
    an_hour = 3600  # seconds; what was uploaded is then deleted
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(an_hour, an_hour)) as page:
        gr.HTML(f"<h1>{TITLE}</h1>", elem_id="title")
        gr.HTML('<p id="announcer" role="status"></p>', elem_classes="visually-hidden")
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab("Draw", id="draw", elem_id="draw"):
                draw = draw_tab(store, feedback)
            with gr.Tab("Upload", elem_id="upload"):
                upload_tab(store)
            with gr.Tab("Inside", elem_id="inside") as inside:
                inside_tab(store, draw.sketchpad, draw.model, inside, netron_address)
            if trainer:
                with gr.Tab("Train", elem_id="train"):
                    train_tab(trainer, store, tabs, draw.model)
            with gr.Tab("About", elem_id="about"):
                about_tab(classifier)

        def leave(request: gr.Request) -> None:
            store.forget(request.session_hash)
            if trainer and (training := trainer.of(request.session_hash)):
                training.close()

        if models:
            page.unload(leave)
    return page


def launch_options() -> dict[str, Any]:
    """Give what `launch()` needs for the page to look right and to call nobody but its server."""
    return {
        "theme": gr.themes.Default(
            primary_hue="indigo", font=SYSTEM_FONTS, font_mono=SYSTEM_MONO
        ).set(
            button_primary_background_fill="*primary_600",  # white is hard to read on 500
            button_primary_background_fill_hover="*primary_700",
            stat_background_fill="*primary_500",
            stat_background_fill_dark="*primary_400",
            body_text_color_subdued="*neutral_600",  # Gradio's own is too pale to read well
            body_text_color_subdued_dark="*neutral_400",
        ),
        "css_paths": [HERE / "demo.css", *sorted((HERE / "tabs").glob("*.css"))],
        "footer_links": ["api", "settings"],
        "run_history": False,  # the browser would store every picture sent while drawing
        "ssr_mode": False,  # no Node process, whatever the environment says
        "pwa": True,
        "head": pwa.HEAD,
        "max_file_size": "20mb",
        "app_kwargs": {"routes": pwa.routes(), "middleware": [Middleware(BodyLimit)]},
        "enable_monitoring": False,
    }
