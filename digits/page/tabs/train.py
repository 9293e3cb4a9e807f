"""The Train tab: choose a network, watch it learn, then draw with it and compare it."""

import base64
import html
from collections.abc import Iterator

import gradio as gr
import numpy as np

from digits.architectures import ARCHITECTURES, purpose
from digits.errors import DigitsError
from digits.images.data_urls import data_url
from digits.images.preprocessing import SIZE
from digits.page.background_training.jobs import Progress, Settings, Trainer
from digits.page.model_menu import ModelMenu, model_menu
from digits.page.model_store import ModelStore
from digits.page.tabs.answer import ANNOUNCE
from digits.page.tabs.compare import compare_section
from digits.page.tabs.curves import accuracy_curves, loss_curves

MAX_EPOCHS = 20
IMAGES = (2_000, 10_000, 55_000)
WELCOME = (
    "A training takes from half a minute to many, and the rest of the page goes on meanwhile. It "
    "ends when you close or reload the page."
)
MISTAKES = "Surest mistakes on the validation digits, not learned from: digit → answer"
STOPPED = "Stopped within the first epoch: there is nothing to keep."


def train_tab(trainer: Trainer, store: ModelStore, tabs: gr.Tabs, model: ModelMenu) -> None:
    """Lay out the tab.

    Args:
        trainer: trains, one network at a time.
        store: where the trained models are found.
        tabs: the page's, with a tab "draw".
        model: the menu of models in that tab.
    """
    trained = gr.State()  # the name of the model that was trained last
    with gr.Row():
        with gr.Column(scale=2, min_width=280, elem_id="train-settings"):
            settings = _settings()
            with gr.Row():
                start = gr.Button("Start", variant="primary", min_width=80, elem_id="train-start")
                stop = gr.Button("Stop", interactive=False, min_width=80, elem_id="train-stop")
        with gr.Column(scale=3, min_width=320, elem_id="train-result"):
            said = gr.HTML(WELCOME, elem_id="train-said", apply_default_css=False)
            progress = gr.HTML(elem_id="train-progress", apply_default_css=False)
            draw = gr.Button("Draw with it", variant="primary", visible=False, elem_id="train-draw")
            report = gr.HTML(told(Progress()), elem_id="train-report", apply_default_css=False)
    comparison = compare_section(store)

    def learn(network, data, images, epochs, augmented, request: gr.Request) -> Iterator[list]:
        wanted = Settings(network, data, images, epochs, augmented)
        try:
            training = trainer.start(wanted, request.session_hash)
        except DigitsError as error:
            yield [gr.skip(), str(error), *[gr.skip()] * 5]
            return
        for now in training.updates():
            yield [
                progress_bar(now),
                in_words(now),
                gr.Button(visible=now.saved is not None),
                told(now),
                gr.Button(interactive=now.over),
                gr.Button(interactive=not now.over),
                now.saved,
            ]

    def end(request: gr.Request) -> None:
        if training := trainer.of(request.session_hash):
            training.stop()

    def draw_with(name: str | None) -> tuple[ModelMenu, gr.Tabs]:
        return model_menu(store, name), gr.Tabs(selected="draw")

    quietly = {"show_progress": "hidden", "api_visibility": "private"}
    start.click(
        learn,
        settings,
        [progress, said, draw, report, start, stop, trained],
        concurrency_limit=None,  # who comes second is told so, and does not wait
        **quietly,
    ).then(comparison.offer, trained, comparison.parts, **quietly)
    stop.click(end, concurrency_limit=None, **quietly)
    draw.click(draw_with, trained, [model, tabs], **quietly)
    said.change(None, said, js=ANNOUNCE, api_visibility="private")


def _settings() -> list[gr.components.Component]:
    """Lay out what can be chosen, in the order of `jobs.Settings`."""
    networks = list(ARCHITECTURES)
    network = gr.Dropdown(
        networks,
        label="Network",
        info=purpose(networks[0]),
        filterable=False,
        elem_id="train-network",
    )
    network.change(
        lambda name: gr.Dropdown(info=purpose(name)),
        network,
        network,
        show_progress="hidden",
        api_visibility="private",
    )
    data = gr.Radio(
        [("MNIST", "mnist"), ("MNIST and drawn digits", "mnist+pen")],
        value="mnist",
        label="What to learn from",
        elem_id="train-data",
    )
    images = gr.Radio(
        [(f"{count:,}", count) for count in IMAGES],
        value=IMAGES[1],
        label="How many images",
        elem_id="train-images",
    )
    epochs = gr.Slider(
        1,
        MAX_EPOCHS,
        5,
        step=1,
        precision=0,
        label="Epochs: how often to see them all",
        buttons=[],
        elem_id="train-epochs",
    )
    augmented = gr.Checkbox(
        label="Vary the images",
        info="Turned, shifted and stretched a little, each time anew. Three epochs on the images "
        "as they are follow.",
        elem_id="train-augmented",
    )
    return [network, data, images, epochs, augmented]


def progress_bar(now: Progress) -> str:
    """What the training is doing, and how far it is, as HTML; nothing once it is over."""
    if now.over:
        return ""
    share = "" if now.share is None else f", {now.share:.0%}".replace("%", "&nbsp;%")
    value = "" if now.share is None else f' value="{now.share:.3f}"'
    return f'<label>{now.step}{share}<progress{value} max="1"></progress></label>'


def in_words(now: Progress) -> str:
    """What there is to say of a training: after each epoch, and at its end."""
    if now.error:
        return html.escape(now.error)
    if now.saved:
        return f"{now.saved} is ready: it reads {_validated(now.accuracy)}."
    if now.over:
        return STOPPED
    if not now.history:
        return WELCOME
    accuracies = now.history["val_accuracy"]
    return f"After epoch {len(accuracies)} it reads {_validated(accuracies[-1])}."


def _validated(accuracy: float) -> str:
    return f"{100 * accuracy:.1f} % of the validation digits"


def told(now: Progress) -> str:
    """The curves and the mistakes, as HTML: empty frames before the first epoch is done."""
    training, validation = (
        [now.history.get(f"{part}{name}", []) for name in ("loss", "accuracy")]
        for part in ("", "val_")
    )
    charts = loss_curves(training[0], validation[0], now.epochs)
    charts += accuracy_curves(training[1], validation[1], now.epochs)
    mistakes = "".join(
        f'<li><img src="{data_url(_pixels(each["image"]))}" '
        f'alt="A {each["digit"]}, read as {each["answer"]}"><span aria-hidden="true">'
        f"{each['digit']} → {each['answer']}</span></li>"
        for each in now.mistakes
    )
    return (
        f'<div class="charts">{charts}</div><p>{MISTAKES}</p><ul class="mistakes">{mistakes}</ul>'
    )


def _pixels(image: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(image), np.uint8).reshape(SIZE, SIZE)
