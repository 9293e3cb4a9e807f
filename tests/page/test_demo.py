"""The page's callback without a server, and its endpoint on a real one."""

import base64
import io
import json
import re
import struct
import urllib.request
import zlib
from urllib.parse import unquote

import gradio as gr
import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image, ImageDraw

from digits.data.digit_forms import parse_form
from digits.data.strokes import draw
from digits.explain import Explainer
from digits.page.demo import build_demo, launch_options
from digits.page.examples import EXAMPLES
from digits.page.tabs.draw import classify

PREFIX = "data:image/png;base64,"
NAMES = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]


def drawn_seven(paper="white", ink="black", mode="L") -> Image.Image:
    picture = Image.new(mode, (280, 280), paper)
    ImageDraw.Draw(picture).line(
        [(80, 70), (200, 70), (120, 220)], fill=ink, width=18, joint="curve"
    )
    return picture


def url_of(picture: Image.Image, kind="PNG") -> str:
    file = io.BytesIO()
    picture.save(file, kind)
    return f"data:image/{kind.lower()};base64," + base64.b64encode(file.getvalue()).decode()


def picture_in(url: str) -> np.ndarray:
    assert url.startswith(PREFIX)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url[len(PREFIX) :]))))


# ---- the callback, without a server


@pytest.fixture(scope="module")
def explainer(classifier):
    return Explainer(classifier)


def test_a_seven_is_read(explainer):
    (heading, confidences), seen, looked, words = classify(explainer, drawn_seven())
    assert heading == "7"
    assert list(confidences) == NAMES
    assert sum(confidences.values()) == pytest.approx(1, abs=1e-5)
    assert max(confidences, key=confidences.get) == "7"
    assert words == "Certain"
    image = picture_in(seen)
    assert (image.shape, image.dtype) == ((28, 28), np.uint8)
    received = explainer.classifier.predict(drawn_seven()).image
    assert np.abs(image / 255 - received).max() <= 0.5 / 255 + 1e-6
    where = picture_in(looked)
    assert where.shape == (168, 168, 3)
    small = where.reshape(28, 6, 28, 6, 3).max((1, 3, 4))
    assert small[received > 0.5].min() > 40  # the strokes, ...
    assert small[4:8, 0:4].max() == 0  # ... and nothing in an empty corner


def test_nothing_drawn_is_an_invitation_without_bars(explainer):
    nothing = (("Draw a digit", None), None, None, "")
    assert classify(explainer, None) == nothing
    assert classify(explainer, Image.new("L", (280, 280), "white")) == nothing


def test_a_doubt_is_put_in_words_with_the_bars(explainer):
    letter = draw(parse_form("0,10 0,0! 3,6! 6,0! 6,10"), brush=14)  # M
    (heading, bars), seen, _, words = classify(explainer, Image.fromarray(np.uint8(255 * letter)))
    assert heading == words == "Not a digit, I think"
    assert list(bars) == NAMES
    assert sum(bars.values()) == pytest.approx(1, abs=1e-5)
    assert picture_in(seen).max() == 255


def test_a_picture_that_cannot_be_read_is_one_clear_line(explainer):
    with pytest.raises(gr.Error) as caught:
        classify(explainer, np.array([["no", "numbers"]]))
    assert "must hold numbers" in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_example_is_read_as_its_name_says(classifier, name):
    prediction = classifier.predict(draw(parse_form(EXAMPLES[name]), brush=18, size=0.6))
    digit = re.search(r"\d", name)
    assert prediction.digit == (int(digit.group()) if digit else None)


def test_the_page_keeps_and_reports_nothing_unless_told_to(classifier):
    demo = build_demo(classifier)
    assert demo.analytics_enabled is False
    assert launch_options()["run_history"] is False
    ids = {part["props"].get("elem_id") for part in demo.config["components"]}
    assert {"sketchpad", "answer", "seen", "looked"} <= ids


# ---- the endpoint, on a real server


