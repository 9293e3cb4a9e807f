"""The Train tab and the model menu, as a visitor uses them."""

import base64
import json
import re
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

import gradio as gr
import numpy as np
import psutil
import pytest
from playwright.sync_api import expect

from digits.classifier import DigitClassifier
from digits.page.demo import build_demo, launch_options

SEVEN = [(80, 70), (200, 70), (120, 220)]
SEVEN_FILE = Path(__file__).parents[2] / "assets" / "seven.png"
SIZES = {"wide": (1280, 800), "phone": (390, 844)}
SHIPPED = "The shipped one · mnist_model"
A_WHILE = 180_000  # milliseconds
SLOW = (
    "One convolution · one_conv",
    "10,000",
    20,
)  # still training when it is stopped, also on the sample
DROPPING = ("With dropout · conv_bn_dropout", *SLOW[1:])
# Records the status texts of a training, and the number of epochs in the curves.
TAKE_NOTES = """() => {
  window.notes = new Set();
  new MutationObserver(() => {
    window.notes.add(document.querySelector("#train-said").textContent.trim().slice(0, 13));
    const points = document.querySelector("#train-report polyline")?.getAttribute("points");
    window.notes.add(points ? points.split(" ").length : 0);
  }).observe(document.querySelector("#train-result"), {childList: true, subtree: true});
}"""


@pytest.fixture(scope="module")
def always_three(tmp_path_factory) -> Path:
    """The file of a model that answers 3 to everything."""
    classifier = DigitClassifier.build("mlp")
    last = classifier.model.layers[-1]
    kernel, _ = last.get_weights()
    last.set_weights([0 * kernel, 20 * (np.arange(10) == 3).astype(np.float32)])
    path = tmp_path_factory.mktemp("models") / "always_three.keras"
    classifier.save(path)
    return path


