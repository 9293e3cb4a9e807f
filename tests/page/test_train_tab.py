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
from digits.page.tabs.curves import Chart, accuracy_chart, loss_chart
from digits.page.tabs.train import progress_bar, report, status
from digits.templates import render

# ---- the curves


def drawing(chart: Chart) -> ElementTree.Element:
    """The figure with the SVG; the no-break spaces as plain ones."""
    html = render("page/tabs/curves.html", chart=chart)
    return ElementTree.fromstring(html.replace("\u00a0", " "))


def points(figure: ElementTree.Element, kind: str) -> list[tuple[float, float]]:
    line = figure.find(f".//polyline[@class='{kind}']").get("points")
    return [tuple(map(float, point.split(","))) for point in line.split()]


def test_the_loss_is_drawn_from_nought_over_all_epochs_to_come():
    figure = drawing(loss_chart([2.0, 1.0], [1.5, 0.0], epochs=3))
    # From 46 to 312 across, and from 160 (nought) up to 10 (the largest).
    assert points(figure, "training") == [(46, 10), (179, 85)]
    assert points(figure, "validation") == [(46, 47.5), (179, 160)]
    assert [text.text for text in figure.iter("text")] == ["epoch 1", "3", "0.00", "1.00", "2.00"]
    legend = [span.text for span in figure.iter("span")]
    assert legend == ["training 1.00", "validation 0.00"]


def test_accuracies_are_drawn_in_per_cent_from_a_round_number_up():
    figure = drawing(accuracy_chart([0.92], [0.98], epochs=1))
    assert points(figure, "training") == [(46, 130)]  # 92 of 90 to 100
    assert points(figure, "validation") == [(46, 40)]
    assert [text.text for text in figure.iter("text")] == ["epoch 1", "90", "95", "100"]
    assert [span.text for span in figure.iter("span")] == ["training 92.0 %", "validation 98.0 %"]
    near_the_top = drawing(accuracy_chart([1.0], [0.998], epochs=1))
    assert [text.text for text in near_the_top.iter("text")] == ["epoch 1", "95", "97.5", "100"]


def test_before_the_first_epoch_the_frames_are_empty():
    html = report(Progress())
    assert html.count("<svg") == 2
    assert not re.search("<polyline|<text|<img|<span", html)


# ---- the words

LEARNING = Progress("Epoch 2 of 5", 0.6, 5, {"val_accuracy": [0.9123]})


def test_the_progress_is_said_and_shown():
    assert progress_bar(LEARNING) == (
        '<label>Epoch 2 of 5, 60\u00a0%<progress value="0.600" max="1"></progress></label>'
    )
    assert progress_bar(Progress()) == '<label>Getting ready<progress max="1"></progress></label>'
    assert progress_bar(LEARNING._replace(over=True)) == ""


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (LEARNING, "After epoch 1: validation accuracy 91.2\u00a0%."),
        (
            LEARNING._replace(saved="my_mlp", accuracy=0.95, over=True),
            "my_mlp is ready: validation accuracy 95.0\u00a0%.",
        ),
        (
            Progress(over=True),
            "Stopped during the first epoch, so there is no model to save.",
        ),
        (LEARNING._replace(error="No <room>", over=True), "No &lt;room&gt;"),
    ],
)
def test_the_words_of_each_moment(progress, words):
    assert status(progress) == words


def test_names_and_errors_are_shown_as_they_are():
    strange = "<script>alert('x')</script>\"&{{ step }}"
    mistake = {"digit": strange, "answer": strange, "image": base64.b64encode(bytes(784)).decode()}
    for html, times in [
        (status(Progress(error=strange, over=True)), 1),
        (status(Progress(saved=strange, over=True)), 1),
        (progress_bar(Progress(step=strange)), 1),
        (report(Progress(mistakes=[mistake])), 2),
    ]:
        page = Reader(html)
        assert page.all("script") == []
        assert page.text.count(strange) == times
        assert all(strange in image["alt"] for image in page.all("img"))


# ---- who gets it


def tabs_and_functions(demo) -> tuple[list[str], list[str]]:
    """The names of the tabs, and of the functions that a request can start."""
    config = demo.get_config_file()
    tabs = [part["props"]["label"] for part in config["components"] if part["type"] == "tabitem"]
    return tabs, [function["api_name"] for function in config["dependencies"]]


def test_without_training_there_is_neither_the_tab_nor_any_function_of_it(classifier, tmp_path):
    tabs, functions = tabs_and_functions(build_demo(classifier, models=tmp_path))
    assert tabs == ["Draw", "Upload", "Inside", "About"]
    assert not {"learn", "end", "offer", "draw_with"} & set(functions)
    with_it, more = tabs_and_functions(build_demo(classifier, models=tmp_path, training=True))
    assert with_it == ["Draw", "Upload", "Inside", "Train", "About"]
    assert {"learn", "end", "offer", "draw_with"} <= set(more)


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
        ["Draw", "Upload", "Inside", "About"],
        ["Draw", "Upload", "Inside", "Train", "About"],
    ]
