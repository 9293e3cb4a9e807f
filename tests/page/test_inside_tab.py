"""The contents of the Inside tab, without a server."""

import gradio as gr
import keras
import numpy as np
import pytest
from html_reader import Reader
from keras import layers as kl
from PIL import Image

from digits import DigitClassifier
from digits.explain import Explainer, Layer
from digits.page.tabs.inside import KINDS, layer_table, netron, story
from digits.templates import render


@pytest.fixture(scope="module")
def explainer(classifier) -> Explainer:
    return Explainer(classifier)


@pytest.fixture
def drawing(seven) -> Image.Image:
    return Image.fromarray(np.uint8(255 * (1 - seven)))


def test_a_drawing_is_followed_from_the_picture_to_the_answer(explainer, drawing):
    shown = Reader(story(explainer, drawing))
    convolutions = len(explainer.feature_maps(np.zeros((28, 28))))
    assert shown.ids == [
        "inside-seen",
        "inside-looked",
        "inside-filter",
        "inside-filters",
        *[f"inside-maps-{number}" for number in range(1, convolutions + 1)],
        "inside-evidence",
    ]
    assert "This is how the network reads your drawing: 7 · Certain" in shown.text
    assert [attributes.get("class") for attributes in shown.all("li")] == (
        [None] * 7 + ["best"] + [None] * 2
    )
    seen = np.asarray(shown.pictures[0])
    received = explainer.classifier.predict(drawing).image
    assert np.abs(seen / 255 - received).max() < 0.01


def test_every_picture_can_be_read_aloud(explainer, drawing):
    shown = Reader(story(explainer, drawing))
    assert len(shown.all("img")) > 15
    assert all(len(image["alt"]) > 10 for image in shown.all("img"))
    assert len(shown.all("figcaption")) == len(shown.all("figure"))


@pytest.mark.parametrize("nothing", [None, Image.new("L", (280, 280), "white")])
def test_of_nothing_drawn_an_example_is_shown(explainer, nothing):
    shown = Reader(story(explainer, nothing))
    assert "You have not drawn anything yet, so this is a 7 of our own." in shown.text
    assert "inside-evidence" in shown.ids
    assert shown.all("li")[7].get("class") == "best"


def test_the_shares_of_the_ten_digits_are_the_answer(explainer, drawing):
    probabilities = explainer.classifier.predict(drawing).probabilities
    widths = [
        float(attributes["style"].removeprefix("width: ").removesuffix("%"))
        for attributes in Reader(story(explainer, drawing)).all("div")
        if "style" in attributes
    ]
    assert widths == pytest.approx((100 * probabilities).tolist(), abs=0.051)


def test_a_network_without_convolutions_is_shown_too(drawing):
    keras.utils.set_random_seed(0)
    dense = [kl.Flatten(), kl.Dense(8, activation="relu"), kl.Dense(10, activation="softmax")]
    model = keras.Sequential([kl.Input((28, 28, 1)), *dense])
    shown = Reader(story(Explainer(DigitClassifier(model)), drawing))
    assert shown.ids == ["inside-seen", "inside-looked", "inside-evidence"]
    assert len(shown.all("li")) == 10


def test_a_picture_that_cannot_be_read_is_one_clear_line(explainer):
    with pytest.raises(gr.Error) as caught:
        story(explainer, np.array([["no", "numbers"]]))
    assert "must hold numbers" in caught.value.message


def test_the_table_names_every_layer_and_the_total(explainer):
    model = explainer.classifier.model
    table = Reader(layer_table(explainer))
    assert [a["scope"] for a in table.all("th")][:4] == ["col"] * 4
    assert len(table.all("tr")) == len(model.layers) + 2
    assert all(layer.name in table.texts for layer in model.layers)
    assert f"{model.count_params():,}" in table.texts


def test_names_of_layers_are_shown_as_they_are():
    strange = "<script>alert('x')<script>\"&{{ layers }}"

    # TensorFlow itself refuses such names today, so they come without a network.
    rows = [Layer(strange, strange, (28, 28), 5)]
    page = Reader(render("page/tabs/inside_layers.html", layers=rows, kinds=KINDS, total=5))
    assert page.all("script") == []
    assert page.texts.count(strange) == 2  # its name and its kind


def test_netron_stands_in_a_frame_with_its_address_as_a_link():
    shown = Reader(netron("http://127.0.0.1:8080/?a=1&b=2"))
    (frame,) = shown.all("iframe")
    assert frame["src"] == shown.all("a")[0]["href"] == "http://127.0.0.1:8080/?a=1&b=2"
    assert frame["title"] == "The network in Netron"
    assert frame["loading"] == "lazy"


def test_without_netron_the_tab_says_how_to_get_it():
    shown = Reader(netron(None))
    assert shown.all("iframe") == []
    assert "python3 mnist_classification.py" in shown.text
