"""Numbers on the page: what its functions return, and the endpoint `/read`."""

import io
import json
import re

import pytest
from gradio_client import Client, handle_file
from page_requests import ask, post, upload
from PIL import Image, ImageDraw

from digits.explain import Explainer
from digits.images.data_urls import read_png_data_url
from digits.page.numbers import Choice
from digits.page.sketchpad.strokes import Strokes
from digits.page.tabs.draw import classify_all
from digits.page.tabs.upload import read_page

READ = "/gradio_api/run/read"
SEVENS_AND_ONE = (
    [(30, 80), (80, 80), (45, 190)],
    [(110, 80), (160, 80), (125, 190)],
    [(230, 80), (230, 190)],
)


def drawing(lines=SEVENS_AND_ONE) -> Image.Image:
    picture = Image.new("L", (280, 280), "white")
    for line in lines:
        ImageDraw.Draw(picture).line(line, fill="black", width=14, joint="curve")
    return picture


@pytest.fixture(scope="module")
def explainer(classifier):
    return Explainer(classifier)


@pytest.fixture
def photo(tmp_path):
    drawing().save(tmp_path / "numbers.png")
    return tmp_path / "numbers.png"


def test_a_number_on_the_sketchpad_is_the_heading_and_has_boxes(explainer):
    (heading, bars), seen, looked, words, numbers = classify_all(explainer, drawing())
    assert heading.replace(" ", "") == "771"
    assert [name for name, _ in bars] == ["7", "7", "1"]
    assert all(0.5 < confidence < 1 for _, confidence in bars)
    assert words in ("Certain", "Probably")
    assert read_png_data_url(seen).size == (56, 56)  # the images of three digits in a square
    assert looked is None
    shown = json.loads(numbers)
    assert shown["size"] == [280, 280]
    assert [digit["name"] for digit in shown["digits"]] == ["7", "7", "1"]
    assert all(re.fullmatch(r"> 99 %|[5-9]\d %", digit["sure"]) for digit in shown["digits"])
    left, top, right, bottom = shown["digits"][2]["box"]
    assert abs(left - 223) < 4 and abs(right - 238) < 4 and abs(top - 80) < 8 and bottom > 185


def strokes(lines=SEVENS_AND_ONE, pen=14) -> str:
    return json.dumps({"pen": pen, "strokes": lines})


def test_a_number_is_read_from_its_strokes(explainer):
    drawn = Strokes().preprocess(strokes(SEVENS_AND_ONE[1:]))
    assert drawn.pen == 14
    assert [stroke.tolist() for stroke in drawn.strokes] == [
        [[110, 80], [160, 80], [125, 190]],
        [[230, 80], [230, 190]],
    ]
    (heading, _), *_, numbers = classify_all(explainer, drawing(), drawn)
    assert heading.replace(" ", "") == "71"  # the picture has another seven
    assert len(json.loads(numbers)["digits"]) == 2


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "",
        7,
        {"pen": 14},
        "7",
        "[]",
        "{",
        "[" * 100_000,
        '{"pen": 14}',
        '{"pen": 14, "strokes": {}}',
        '{"pen": 14, "strokes": []}',
        '{"pen": 14, "strokes": [[]]}',
        '{"pen": 14, "strokes": [[[1, 2, 3]]]}',
        '{"pen": 14, "strokes": [[[1, 2], [3]]]}',
        '{"pen": 14, "strokes": [[["a", "b"]]]}',
        '{"pen": 14, "strokes": [[[null, null]]]}',
        '{"pen": 14, "strokes": [[[NaN, 1]]]}',
        '{"pen": 14, "strokes": [[[1e9, 1]]]}',
        '{"pen": 14, "strokes": [[[1e999, 1]]]}',
        strokes(pen=0),
        strokes(pen=1000),
        strokes(pen=None),
        strokes(pen=True),
        strokes([[(1, 1)]] * 101),
        strokes([[(1, 1)] * 5001]),
        " " * 250_000 + strokes(),
    ],
    ids=lambda sent: repr(sent)[:40],
)
def test_strokes_that_are_not_usable_are_none(sent):
    assert Strokes().preprocess(sent) is None


def test_one_digit_on_the_sketchpad_is_read_as_before(explainer):
    (heading, bars), seen, looked, words, numbers = classify_all(
        explainer, drawing(SEVENS_AND_ONE[:1])
    )
    assert (heading, len(bars), numbers) == ("7", 10, "")
    assert seen and looked
    assert words == "Certain"
    assert classify_all(explainer, None)[4] == ""


def test_a_digit_of_a_photo_can_be_chosen(explainer, photo):
    (heading, bars), ink, seen, looked, _, numbers = read_page(explainer, photo, None)
    assert (heading.replace(" ", ""), seen, looked) == ("771", None, None)
    assert [name for name, _ in bars] == ["7", "7", "1"]
    assert ink.startswith("data:image/jpeg;base64,")
    (heading, bars), _, seen, looked, words, again = read_page(explainer, photo, 2)
    assert (heading, len(bars), again) == ("1", 10, numbers)
    assert words == "Certain"
    assert seen.startswith("data:image/png;base64,")
    assert looked.startswith("data:image/png;base64,")
    assert read_page(explainer, photo, 99)[1:4] == (ink, None, None)


@pytest.mark.parametrize("sent", ["", None, "-1", "x", "1.5", "99999", "²", 5.5, {"a": 1}])
def test_a_choice_that_is_no_number_is_none(sent):
    assert Choice().preprocess(sent) is None
    assert Choice().preprocess("12") == 12


def test_a_program_reads_numbers(address, photo):
    client = Client(address, verbose=False)
    reading = client.predict(handle_file(photo), api_name="/read")
    client.close()
    assert reading["text"].replace(" ", "") == "771"
    assert [digit["digit"] for digit in reading["digits"]] == [7, 7, 1]
    assert [digit["line"] for digit in reading["digits"]] == [0, 0, 0]
    assert all(len(digit["box"]) == 4 for digit in reading["digits"])
    assert 0 < reading["confidence"] <= 1


def test_numbers_are_read_in_one_request(address, photo):
    netloc = address.split("/")[2]
    status, path = upload(netloc, photo.read_bytes())
    assert status == 200
    status, content = post(netloc, READ, {"data": [{"path": path}]})
    assert status == 200
    (reading,) = json.loads(content)["data"]
    assert reading["text"].replace(" ", "") == "771"
    assert json.loads(post(netloc, READ, {"data": [None]})[1])["data"] == [
        {"text": "", "confidence": 0, "digits": []}
    ]


def test_what_is_no_uploaded_picture_is_refused_in_one_line(address):
    netloc = address.split("/")[2]
    for value in (5, "text", [], {"path": "/etc/hostname"}, {"url": "http://127.0.0.1/"}):
        assert post(netloc, READ, {"data": [value]})[0] == 422
    file = io.BytesIO()
    drawing().save(file, "PNG")
    status, path = upload(netloc, file.getvalue()[:200])
    assert status == 200
    status, line = post(netloc, READ, {"data": [{"path": path}]})
    assert status == 422
    assert "is not a readable picture" in line
    assert ask(netloc, "GET", READ)[0] == 404
