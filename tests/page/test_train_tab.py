"""The Train tab without a browser: what it shows, who sees it, and what API clients may do."""

import base64
import json
import os
import re
import socket
import urllib.request
from xml.etree import ElementTree

import pytest
from command_line import start
from html_reader import Reader

from digits.page.background_training.jobs import Progress
from digits.page.demo import build_demo
from digits.page.network_names import choice, model_title, network_title
from digits.page.tabs import teach
from digits.page.tabs.curves import Chart, accuracy_chart, by_epoch, loss_chart
from digits.page.tabs.train import report, status
from digits.page.tabs.training_pictures import progress_bar
from digits.templates import render

PARTS = ["New network", "Teach it my hand", "Compare"]  # tabs within the Train tab

# ---- the curves


def drawing(chart: Chart) -> ElementTree.Element:
    """The figure with the SVG; the no-break spaces as plain ones."""
    html = render("page/tabs/curves.html", chart=chart)
    return ElementTree.fromstring(html.replace("\u00a0", " "))


def points(figure: ElementTree.Element, kind: str) -> list[tuple[float, float]]:
    line = figure.find(f".//polyline[@class='{kind}']").get("points")
    return [tuple(map(float, point.split(","))) for point in line.split()]


def test_the_loss_of_the_batches_is_drawn_from_nought_over_all_epochs_to_come():
    batches, validation = [(0.5, 2.0), (1.0, 1.0)], by_epoch([1.5, 0.0])
    figure = drawing(loss_chart(batches, validation, epochs=4))
    # From 46 to 312 across, and from 160 (nought) up to 10 (the largest).
    assert points(figure, "training") == [(79.2, 10), (112.5, 85)]
    assert points(figure, "validation") == [(112.5, 47.5), (179, 160)]
    assert [text.text for text in figure.iter("text")] == ["0", "4 epochs", "0.00", "1.00", "2.00"]
    legend = [span.text for span in figure.iter("span")]
    assert legend == ["training 1.00", "validation 0.00"]


def test_accuracies_are_drawn_in_per_cent_from_a_round_number_up():
    figure = drawing(accuracy_chart([(0.5, 0.92)], by_epoch([0.98]), epochs=1))
    assert points(figure, "training") == [(179, 130)]  # 92 of 90 to 100
    assert points(figure, "validation") == [(312, 40)]
    assert [text.text for text in figure.iter("text")] == ["0", "1 epoch", "90", "95", "100"]
    assert [span.text for span in figure.iter("span")] == ["training 92.0 %", "validation 98.0 %"]
    near_the_top = drawing(accuracy_chart(by_epoch([1.0]), by_epoch([0.998]), epochs=1))
    labels = [text.text for text in near_the_top.iter("text")]
    assert labels == ["0", "1 epoch", "95", "97.5", "100"]


def test_what_was_changed_is_marked_where_it_was_changed():
    changes = [[0.5, "pace", 3.0], [1.0, "pace", 0.1]]
    changes += [[1.5, "augmented", 1.0], [1.5, "dropout", 0.2], [2.0, "augmented", 0.0]]
    figure = drawing(loss_chart([(0.5, 2.0)], [], 2, changes))
    marks = [line.get("x1") for line in figure.iter("line") if line.get("class") == "mark"]
    assert marks == ["112.5", "179.0", "245.5", "245.5", "312.0"]
    labels = [text for text in figure.iter("text") if "mark" in text.get("class", "")]
    words = ["×3", "×0.1", "augmented", "dropout 0.2", "not augmented"]
    assert [label.text for label in labels] == words
    # Those of neighbours stand below each other, and those on the right end at their lines.
    assert [label.get("y") for label in labels] == ["64", "80", "96", "112", "64"]
    assert [label.get("class") for label in labels] == ["mark", "mark", *["mark end"] * 3]


def test_before_the_first_epoch_the_frames_are_empty():
    html = report(Progress())
    assert html.count("<svg") == 2
    assert not re.search("<polyline|<text|<img|<span|<ol", html)


def test_the_answers_to_the_visitors_drawing_stand_in_a_row():
    untrained, trained = [0.1] * 3 + [0.3] + [0.1] * 4 + [0.0] * 2, [0.0] * 4 + [1.0] + [0.0] * 5
    page = Reader(report(Progress(answers=[(0, untrained), (0.25, trained)])))
    assert [text for text in page.texts if text.strip()][3:7] == ["3", "start", "4", "0.25"]
    assert [item["value"] for item in page.all("meter")] == ["0.300", "1.000"]


# ---- the words

LEARNING = Progress("Epoch 2 of 5", 0.6, 5, {"val_accuracy": [0.9123]})


