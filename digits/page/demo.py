"""Builds the page: one Gradio app with a few tabs that sends no requests to other hosts."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from starlette.middleware import Middleware

from digits.page import pwa, samples
from digits.page.background_training.jobs import Trainer
from digits.page.browser.routes import routes as browser_routes
from digits.page.direct_answers import DirectAnswers
from digits.page.gradio_internals.server import answer_at_once, spare_the_statistics
from digits.page.guards import guards
from digits.page.lesson.routes import routes as lesson_routes
from digits.page.look import theme
from digits.page.model_store import ModelStore
from digits.page.own_model import OwnModel
from digits.page.play import play_tab
from digits.page.serving import LOCAL_NAMES
from digits.page.shell import Shell
from digits.page.tabs.about import about_tab
from digits.page.tabs.draw import draw_tab
from digits.page.tabs.inside import inside_tab
from digits.page.tabs.train import train_tab
from digits.page.tabs.upload import upload_tab
from digits.page.wording import PROMISE

if TYPE_CHECKING:  # TensorFlow takes seconds to import, and the page is shown before
    from digits.classifier import DigitClassifier

HERE = Path(__file__).parent


def build_demo(
    classifier: "DigitClassifier | OwnModel",
    *,
    feedback: Path | None = None,
    netron_address: str | None = None,
    models: Path | None = None,
    training: bool = False,
) -> gr.Blocks:
    """Build the page; `.launch(**launch_options())` serves it.

    Args:
        classifier: the page's own model, which reads drawings and photos by default; it may still
            be loading.
        feedback: the folder in which corrections are kept; None hides the correction buttons.
        netron_address: where Netron shows the network, for the Inside tab; None if it does not run.
        models: a folder of more models to choose from, which need not exist yet; None offers none.
        training: also show the Train tab, which saves its models in that folder.

    Returns:
        The page, not launched. Its endpoints are `/classify` (see `digits.page.tabs.draw`),
        `/classify_photo` and `/read` (see `digits.page.tabs.upload`).

    Raises:
        ValueError: `training` without a folder of models to save in.
    """
    trainer = None
    if training:
        if models is None:
            raise ValueError("training needs a folder of models to save in")
        trainer = Trainer(models)
    spare_the_statistics()
    own = classifier if isinstance(classifier, OwnModel) else OwnModel.of(classifier)
    store = ModelStore(own, models)
    an_hour = 3600  # seconds, after which uploaded files are deleted
    with gr.Blocks(
        title=pwa.NAME, analytics_enabled=False, delete_cache=(an_hour, an_hour)
    ) as page:
        gr.HTML(f"<h1>{pwa.NAME}</h1><p>{PROMISE}</p>", elem_id="title")
        gr.HTML('<p id="announcer" role="status"></p>', elem_classes="visually-hidden")
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab("Draw", id="draw", elem_id="draw"):
                draw = draw_tab(store, feedback)
            with gr.Tab("Upload", elem_id="upload") as upload:
                upload_tab(store, draw.model, upload)
            with gr.Tab("Inside", elem_id="inside") as inside:
                inside_tab(store, draw.sketchpad, draw.model, inside, netron_address)
            with gr.Tab("Play", elem_id="play"):
                play_tab()
            if trainer:
                with gr.Tab("Train", elem_id="train") as train:
                    train_tab(trainer, store, tabs, draw.model, train)
            with gr.Tab("About", elem_id="about"):
                about_tab(own)

        if trainer:

            def leave(request: gr.Request) -> None:
                trainer.leave(request.session_hash)
                if running := trainer.of(request.session_hash):
                    running.close()

            page.unload(leave)
    answer_at_once(page)
    page.is_ready = own.is_ready  # for `digits.page.guards.health`
    page.models = store  # for `digits.page.browser.routes`
    page.trainer = trainer  # for whoever closes the page and lives on
    return page


def launch_options(public: bool = False, hosts: Sequence[str] = LOCAL_NAMES) -> dict[str, Any]:
    """Make the options of `launch()` for the page's style, files and guards.

    With them, the page sends requests to its own server only.

    Args:
        public: people at other computers can reach the page: limit what each of them may ask.
        hosts: the names under which browsers may ask for the page; none allows every name.
    """
    return {
        "theme": theme(),
        "css_paths": [
            HERE / "demo.css",
            HERE / "answer" / "answer.css",
            HERE / "live_network" / "live_network.css",
            HERE / "present" / "present.css",
            HERE / "lesson" / "lesson.css",
            HERE / "play" / "play.css",
            HERE / "hand" / "hand.css",
            *sorted((HERE / "tabs").glob("*.css")),
        ],
        "footer_links": ["api", "settings"],
        "run_history": False,  # or the browser would store every picture sent during drawing
        "ssr_mode": False,  # no Node process, whatever the environment asks for
        "pwa": True,
        "max_file_size": "20mb",
        "app_kwargs": {
            "routes": [*pwa.routes(), *samples.routes(), *browser_routes(), *lesson_routes()],
            "middleware": [*guards(public, hosts), Middleware(Shell), Middleware(DirectAnswers)],
        },
        "enable_monitoring": False,
    }
