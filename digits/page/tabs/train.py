"""The Train tab: choose a network and watch it learn, teach it a hand, compare two models.

The markup and the wording of what the training reports are in the templates `train_*.html`.
"""

from collections.abc import AsyncIterator
from functools import cache
from typing import Any, NamedTuple

import gradio as gr
import numpy as np

from digits.errors import DigitsError
from digits.page.background_training.jobs import CHOICES, Job, Progress, Trainer, recipe
from digits.page.hand import DRAWING, OwnDrawing
from digits.page.languages import TRANSLATED_HTML
from digits.page.model_menu import ModelMenu
from digits.page.model_store import ModelStore
from digits.page.network_names import choice, model_title, network_title
from digits.page.tabs.answer import ANNOUNCE
from digits.page.tabs.compare import compare_section
from digits.page.tabs.curves import accuracy_chart, by_epoch, loss_chart
from digits.page.tabs.teach import teach_section
from digits.page.tabs.training_buttons import draw_with, end
from digits.page.tabs.training_pictures import picture_of, progress_bar
from digits.templates import render

MAX_EPOCHS = 20
IMAGES = (2_000, 10_000, 55_000)
NO_CHOICE = "Choose one of the learning rates, and of the rates of dropout."


class Mistake(NamedTuple):
    """A misread validation digit."""

    digit: int
    answer: int
    picture: str  # a PNG data URL


class OwnAnswer(NamedTuple):
    """What the network answered to the visitor's drawing at some time."""

    digit: int
    share: float  # its confidence, 0 to 1
    when: str


def train_tab(
    trainer: Trainer, store: ModelStore, tabs: gr.Tabs, model: ModelMenu, tab: gr.Tab
) -> None:
    """Lay out the tab.

    Args:
        trainer: trains one network at a time.
        store: offers the trained models.
        tabs: the page's tabs, one of which has the id "draw".
        model: the menu of models in that tab.
        tab: the tab itself.
    """
    with gr.Tabs(elem_id="train-parts"):
        with gr.Tab("New network"):
            trained = _training(trainer, store, tabs, model)
        with gr.Tab("Teach it my hand"):
            taught = teach_section(trainer, store, tabs, model)
        with gr.Tab("Compare"):
            comparison = compare_section(store)
    quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    for finished, name in (trained, taught):
        finished.then(comparison.offer, name, comparison.parts, **quietly)
        finished.then(trainer.get_ready, **quietly)
    tab.select(trainer.get_ready, **quietly)


def _training(
    trainer: Trainer, store: ModelStore, tabs: gr.Tabs, model: ModelMenu
) -> tuple[Any, gr.State]:
    """Lay out the part that trains; return its end, and the name of what it trained."""
    trained = gr.State()  # the name of the model trained last
    with gr.Row():
        with gr.Column(scale=2, min_width=280, elem_id="train-settings"):
            settings = _settings()
            with gr.Row():
                start = gr.Button("Start", variant="primary", min_width=80, elem_id="train-start")
                stop = gr.Button("Stop", interactive=False, min_width=80, elem_id="train-stop")
        with gr.Column(scale=3, min_width=320, elem_id="train-result"):
            words = gr.HTML(status(Progress()), elem_id="train-said", **TRANSLATED_HTML)
            progress = gr.HTML(elem_id="train-progress", **TRANSLATED_HTML)
            draw = gr.Button("Draw with it", variant="primary", visible=False, elem_id="train-draw")
            result = gr.HTML(report(Progress()), elem_id="train-report", **TRANSLATED_HTML)

    async def learn(
        network: str,
        data: str,
        images: int,
        epochs: int,
        augmented: bool,
        dropout: float | None,
        pace: float,
        drawing: str | None,
        request: gr.Request,
    ) -> AsyncIterator[list]:
        try:
            choices = {"pace": pace}
            if dropout is not None:
                choices["dropout"] = dropout
            if any(value not in CHOICES[name] for name, value in choices.items()):
                raise DigitsError(NO_CHOICE)
            job = Job(recipe(network, data, images, epochs, augmented), drawing, choices)
            async for now in trainer.progress_of(job, request.session_hash):
                yield [
                    progress_bar(now),
                    status(now, store.own_name),
                    gr.Button(visible=now.saved is not None),
                    report(now),
                    gr.Button(interactive=now.over),
                    gr.Button(interactive=not now.over),
                    now.saved,
                ]
        except DigitsError as error:
            yield [gr.skip(), status(Progress(error=str(error))), *[gr.skip()] * 5]

    def change(name: str, value: float, request: gr.Request) -> None:
        if value in CHOICES[name]:
            trainer.change(request.session_hash, name, value)

    def change_augmented(value: bool, request: gr.Request) -> None:
        change("augmented", value, request)

    def change_dropout(value: float, request: gr.Request) -> None:
        change("dropout", value, request)

    def change_pace(value: float, request: gr.Request) -> None:
        change("pace", value, request)

    quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    finished = start.click(
        learn,
        settings,
        [progress, words, draw, result, start, stop, trained],
        js=DRAWING,
        concurrency_limit=None,  # the queue is the trainer's own
        **quietly,
    )
    stop.click(end(trainer), concurrency_limit=None, **quietly)
    *_, augmented, dropout, pace, _ = settings
    for control, changed in (
        (augmented, change_augmented),
        (dropout, change_dropout),
        (pace, change_pace),
    ):
        assert isinstance(control, gr.Checkbox | gr.Radio)  # whose events the type checker knows
        control.input(changed, control, concurrency_limit=None, **quietly)
    draw.click(draw_with(store), trained, [model, tabs], **quietly)
    words.change(None, words, js=ANNOUNCE, api_visibility="private")
    return finished, trained


