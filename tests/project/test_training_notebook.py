"""The training notebook runs from top to bottom, and tells the same figures as the card."""

import hashlib
import json
import re
from types import SimpleNamespace

import pytest
from notebook_runs import check_steps, everything, read, run

from digits.saving import DEFAULT_MODEL


@pytest.fixture(scope="module")
def training():
    return read("training")


def test_it_runs_quickly_from_top_to_bottom_and_learns(mnist, drawings, quick, full_data):
    before = hashlib.sha256(DEFAULT_MODEL.read_bytes()).hexdigest()
    output = run(read("training"))
    accuracy = float(re.search(r"mnist_test: .* right, ([\d.]+)%", output).group(1))
    assert accuracy > 80  # a small part of the data, seen four times
    if full_data:  # of the bundled sample too few drawings are held out to tell the steps apart
        check_steps(output)
    assert "saved my_three_conv.keras" in output
    assert "mnist_classification.py --model models/my_three_conv.keras" in output
    assert hashlib.sha256(DEFAULT_MODEL.read_bytes()).hexdigest() == before


@pytest.mark.parametrize(
    ("digits", "drawings", "recipe", "saved_as"),
    [
        (55_000, 6_995, {}, "mnist_model"),
        (2_000, 6_995, {}, "my_three_conv"),  # the bundled sample
        (55_000, 280, {}, "my_three_conv"),
        (55_000, 6_995, {"epochs": 1}, "my_three_conv"),
    ],
)
def test_only_a_full_run_replaces_the_bundled_model(training, digits, drawings, recipe, saved_as):
    (saving,) = (cell.source for cell in training.cells if "set_aside(MODEL)" in cell.source)
    standard = {"epochs": 24}
    at_hand = {
        "mnist": SimpleNamespace(train=SimpleNamespace(y=range(digits))),
        "train_drawings": range(drawings),
        "PRESETS": {"standard": standard},
        "RECIPE": standard | recipe,
        "reused": False,
    }
    exec(saving.partition("MODEL =")[0], at_hand)
    assert at_hand["name"] == saved_as


def test_without_the_pen_digits_it_says_so_and_goes_on(mnist, tmp_path, quick, monkeypatch):
    monkeypatch.setenv("PENDIGITS_PATH", str(tmp_path))  # nothing there
    monkeypatch.setenv("MPLBACKEND", "agg")  # pictures are drawn, but not shown
    # What it learns is for the test above: the networks of the steps learn nothing here.
    few = (
        'RECIPE = STEPS = RECIPE.changed({"epochs": 1, "images": 300})\nfit = lambda *_, **__: None'
    )
    output = run(read("training"), then=few)
    assert "continuing without the pen digits: there is no pendigits-orig.tra" in output
    assert "saved my_three_conv.keras" in output


def test_the_committed_outputs_and_the_card_tell_the_same_figures(training):
    card = json.loads(DEFAULT_MODEL.with_suffix(".json").read_text(encoding="utf-8"))
    for name in ("mnist_test", "pen_test_writers"):
        figures = card["figures"][name]
        line = f"{name}: {figures['correct']:,} of {figures['count']:,} right"
        assert line in everything(training)