def test_the_progress_is_said_and_shown():
    assert progress_bar(LEARNING) == (
        "<label><span><span>Epoch 2 of 5</span> · 60\u00a0%</span>"
        '<progress value="0.600" max="1"></progress></label>'
    )
    assert progress_bar(Progress()) == (
        '<label><span><span>Getting ready</span></span><progress max="1"></progress></label>'
    )
    assert progress_bar(LEARNING._replace(over=True)) == ""


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (LEARNING, "After epoch 1: validation accuracy 91.2\u00a0%."),
        (
            LEARNING._replace(saved="my_mlp", accuracy=0.95, over=True),
            "No convolution is ready: validation accuracy 95.0\u00a0%. It is saved as my_mlp.",
        ),
        (
            Progress(over=True),
            "Stopped before there was a model to save.",
        ),
        (LEARNING._replace(error="No <room>", over=True), "No &lt;room&gt;"),
        (
            Progress(place=2),
            "Another network is training. You are number 2 in the queue; yours starts by itself.",
        ),
    ],
)
def test_the_words_of_each_moment(progress, words):
    assert status(progress) == words


def test_names_and_errors_are_shown_as_they_are():
    strange = "<script>alert('x')</script>\"&{{ step }}"
    mistake = {"digit": strange, "answer": strange, "image": base64.b64encode(bytes(784)).decode()}
    for html, times in [
        (status(Progress(error=strange, over=True)), 1),
        (status(Progress(saved=strange, over=True)), 2),
        (progress_bar(Progress(step=strange)), 1),
        (report(Progress(mistakes=[mistake])), 2),
    ]:
        page = Reader(html)
        assert page.all("script") == []
        assert page.text.count(strange) == times
        assert all(strange in image["alt"] for image in page.all("img"))


# ---- what a hand taught


def test_what_was_read_before_and_after_is_told_of_drawings_that_were_not_learned():
    image = base64.b64encode(bytes(784)).decode()
    held_out = [
        {"digit": 4, "before": 9, "after": 4, "image": image},
        {"digit": 7, "before": 7, "after": 7, "image": image},
    ]
    lesson = {"held_out": held_out, "others": 2000, "others_before": 0.9965}
    half = Reader(teach.report(Progress(lesson=lesson)))
    assert "Of 2 of your drawings that it had not learned from, it read 1 before and 2" in half.text
    assert [image["alt"] for image in half.all("img")] == ["Your 4", "Your 7"]
    assert [mark["class"] for mark in half.all("span")] == ["wrong", "right", "right", "right"]
    assert "other images" not in half.text
    whole = teach.report(Progress(lesson=lesson | {"others_after": 0.996}))
    assert "Of 2,000 other images: 99.7\u00a0% before, 99.6\u00a0% after it had learned" in whole
    assert teach.report(Progress()) == ""


# ---- names


def test_networks_and_models_have_names_for_people():
    assert choice(network_title("mlp"), "mlp") == ("No convolution · mlp", "mlp")
    assert choice(network_title("my_own"), "my_own") == ("my_own", "my_own")
    names = ["mnist_model", "my_one_conv", "my_mlp-2", "my_hand", "my_own", "another"]
    assert [model_title(name, "mnist_model") for name in names] == [
        *("The shipped one", "One convolution", "No convolution, no. 2", "Taught by hand"),
        *("my_own", "another"),
    ]


# ---- who gets it


def tabs_and_functions(demo) -> tuple[list[str], list[str]]:
    """The names of the tabs, and of the functions that a request can start."""
    config = demo.get_config_file()
    tabs = [part["props"]["label"] for part in config["components"] if part["type"] == "tabitem"]
    return tabs, [function["api_name"] for function in config["dependencies"]]


def test_without_training_there_is_neither_the_tab_nor_any_function_of_it(classifier, tmp_path):
    tabs, functions = tabs_and_functions(build_demo(classifier, models=tmp_path))
    assert tabs == ["Draw", "Upload", "Inside", "Play", "About"]
    assert not {"learn", "teach", "end", "offer", "draw_with"} & set(functions)
    with_it, more = tabs_and_functions(build_demo(classifier, models=tmp_path, training=True))
    assert with_it == ["Draw", "Upload", "Inside", "Play", "Train", *PARTS, "About"]
    assert {"learn", "teach", "end", "offer", "draw_with"} <= set(more)


def test_no_function_of_it_is_offered_to_programs(classifier, tmp_path):
    demo = build_demo(classifier, models=tmp_path, training=True)
    assert set(demo.get_api_info(all_endpoints=True)["named_endpoints"]) == {
        "/classify",
        "/classify_photo",
        "/read",
    }


def test_a_public_page_trains_only_when_asked(tmp_path):
    pages = []
    for flags in ([], ["--allow-training"]):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        reading, writing = os.pipe()
        command = ("--no-browser", "--host", "0.0.0.0", "--port", port, *flags)
        pages.append((port, reading, start(*command, folder=tmp_path, out=writing, err=2)))
        os.close(writing)
    shown = []
    for port, reading, page in pages:
        with open(reading) as printed:
            assert any("Ctrl-C" in line for line in printed)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/config", timeout=20) as answer:
                parts = json.load(answer)["components"]
            shown.append([part["props"]["label"] for part in parts if part["type"] == "tabitem"])
            page.terminate()
            assert page.wait(timeout=30) == 0
    assert shown == [
        ["Draw", "Upload", "Inside", "Play", "About"],
        ["Draw", "Upload", "Inside", "Play", "Train", *PARTS, "About"],
    ]
