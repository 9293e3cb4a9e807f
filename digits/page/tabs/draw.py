"""The Draw tab: a sketchpad on one side; on the other the answer, what the network saw and where
it looked, and the buttons that correct it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from PIL import Image

from digits.classifier import NOTHING_DRAWN
from digits.data.corrections import CorrectionLogger
from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.non_digit_forms import LETTER_FORMS
from digits.errors import DigitsError, ModelError
from digits.explain import Explainer
from digits.images.data_urls import data_url
from digits.page.model_store import ModelStore
from digits.page.sketchpad import Sketchpad
from digits.page.tabs.answer import (
    answer,
    errors_shown,
    heading_and_bars,
    in_words,
    picture,
    seen_picture,
    wire,
)

INVITATION = "Draw a digit"
KEPT = (
    "Kept with your drawing in <code>{folder}</code>, on the computer that runs this page; it "
    "never leaves it."
)
EXAMPLES = {
    "a crossed 7": DIGIT_FORMS[7][1],
    "an open 4": DIGIT_FORMS[4][0],
    "a 1 with a foot": DIGIT_FORMS[1][3],
    "a slashed 0": DIGIT_FORMS[0][3],
    "a curled 9": DIGIT_FORMS[9][1],
    "no digit: the letter M": LETTER_FORMS["M"][0],
}


class DrawTab(NamedTuple):
    """What the rest of the page needs of the tab."""

    sketchpad: Sketchpad
    model: gr.Dropdown


class CorrectableInterface(gr.Interface):
    """Gradio's interface whose flag buttons correct the answer, and say what became of it."""

    def __init__(self, store: ModelStore, *args: Any, **settings: Any) -> None:
        """Make the interface; `store` knows which model's answer a visitor corrects."""
        self.store = store
        super().__init__(*args, **settings)

    def render_flag_btns(self) -> list[gr.Button]:
        """Make the buttons; Gradio calls it where they belong, below the outputs."""
        gr.HTML("No, it’s a …", elem_id="teach")
        buttons = [
            gr.Button(label, size="sm", min_width=28, elem_classes="digit")
            for label, _ in self.flagging_options
        ]
        self.said = gr.HTML(
            KEPT.format(folder=Path(self.flagging_dir).name),
            html_template='<p role="status">${value}</p>',
            js_on_load=None,
            elem_id="kept",
        )
        return buttons

    def attach_flagging_events(
        self, flag_btns: list[gr.Button] | None, _clear_btn: gr.ClearButton, _submit_event: Any
    ) -> None:
        """Answer a click in words; Gradio's own buttons would say "Error!" for good after one."""
        for button, (_, digit) in zip(flag_btns or [], self.flagging_options, strict=False):
            button.click(
                self.correct(digit),
                self.input_components,
                self.said,
                preprocess=False,
                show_progress="hidden",
                api_visibility="private",
            )

    def correct(self, digit: str) -> Callable[[str | None, gr.Request], str]:
        """The function that keeps a drawing as that digit, and returns what to say of it."""

        def keep(drawing: str | None, request: gr.Request) -> str:
            try:
                explainer = self.store.chosen(request.session_hash)
                logger = CorrectionLogger(explainer.classifier)
                logger.setup(self.input_components, self.flagging_dir)
                logger.flag([drawing], digit)
            except DigitsError as error:
                return str(error)
            return f"Thank you. Kept as a {digit}."

        return keep


def classify(
    explainer: Explainer, drawing: Image.Image | None
) -> tuple[tuple[str, dict[str, float] | None], str | None, str | None, str]:
    """Read a drawing, for the page.

    Args:
        explainer: its classifier reads, and it tells where that looked.
        drawing: any picture; None for an empty sketchpad.

    Returns:
        The answer: a heading, which is the digit, the invitation to draw one, or the doubt; and
        the confidences in [0, 1] of "0" to "9", None when nothing is drawn. What the network
        received: a 28 x 28 PNG data URL. Where it looked: another, larger one. The answer in
        words. The pictures are None when nothing is drawn.

    Raises:
        gr.Error: the picture cannot be read; its message is one clear line.
    """
    if drawing is None:
        return (INVITATION, None), None, None, ""
    with errors_shown():
        prediction = explainer.classifier.predict(drawing)
    label, said = heading_and_bars(prediction, INVITATION), in_words(prediction)
    if prediction.reason == NOTHING_DRAWN:  # white paper without ink
        return label, None, None, said
    looked = explainer.overlay(prediction.image, int(prediction.probabilities.argmax()))
    return label, data_url(prediction.image), data_url(looked), said


def draw_tab(store: ModelStore, feedback: Path | None) -> DrawTab:
    """Lay out the tab.

    Its endpoint is `/classify`: a PNG data URL in, what `classify` returns out. It answers with
    the model that the visitor chose on the page.

    Args:
        store: the models to choose from.
        feedback: the folder to keep in what people correct; None shows no buttons for it.
    """

    def read(drawing, request: gr.Request):
        with errors_shown():
            explainer = store.chosen(request.session_hash)
        return classify(explainer, drawing)

    def choose(name, request: gr.Request):
        try:
            store.choose(request.session_hash, name)
        except ModelError as error:
            gr.Warning(str(error))
        return store.choice(request.session_hash)

    sketchpad = Sketchpad(
        elem_id="sketchpad",
        examples={name: parse_form(form) for name, form in EXAMPLES.items()},
        render=False,
    )
    label, words = answer("answer", INVITATION)
    outputs = [
        label,
        seen_picture("seen"),
        picture(
            "Where it looks",
            "The digit, brightest where it counts most for the answer, by integrated gradients",
            "looked",
        ),
        words,
    ]
    model = choice_of_model(store)
    CorrectableInterface(
        store,
        read,
        inputs=sketchpad,
        outputs=outputs,
        live=True,
        clear_btn=None,  # the sketchpad has its own
        flagging_mode="manual" if feedback else "never",
        flagging_options=[(str(digit), str(digit)) for digit in range(10)],
        flagging_callback=CorrectionLogger(store.own.classifier),
        flagging_dir=str(feedback),
        show_progress="hidden",  # the answer comes many times a second and must not flicker
        analytics_enabled=False,
        api_name="classify",
        api_description=(
            "Read a digit from a PNG data URL: returns the answer with ten confidences, the"
            " 28 x 28 picture the network received, where it looked, and the answer in words."
        ),
        deep_link=False,
    )
    wire(label, words)
    quietly = {"show_progress": "hidden", "api_visibility": "private"}
    if store.folder:
        # There may be more models when a visitor comes than when the page was put together.
        gr.on(None, lambda: choice_of_model(store), None, model, **quietly)
    # Loading takes a second: what is read then is what is drawn by then.
    model.change(choose, model, model, trigger_mode="always_last", **quietly).then(
        read, sketchpad, outputs, **quietly
    )
    return DrawTab(sketchpad, model)


def choice_of_model(store: ModelStore, chosen: str | None = None) -> gr.Dropdown:
    """Make the choice of model, as it is now; hidden while there is but one."""
    names = store.names()
    return gr.Dropdown(
        names,
        value=chosen or store.own_name,
        visible=len(names) > 1,
        label="Model",
        filterable=False,
        elem_id="model",
    )