def over_http(address: str, payload) -> tuple[str, list]:
    """What the README's curl does: post, then read the event that answers."""
    start = urllib.request.Request(
        f"{address}gradio_api/call/classify",
        json.dumps({"data": [payload]}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(start, timeout=20) as response:
        event_id = json.load(response)["event_id"]
    with urllib.request.urlopen(
        f"{address}gradio_api/call/classify/{event_id}", timeout=20
    ) as response:
        text = response.read().decode()
    event, data = re.fullmatch(r"(?:event: heartbeat\ndata: null\n\n)*event: (\w+)\ndata: (.*)\n\n",
                               text).groups()  # fmt: skip
    return event, json.loads(data)


def test_the_python_client_gets_the_answer_and_the_picture(address, classifier):
    client = Client(address, verbose=False)
    answer, seen, looked, words = client.predict(url_of(drawn_seven()), api_name="/classify")
    client.close()
    assert answer["label"] == "7"
    assert [bar["label"] for bar in answer["confidences"]] == NAMES
    expected = classifier.predict(drawn_seven())
    got = [bar["confidence"] for bar in answer["confidences"]]
    assert got == pytest.approx(expected.probabilities.tolist(), abs=1e-6)
    assert picture_in(seen).shape == (28, 28)
    assert picture_in(looked).shape == (168, 168, 3)
    assert words == "Certain"


@pytest.mark.parametrize(
    "picture",
    [
        drawn_seven(),
        drawn_seven(paper="black", ink="white"),
        drawn_seven(paper=(0, 0, 0, 0), ink=(0, 0, 0, 255), mode="RGBA"),
        drawn_seven().convert("P"),
        drawn_seven().resize((900, 900)),
    ],
    ids=["black on white", "white on black", "transparent", "palette", "large"],
)
def test_plain_http_reads_a_seven(address, picture):
    event, (answer, *_) = over_http(address, url_of(picture))
    assert (event, answer["label"]) == ("complete", "7")


@pytest.mark.parametrize("empty", ["", None])
def test_plain_http_invites_when_nothing_is_drawn(address, empty):
    event, data = over_http(address, empty)
    assert event == "complete"
    assert data == [{"label": "Draw a digit", "confidences": None}, None, None, ""]


def gigapixels() -> str:
    header = b"IHDR" + struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n\0\0\0\x0d" + header + struct.pack(">I", zlib.crc32(header))
    return PREFIX + base64.b64encode(data).decode()


BAD_PAYLOADS = {
    "words": ("a seven, please", "PNG data URL"),
    "a JPEG": (url_of(drawn_seven(), "JPEG"), "PNG data URL"),
    "no base64": (PREFIX + "!", "not valid base64"),
    "no PNG": (PREFIX + "AAAA", "does not hold a PNG"),
    "gigapixels": (
        gigapixels(),
        "The picture has 50000 x 50000 pixels: send at most 1 megapixel.",
    ),
    "cut short": (url_of(drawn_seven())[:-80], "damaged or cut short"),
}


@pytest.mark.parametrize("name", BAD_PAYLOADS)
def test_garbage_gets_one_clear_line_and_the_server_goes_on(address, name, capfd):
    payload, message = BAD_PAYLOADS[name]
    event, data = over_http(address, payload)
    assert event == "error"
    assert message in data["error"]
    assert "\n" not in data["error"]
    client = Client(address, verbose=False)
    with pytest.raises(AppError, match=re.escape(message)):
        client.predict(payload, api_name="/classify")
    client.close()
    assert "Traceback" not in capfd.readouterr().err
    assert over_http(address, url_of(drawn_seven()))[1][0]["label"] == "7"


def test_the_api_page_describes_the_endpoint(address):
    with urllib.request.urlopen(f"{address}gradio_api/info", timeout=20) as response:
        endpoints = json.load(response)["named_endpoints"]
    assert set(endpoints) == {"/classify", "/classify_photo", "/read"}
    (parameter,) = endpoints["/classify"]["parameters"]
    assert parameter["type"]["type"] == "string"
    assert parameter["parameter_has_default"] is False
    assert parameter["example_input"].startswith(PREFIX)
    event, data = over_http(address, parameter["example_input"])
    assert (event, data[0]["label"]) == ("complete", "1")


# ---- what the page itself asks, with any name in place of a model's


@pytest.fixture(scope="module")
def ask_as_page(address):
    """Calls the private function behind an event of the page; gives what it returns and tells."""
    with urllib.request.urlopen(f"{address}config", timeout=20) as response:
        config = json.load(response)
    part_ids = {}
    for part in config["components"]:
        part_ids[part["props"].get("elem_id") or str(part["props"].get("value"))] = part["id"]

    def ask(part: str, event: str, *data) -> tuple[list, str]:
        (fn_index,) = (
            dependency["id"]
            for dependency in config["dependencies"]
            if [part_ids[part], event] in dependency["targets"]
            and dependency["api_visibility"] == "private"
            and dependency["backend_fn"]
        )
        body = {"data": data, "fn_index": fn_index, "session_hash": f"visit-{part}"}
        call = urllib.request.Request(
            f"{address}gradio_api/run/predict",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(call, timeout=20) as response:
            return json.load(response)["data"], unquote(response.headers.get("X-Notice", ""))

    return ask


WRONG_NAMES = ["gone", "", "../mnist_model", "/etc/passwd", None, "x" * 999]


@pytest.mark.parametrize("name", WRONG_NAMES, ids=lambda name: repr(name)[:20])
def test_a_wrong_name_is_one_clear_line_and_the_pages_own_model_answers(ask_as_page, name, capfd):
    (answer, *_, menu), told = ask_as_page("sketchpad", "change", url_of(drawn_seven()), name, "")
    line = "That model is gone: choose another one. Until then, mnist_model answers."
    assert (answer["label"], menu, told) == ("7", "mnist_model", line)
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("name", WRONG_NAMES, ids=lambda name: repr(name)[:20])
def test_no_correction_is_kept_of_a_model_that_is_gone(ask_as_page, name, capfd):
    line = "That model is gone: choose another one."
    assert ask_as_page("3", "click", url_of(drawn_seven()), name) == ([line], "")
    assert "Traceback" not in capfd.readouterr().err