def _settings() -> list[gr.components.Component]:
    """Lay out the settings, in the order of the arguments of `learn`."""
    network = ModelMenu(label="Network", filterable=False, elem_id="train-network")
    data = gr.Radio(
        [("MNIST", "mnist"), ("MNIST and drawn digits", "mnist+pen")],
        value="mnist",
        label="Training data",
        info="MNIST is 60,000 scanned digits. Drawn digits are like those on this page, and the "
        "network learns to say when it sees none.",
        elem_id="train-data",
    )
    images = gr.Radio(
        [(f"{count:,}", count) for count in IMAGES],
        value=IMAGES[1],
        label="Number of training images",
        info="More images make better networks, and each epoch takes longer.",
        elem_id="train-images",
    )
    epochs = gr.Slider(
        1,
        MAX_EPOCHS,
        5,
        step=1,
        precision=0,
        label="Epochs",
        info="How often it sees every image. After each one it is tested on images that it does "
        "not learn from.",
        buttons=[],
        elem_id="train-epochs",
    )
    augmented = gr.Checkbox(
        label="Augment the images",
        info="Rotates, shifts and stretches each image a little, differently in every epoch. "
        "Three epochs without augmentation follow. Change it while the network learns: the curves "
        "mark where.",
        elem_id="train-augmented",
    )
    dropout = gr.Radio(
        [(f"{rate:g}", rate) for rate in CHOICES["dropout"]],
        label="Dropout",
        info="The share of the values before the last layer that are set to 0 at random, in "
        "training only, so that the network relies on none of them alone. Change it while the "
        "network learns.",
        visible=False,
        elem_id="train-dropout",
    )
    pace = gr.Radio(
        [(f"× {factor:g}", factor) for factor in CHOICES["pace"]],
        value=1.0,
        label="Learning rate",
        info="How far each step goes. Change it while the network learns: the curves mark where.",
        elem_id="train-pace",
    )
    quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    # The networks are known once TensorFlow is loaded, which the page does not wait for.
    gr.on(None, _networks, None, [network, dropout], **quietly)
    network.input(_chosen, network, [network, dropout], **quietly)
    return [network, data, images, epochs, augmented, dropout, pace, OwnDrawing()]


def _networks() -> tuple[ModelMenu, gr.Radio]:
    """The menu with the networks there are, and the dropout of the first one."""
    from digits.architectures import ARCHITECTURES, purpose

    first = next(iter(ARCHITECTURES))
    names = [choice(network_title(name), name) for name in ARCHITECTURES]
    return ModelMenu(names, value=first, info=purpose(first)), _dropout(first)


def _chosen(name: Any) -> tuple[Any, Any]:
    """What the chosen network is for, and its dropout; a request may hold any name."""
    from digits.architectures import ARCHITECTURES, purpose

    if not isinstance(name, str) or name not in ARCHITECTURES:
        return gr.skip(), gr.skip()
    return gr.update(info=purpose(name)), _dropout(name)


def _dropout(name: str) -> gr.Radio:
    """The control for the dropout of a network, with its own rate; hidden if it has none."""
    rate = _own_dropout(name)
    return gr.Radio(value=rate, visible=rate is not None)


@cache
def _own_dropout(name: str) -> float | None:
    from digits.architectures import build
    from digits.learning.dropout import dropout_rate

    return dropout_rate(build(name))


def status(now: Progress, own_name: str = "") -> str:
    """Say as HTML what is known: an invitation, the accuracy after each epoch, the outcome."""
    return render(
        "page/tabs/train_status.html",
        **now._asdict(),
        accuracies=now.history.get("val_accuracy", []),
        title=now.saved and model_title(now.saved, own_name),
    )


def report(now: Progress) -> str:
    """Show the curves, the answers to the visitor's drawing and the mistakes as HTML."""
    charts = []
    for place, (name, chart) in enumerate([("loss", loss_chart), ("accuracy", accuracy_chart)]):
        batches = [(point[0], point[1 + place]) for point in now.batches]
        training = batches or by_epoch(now.history.get(name, []))
        validation = by_epoch(now.history.get(f"val_{name}", []))
        charts.append(chart(training, validation, now.epochs, now.changes))
    answers = []
    for done, probabilities in now.answers:
        digit = int(np.argmax(probabilities))
        when = f"{done:.2g}" if done else "start"
        answers.append(OwnAnswer(digit, probabilities[digit], when))
    return render(
        "page/tabs/train_report.html",
        charts=charts,
        answers=answers,
        mistakes=[
            Mistake(each["digit"], each["answer"], picture_of(each["image"]))
            for each in now.mistakes
        ],
    )
