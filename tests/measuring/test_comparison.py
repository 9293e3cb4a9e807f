"""Networks trained with one recipe: no result depends on what was trained before."""

import csv
import io
import time
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from digits import DigitClassifier, ModelError
from digits.data.splits import sample
from digits.learning.recipe import Recipe
from digits.measuring import plots
from digits.measuring.comparison import Result, comma_separated, compare, latency, markdown

RECIPE = Recipe("mlp", "custom", epochs=1, batch_size=50)
RESULTS = [
    Result("mlp", 242_762, 12.345, {"MNIST": 0.97654, "pen, drawn": 0.8}, 0.4567, 987_654),
    Result("two_conv", 113_386, 101.0, {"MNIST": 1.0, "pen, drawn": 0.75}, 1.0, 500),
]


@pytest.fixture(scope="module")
def parts(mnist):
    """Small training, validation and test data."""
    return sample(mnist.train, 300), sample(mnist.validation, 100), sample(mnist.validation, 1000)


def run(parts, names, recipe=RECIPE, **settings):
    train, validation, read = parts
    started = time.perf_counter()
    results = list(
        compare(
            names, train, validation, {"digits": read}, recipe=recipe, verbose=0, **settings,
        )
    )  # fmt: skip
    return results, time.perf_counter() - started


@pytest.fixture(scope="module")
def compared(parts, tmp_path_factory):
    """The results for two networks, their folder, and the time that it took."""
    folder = tmp_path_factory.mktemp("networks")
    results, seconds = run(parts, ["mlp", "two_conv"], folder=folder)
    return results, folder, seconds


def test_a_result_is_of_the_network_that_is_kept(compared, parts):
    results, folder, seconds = compared
    assert [(result.name, result.parameters) for result in results] == [
        ("mlp", 242_762),
        ("two_conv", 113_386),
    ]
    for result in results:
        file = folder / f"{result.name}.keras"
        x, y = parts[2]
        answers = DigitClassifier.load(file).probabilities(x).argmax(1)
        assert result.accuracy == {"digits": np.mean(answers == y)}
        assert 0.2 < result.accuracy["digits"] < 0.95  # it has learned, from 300 images
        assert result.size == file.stat().st_size
        assert 0 < result.latency < 1000 * seconds
    assert 0 < results[0].seconds + results[1].seconds < seconds


def test_a_network_alone_does_as_well_as_beside_others(compared, parts):
    ((alone,), _), (_, beside) = run(parts, ["two_conv"]), compared[0]
    assert alone.accuracy == beside.accuracy
    assert abs(alone.size - beside.size) < 100  # the archive's dates
    ((other_seed,), _) = run(parts, ["two_conv"], RECIPE.changed({"seed": 1}))
    assert other_seed.accuracy != beside.accuracy


def test_an_unknown_network_is_named(parts):
    with pytest.raises(ModelError, match="no network 'resnet': choose one of three_conv,"):
        run(parts, ["resnet"])


def test_latency_is_the_median_in_milliseconds():
    calls = []

    def probabilities(x):
        calls.append(x.shape)
        time.sleep(0.6 if len(calls) in (2, 4) else 0.01)

    taken = latency(SimpleNamespace(probabilities=probabilities), np.zeros((28, 28)), rounds=7)
    assert calls == [(1, 28, 28)] * 7
    assert 10 <= taken < 90  # the mean is above 170


def test_the_table_for_people():
    assert markdown(RESULTS) == (
        "| network | parameters | training, s | MNIST | pen, drawn | one image, ms | file, kB |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        "| mlp | 242,762 | 12.3 | 97.65% | 80.00% | 0.46 | 988 |\n"
        "| two_conv | 113,386 | 101.0 | 100.00% | 75.00% | 1.00 | 0 |\n"
    )


def test_the_table_for_programs():
    rows = list(csv.DictReader(io.StringIO(comma_separated(RESULTS), newline="")))
    assert rows[0] == {
        "network": "mlp",
        "parameters": "242762",
        "seconds": "12.345",
        "MNIST": "0.97654",
        "pen, drawn": "0.8",
        "latency_ms": "0.4567",
        "file_bytes": "987654",
    }
    assert [row["network"] for row in rows] == ["mlp", "two_conv"]


def test_the_plot_shows_each_network_in_each_panel():
    figure = plots.comparison(RESULTS)
    panels = {
        axis.get_title(): [tuple(map(float, line.get_xydata()[0])) for line in axis.lines]
        for axis in figure.axes
    }
    assert panels == {
        "MNIST": [(12.345, 97.654), (101.0, 100.0)],
        "pen, drawn": [(12.345, 80.0), (101.0, 75.0)],
    }
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "mlp: 242,762 parameters, 0.46 ms",
        "two_conv: 113,386 parameters, 1.00 ms",
    ]
    assert all(axis.get_ylim()[1] <= 100 for axis in figure.axes)
    with Image.open(io.BytesIO(plots.png(figure))) as picture:
        assert picture.width > 1000
