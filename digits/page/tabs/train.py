"""The Train tab: choose a network, watch it train, then draw with it and compare it.

The markup and the wording of what the training reports are in the templates `train_*.html`.
"""

import base64
from collections.abc import Iterator
from typing import Any, NamedTuple

import gradio as gr
import numpy as np

from digits.errors import DigitsError
from digits.images.data_urls import data_url
from digits.images.preprocessing import SIZE
from digits.page.background_training.jobs import Progress, Trainer, recipe
from digits.page.model_menu import ModelMenu, model_menu
from digits.page.model_store import ModelStore
from digits.page.tabs.answer import ANNOUNCE
from digits.page.tabs.compare import compare_section
from digits.page.tabs.curves import accuracy_chart, loss_chart
from digits.templates import render

MAX_EPOCHS = 20
IMAGES = (2_000, 10_000, 55_000)


class Mistake(NamedTuple):
    """A misread validation digit."""

    digit: int
    answer: int
    picture: str  # a PNG data URL


def train_tab(trainer: Trainer, store: ModelStore, tabs: gr.Tabs, model: ModelMenu) -> None:
    """Lay out the tab.

    Args:
        trainer: trains one network at a time.
        store: offers the trained models.
        tabs: the page's tabs, one of which has the id "draw".
        model: the menu of models in that tab.
    """
    trained = gr.State()  # the name of the model trained last
    with gr.Row():
        with gr.Column(scale=2, min_width=280, elem_id="train-settings"):
            settings = _settings()
            with gr.Row():
                start = gr.Button("Start", variant="primary", min_width=80, elem_id="train-start")
                stop = gr.Button("Stop", interactive=False, min_width=80, elem_id="train-stop")
        with gr.Column(scale=3, min_width=320, elem_id="train-result"):
            words = gr.HTML(status(Progress()), elem_id="train-said", apply_default_css=False)
            progress = gr.HTML(elem_id="train-progress", apply_default_css=False)
            draw = gr.Button("Draw with it", variant="primary", visible=False, elem_id="train-draw")
            result = gr.HTML(report(Progress()), elem_id="train-report", apply_default_css=False)
    comparison = compare_section(store)

    def learn(
        network: str, data: str, images: int, epochs: int, augmented: bool, request: gr.Request
    ) -> Iterator[list]:
        try:
            wanted = recipe(network, data, images, epochs, augmented)
            training = trainer.start(wanted, request.session_hash)
        except DigitsError as error:
            yield [gr.skip(), status(Progress(error=str(error))), *[gr.skip()] * 5]
            return
        for now in training.updates():
            yield [
                progress_bar(now),
                status(now),
                gr.Button(visible=now.saved is not None),
                report(now),
                gr.Button(interactive=now.over),
                gr.Button(interactive=not now.over),
                now.saved,
            ]

    def end(request: gr.Request) -> None:
        if training := trainer.of(request.session_hash):
            training.stop()

    def draw_with(name: str | None) -> tuple[ModelMenu, gr.Tabs]:
        return model_menu(store, name), gr.Tabs(selected="draw")

    quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    start.click(
        learn,
        settings,
        [progress, words, draw, result, start, stop, trained],
        concurrency_limit=None,  # a second visitor is refused at once instead of waiting
        **quietly,
    ).then(comparison.offer, trained, comparison.parts, **quietly)
    stop.click(end, concurrency_limit=None, **quietly)
    draw.click(draw_with, trained, [model, tabs], **quietly)
    words.change(None, words, js=ANNOUNCE, api_visibility="private")


def _settings() -> list[gr.components.Component]:
    """Lay out the settings, in the order of the arguments of `jobs.recipe`."""
    network = ModelMenu(label="Network", filterable=False, elem_id="train-network")
    quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    # The networks are known once TensorFlow is loaded, which the page does not wait for.
    gr.on(None, _networks, None, network, **quietly)
    network.input(_purpose, network, network, **quietly)
    data = gr.Radio(
        [("MNIST", "mnist"), ("MNIST and drawn digits", "mnist+pen")],
        value="mnist",
        label="Training data",
        elem_id="train-data",
    )
    images = gr.Radio(
        [(f"{count:,}", count) for count in IMAGES],
        value=IMAGES[1],
        label="Number of training images",
        elem_id="train-images",
    )
    epochs = gr.Slider(
        1,
        MAX_EPOCHS,
        5,
        step=1,
        precision=0,
        label="Epochs (passes over the images)",
        buttons=[],
        elem_id="train-epochs",
    )
    augmented = gr.Checkbox(
        label="Augment the images",
        info="Rotates, shifts and stretches each image a little, differently in every epoch. "
        "Three epochs without augmentation follow.",
        elem_id="train-augmented",
    )
    return [network, data, images, epochs, augmented]


def _networks() -> ModelMenu:
    """The menu with the networks there are."""
    from digits.architectures import ARCHITECTURES, purpose

    first = next(iter(ARCHITECTURES))
    return ModelMenu(list(ARCHITECTURES), value=first, info=purpose(first))


def _purpose(name: Any) -> Any:
    """The menu with what the chosen network is for; a request may hold any name."""
    from digits.architectures import ARCHITECTURES, purpose

    return gr.update(info=purpose(name)) if name in ARCHITECTURES else gr.skip()


def progress_bar(now: Progress) -> str:
    """Show as HTML what the training is doing and how far it is; "" once it is over."""
    return "" if now.over else render("page/tabs/train_progress.html", **now._asdict())


def status(now: Progress) -> str:
    """Say as HTML what is known: an invitation, the accuracy after each epoch, the outcome."""
    accuracies = now.history.get("val_accuracy", [])
    return render("page/tabs/train_status.html", **now._asdict(), accuracies=accuracies)


def report(now: Progress) -> str:
    """Show the curves and the mistakes as HTML: empty frames before the first epoch is over."""
    training, validation = (
        [now.history.get(f"{part}{name}", []) for name in ("loss", "accuracy")]
        for part in ("", "val_")
    )
    return render(
        "page/tabs/train_report.html",
        charts=[
            loss_chart(training[0], validation[0], now.epochs),
            accuracy_chart(training[1], validation[1], now.epochs),
        ],
        mistakes=[
            Mistake(each["digit"], each["answer"], data_url(_pixels(each["image"])))
            for each in now.mistakes
        ],
    )


def _pixels(image: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(image), np.uint8).reshape(SIZE, SIZE)