@pytest.fixture
def models(tmp_path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def trainable(classifier, models, tmp_path):
    """The address of a page that trains, and saves in `models`."""
    demo = build_demo(classifier, feedback=tmp_path / "feedback", models=models, training=True)
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield address
    demo.close(verbose=False)
    demo.trainer.let_go()


class Choosable(NamedTuple):
    """A page with a choice of models."""

    demo: gr.Blocks
    address: str
    ended: list[str]  # the visits that Gradio takes for ended

    def drop(self, guest) -> None:
        """Lose touch with a visit, as a page does on a bad line; the visitor goes on."""
        heartbeat = f"{self.address}gradio_api/heartbeat/{guest.session}"
        with urllib.request.urlopen(heartbeat, timeout=20) as beats:
            assert beats.readline() == b"data: ALIVE\n"
        deadline = time.monotonic() + 20
        while guest.session not in self.ended and time.monotonic() < deadline:
            time.sleep(0.05)
        assert guest.session in self.ended


@pytest.fixture
def choice(classifier, models, always_three):
    """A page with two models, and a damaged one."""
    models.mkdir()
    (models / "always_three.keras").write_bytes(always_three.read_bytes())
    (models / "damaged.keras").write_bytes(b"no model")
    demo = build_demo(classifier, feedback=models.parent / "feedback", models=models)
    ended = []
    with demo:

        def note(request: gr.Request) -> None:
            ended.append(request.session_hash)

        demo.unload(note)
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield Choosable(demo, address, ended)
    demo.close(verbose=False)


@pytest.fixture
def choosable(choice):
    """Its address."""
    return choice.address


def learners(models: Path) -> set[int]:
    """The processes that train for this page, or are ready to."""
    wanted = {"digits.page.background_training.worker", str(models)}
    found = psutil.process_iter(["cmdline"])
    return {process.pid for process in found if wanted <= set(process.info["cmdline"] or [])}


def ended(process: int) -> bool:
    """Whether a process is gone, or soon will be."""
    deadline = time.monotonic() + 15
    while psutil.pid_exists(process) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not psutil.pid_exists(process)


def start_training(guest, network: str, images: str, epochs: int) -> None:
    guest.open_tab("Train")
    choose(guest, "#train-network", network)
    guest.page.get_by_label(images, exact=True).check()
    guest.page.locator("#train-epochs input[type=number]").fill(str(epochs))
    guest.page.get_by_role("button", name="Start").click()


def open_part(guest, name: str) -> None:
    """Open a part of the Train tab."""
    guest.page.locator("#train-parts").get_by_role("tab", name=name, exact=True).click()


def choose(guest, dropdown: str, name: str) -> None:
    guest.page.locator(f"{dropdown} input").click()
    guest.page.get_by_role("option", name=name, exact=True).click()


def test_a_network_learns_before_your_eyes_then_you_draw_with_it(
    trainable, visit, models, screenshots
):
    guest = visit(trainable)
    page = guest.page
    expect(page.locator("#model")).to_have_count(0)  # there is but one
    guest.open_tab("Train")
    open_part(guest, "Compare")
    expect(page.get_by_text("There is one model so far.")).to_be_visible()
    expect(page.locator("#compare-sketchpad")).to_be_hidden()
    open_part(guest, "New network")
    expect(page.get_by_text("The bundled network: large kernels first")).to_be_visible()
    guest.open_tab("Draw")
    guest.draw(*SEVEN)
    guest.settle()
    guest.open_tab("Train")
    page.evaluate(TAKE_NOTES)
    start_training(guest, "No convolution · mlp", "2,000", 2)
    expect(page.get_by_text("The baseline: dense layers only")).to_be_visible()
    expect(page.locator("#train-dropout")).to_be_hidden()  # this network has none

    # While it learns, the rest goes on.
    expect(page.get_by_role("button", name="Stop")).to_be_enabled(timeout=A_WHILE)
    expect(page.get_by_role("button", name="Start")).to_be_disabled()
    (learner,) = learners(models)
    guest.open_tab("Draw")
    expect(guest.heading).to_have_text("7")
    guest.open_tab("Train")

    said = page.locator("#train-said")
    ready = re.compile(r"No convolution is ready: validation accuracy [89]\d\.\d\s%")
    expect(said).to_contain_text(ready, timeout=A_WHILE)
    notes = page.evaluate("[...window.notes]")
    assert {"After epoch 1", 0, 1} <= set(notes)  # a curve of one point, of the first batches
    expect(page.locator("#train-report polyline")).to_have_count(4)
    answers = page.locator("#train-report .answers b").all_inner_texts()
    assert len(answers) >= 3
    assert answers[-1] == "7"
    mistakes = page.locator("#train-report .mistakes li")
    expect(mistakes).to_have_count(12)
    for text in mistakes.all_inner_texts():
        digit, answer = re.fullmatch(r"(\d) → (\d)", text).groups()
        assert digit != answer
    expect(page.get_by_role("button", name="Start")).to_be_enabled()
    assert ended(learner)
    assert {path.name for path in models.glob("[!.]*")} == {"my_mlp.keras", "my_mlp.json"}

    open_part(guest, "Compare")
    left, right = (page.locator(f"#compare-{side}-model input") for side in ("left", "right"))
    expect(left).to_have_value(SHIPPED)
    expect(right).to_have_value("No convolution · my_mlp")
    open_part(guest, "New network")
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        guest.settle()
        guest.shot(screenshots, f"{name}-trained")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")

    page.get_by_role("button", name="Draw with it").click()
    expect(page.locator("#model input")).to_have_value("No convolution · my_mlp")
    guest.draw((60, 60), (200, 200))  # while the model is still being loaded
    guest.settle()
    guest.shot(screenshots, "phone-drawn-with-it")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    answered = DigitClassifier.load(models / "my_mlp.keras").predict(guest.last_picture())
    shown = [float(bar.get_attribute("value")) for bar in guest.bars.all()]
    assert shown == pytest.approx(answered.probabilities.tolist(), abs=1e-3)


def test_one_visitor_at_a_time_trains_stops_and_ends_it_by_leaving(trainable, visit, models):
    ada, bob = visit(trainable), visit(f"{trainable}?lang=ar")
    ada.open_tab("Train")
    choose(ada, "#train-network", DROPPING[0])
    expect(ada.page.get_by_role("radio", name="0.5", exact=True)).to_be_checked()
    start_training(ada, *DROPPING)
    expect(ada.page.locator("#train-progress")).to_contain_text("Epoch", timeout=A_WHILE)
    bob.open_tab("درّب")
    expect(bob.page.locator("#train-network input")).to_have_value("المرفقة، من الصفر · three_conv")
    for part in ["قارن", "علّمها خطّي", "شبكة جديدة"]:
        open_part(bob, part)
        assert bob.not_in_arabic() == set()
    start, stop = (bob.page.locator(f"#train-{name}") for name in ("start", "stop"))
    start.click()
    place = "أنت رقم 1 في الطابور، وستبدأ شبكتك من تلقاء نفسها."
    expect(bob.page.locator("#train-said")).to_contain_text(place)
    stop.click()
    expect(bob.page.locator("#train-said")).to_have_text("توقف قبل أن يكون هناك نموذج يُحفظ.")
    start.click()
    expect(bob.page.locator("#train-said")).to_contain_text(place)
    marks = ada.page.locator("#train-report figure").first.locator("text.mark")
    ada.page.locator("#train-pace").get_by_text("× 3", exact=True).click()
    expect(marks).to_have_text(["×3"], timeout=A_WHILE)
    ada.page.get_by_role("radio", name="0", exact=True).check()
    expect(marks).to_have_text(["×3", "dropout 0"], timeout=A_WHILE)
    ada.page.get_by_label("Augment the images").check()
    expect(marks).to_have_text(["×3", "dropout 0", "augmented"], timeout=A_WHILE)
    bob.page.close()

    said = ada.page.locator("#train-said")
    expect(said).to_contain_text("After epoch 1", timeout=A_WHILE)
    (learner,) = learners(models)  # who only looked on has ended nothing by leaving
    stop = ada.page.get_by_role("button", name="Stop")
    stop.click()
    expect(said).to_contain_text("With dropout is ready", timeout=A_WHILE)
    expect(stop).to_be_disabled()
    expect(ada.page.locator("#announcer")).to_contain_text("With dropout is ready")
    assert ended(learner)

    # Another process gets ready for the next network.
    deadline = time.monotonic() + 15
    while not (ready := learners(models)) and time.monotonic() < deadline:
        time.sleep(0.05)
    (learner,) = ready
    ada.page.get_by_role("button", name="Start").click()
    expect(stop).to_be_enabled()
    assert learners(models) == {learner}
    ada.page.close()
    assert ended(learner)
    assert learners(models) == set()
    saved = {path.name for path in models.iterdir() if path.suffix in (".keras", ".json")}
    assert saved == {"my_conv_bn_dropout.keras", "my_conv_bn_dropout.json"}


def test_two_models_read_the_same_drawing_side_by_side(trainable, visit, models, always_three):
    models.mkdir()
    (models / "always_three.keras").write_bytes(always_three.read_bytes())
    guest = visit(trainable)  # which comes after the page was put together
    guest.open_tab("Train")
    open_part(guest, "Compare")
    canvas = guest.page.locator("#compare-sketchpad canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    places = [
        (box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280) for x, y in SEVEN
    ]
    guest.page.mouse.move(*places[0])
    guest.page.mouse.down()
    for place in places[1:]:
        guest.page.mouse.move(*place, steps=8)
    guest.page.mouse.up()
    left, right = (guest.page.locator(f"#compare-{side} h2") for side in ("left", "right"))
    expect(left).to_have_text("7")
    expect(right).to_have_text("3")
    spoken = "mnist_model: 7, certain; always_three: 3, certain"
    expect(guest.page.locator("#announcer")).to_have_text(spoken)
    choose(guest, "#compare-left-model", "always_three")
    expect(left).to_have_text("3")


def test_each_visitor_draws_with_the_model_of_their_choice(choosable, visit):
    ada, bob = visit(choosable), visit(choosable)
    for guest in (ada, bob):
        guest.draw(*SEVEN)
        expect(guest.heading).to_have_text("7")
    choose(ada, "#model", "always_three")
    expect(ada.heading).to_have_text("3")  # the drawing is read again
    ada.settle()
    bob.button("Clear").click()
    bob.draw(*SEVEN)
    bob.settle()
    expect(bob.heading).to_have_text("7")
    for guest, digit, convolutions in ((ada, "3", 0), (bob, "7", 3)):
        guest.open_tab("Upload")
        guest.page.locator("#photo input[type=file]").set_input_files(SEVEN_FILE)
        expect(guest.page.locator("#photo-answer h2")).to_have_text(digit)
        guest.open_tab("Inside")
        layers = guest.page.locator("#inside-layers")
        expect(layers.get_by_text("convolution", exact=True)).to_have_count(convolutions)
    # What a program asks stays with the page's own model, and takes the drawing alone.
    png = base64.b64encode(SEVEN_FILE.read_bytes()).decode()
    request = urllib.request.Request(
        f"{choosable}gradio_api/call/classify",
        json.dumps({"data": [f"data:image/png;base64,{png}"]}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{request.full_url}/{event}", timeout=20) as answer:
        label, *_ = json.loads(answer.read().decode().split("data: ")[1])
    assert label["label"] == "7"


def read_photo(guest) -> None:
    guest.open_tab("Upload")
    guest.page.locator("#photo input[type=file]").set_input_files(SEVEN_FILE)


def test_what_the_menu_shows_answers_after_the_visit_was_taken_for_ended(choice, visit, models):
    ada, bob = visit(choice.address), visit(choice.address)
    choose(ada, "#model", "always_three")
    ada.draw(*SEVEN)
    expect(ada.heading).to_have_text("3")
    ada.settle()
    for again in range(2):
        choice.drop(ada)
        if again:  # an hour later Gradio has deleted all data of the visit
            choice.demo.app.state_holder.session_data.pop(ada.session)
        ada.button("Clear").click()
        expect(ada.heading).to_have_text("Draw a digit")
        ada.draw(*SEVEN)
        ada.settle()
        expect(ada.page.locator("#model input")).to_have_value("always_three")
        expect(ada.heading).to_have_text("3")
        read_photo(ada)
        expect(ada.page.locator("#photo-answer h2")).to_have_text("3")
        ada.page.get_by_role("button", name="Remove image").click()
        ada.open_tab("Inside")
        layers = ada.page.locator("#inside-layers")
        expect(layers.get_by_text("convolution", exact=True)).to_have_count(0)
        ada.open_tab("Draw")
        ada.page.get_by_role("button", name=str(again), exact=True).click()
        expect(ada.page.locator("#kept")).to_contain_text(f"Kept as a {again}")
        table = (models.parent / "feedback" / "corrections.csv").read_text().splitlines()
        assert [line.split(",")[1] for line in table] == ["answer", "3"]
    bob.draw(*SEVEN)
    expect(bob.heading).to_have_text("7")


def test_a_model_that_came_later_still_answers_when_the_visit_is_forgotten(
    choice, visit, models, always_three
):
    (models / "later.keras").write_bytes(always_three.read_bytes())
    guest = visit(choice.address)
    choose(guest, "#model", "later")
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("3")
    guest.settle()
    choice.drop(guest)
    choice.demo.app.state_holder.session_data.pop(guest.session)
    guest.button("Clear").click()
    guest.draw(*SEVEN)
    guest.settle()
    expect(guest.heading).to_have_text("3")
    expect(guest.page.locator("#model input")).to_have_value("later")


def test_a_photo_is_read_again_by_the_model_of_the_menu(choosable, visit):
    guest = visit(choosable)
    read_photo(guest)
    answer = guest.page.locator("#photo-answer h2")
    expect(answer).to_have_text("7")
    guest.open_tab("Draw")
    choose(guest, "#model", "always_three")
    guest.open_tab("Upload")
    expect(answer).to_have_text("3")


def test_one_request_for_each_picture_goes_to_the_server(choosable, visit):
    guest = visit(choosable)
    guest.settle()
    guest.sent.clear()
    choose(guest, "#model", "always_three")
    guest.settle()
    assert guest.sent == [None]  # the empty sketchpad, read by the new model
    guest.draw(*SEVEN)
    guest.settle()
    assert len(set(guest.sent)) == len(guest.sent) > 1


def test_a_model_that_is_gone_is_one_clear_line_and_the_pages_own_answers(choosable, visit, models):
    guest = visit(choosable)
    choose(guest, "#model", "always_three")
    guest.draw((140, 40), (140, 240))
    expect(guest.heading).to_have_text("3")
    guest.settle()
    (models / "always_three.keras").unlink()
    guest.button("Clear").click()
    notice = guest.page.locator("#notice")
    line = "That model is gone: choose another one. Until then, mnist_model answers."
    expect(notice).to_have_text(line)
    expect(guest.page.locator("#model input")).to_have_value(SHIPPED)
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    expect(notice).to_be_hidden(timeout=20_000)  # it was told once, not with each picture


def test_a_correction_is_of_the_answer_that_was_seen(choosable, visit, models):
    guest = visit(choosable)
    choose(guest, "#model", "always_three")
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("3")
    guest.settle()
    guest.page.get_by_role("button", name="7", exact=True).click()
    expect(guest.page.locator("#kept")).to_contain_text("Kept as a 7")
    table = (models.parent / "feedback" / "corrections.csv").read_text().splitlines()
    assert [line.split(",")[1] for line in table] == ["answer", "3"]


def test_a_damaged_model_is_one_clear_line_and_the_choice_stays(choosable, visit):
    guest = visit(choosable)
    choose(guest, "#model", "damaged")
    notice = guest.page.locator("#notice")
    expect(notice).to_contain_text("The model damaged cannot be loaded: its file is damaged")
    expect(guest.page.locator("#model input")).to_have_value(SHIPPED)
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")


@pytest.mark.parametrize("size", SIZES)
def test_the_choice_takes_no_room_from_the_drawing(choosable, visit, screenshots, size):
    width, height = SIZES[size]
    guest = visit(choosable, width=width, height=height)
    model = guest.page.locator("#model input")
    expect(model).to_have_value(SHIPPED)
    root = "document.documentElement"
    assert guest.page.evaluate(f"{root}.scrollWidth") == width
    # The sketchpad is seen whole without scrolling, as on a page without a choice.
    pad = guest.canvas.bounding_box()
    assert pad["y"] + pad["height"] <= height
    assert guest.canvas.bounding_box()["width"] >= 240
    box, title = (
        place.bounding_box() for place in (model, guest.page.get_by_role("heading", level=1))
    )
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= width
    guest.shot(screenshots, f"{size}-choice")
    for tab in ("Upload", "Inside", "About"):
        guest.open_tab(tab)
        expect(model).to_be_hidden()


# Twenty drawings by events of the pointer: a line for every digit.
DRAW_TWENTY = """() => {
  const canvas = document.querySelector("#hand-pad canvas");
  for (let i = 0; i < 20; i++) {
    const box = canvas.getBoundingClientRect();
    const tell = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, {
      pointerId: 9, pointerType: "pen", isPrimary: true, buttons: 1, bubbles: true,
      clientX: box.x + x * box.width, clientY: box.y + y * box.height,
    }));
    tell("pointerdown", 0.3 + 0.02 * i, 0.2);
    tell("pointermove", 0.5, 0.8);
    tell("pointerup", 0.5, 0.8);
    document.querySelector("#hand .next").click();
  }
}"""


def test_a_hand_is_asked_for_digit_by_digit_and_taught(trainable, visit, models):
    guest = visit(trainable)
    page = guest.page
    guest.open_tab("Train")
    open_part(guest, "Teach it my hand")
    task, following = page.locator("#hand .task p"), page.get_by_role("button", name="Next")
    expect(task).to_have_text(re.compile(r"^Draw a \d$"))
    expect(following).to_be_disabled()
    page.evaluate(DRAW_TWENTY)
    expect(task).to_have_text("Thank you. Now teach it")
    expect(page.locator("#hand .drawn .done")).to_have_count(20)
    page.get_by_role("button", name="Back").click()
    expect(task).to_have_text(re.compile(r"^Draw a \d$"))
    expect(page.locator("#hand .task output")).to_have_text("19 of 20 drawn")
    page.evaluate(DRAW_TWENTY)  # of which the first is the last
    page.locator("#teach-start").click()
    underway = re.compile("Starting|Drawing|Learning")
    expect(page.locator("#teach-progress")).to_contain_text(underway, timeout=A_WHILE)
    (learner,) = learners(models)
    page.locator("#teach-stop").click()
    expect(page.locator("#teach-said")).to_have_text("Stopped: nothing was saved.", timeout=A_WHILE)
    assert ended(learner)
    assert list(models.glob("*.keras")) == []
