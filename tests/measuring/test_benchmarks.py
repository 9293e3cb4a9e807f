"""The accuracy benchmark measures any model file and says so in one table."""

import json

import numpy as np
import pytest

from benchmarks import accuracy, damage, files, page
from benchmarks.plain_ways import bounding_box_with_margin, reshape_canvas
from digits.errors import DigitsError


def test_the_naive_preprocessing_is_that_of_most_pages():
    canvas = np.zeros((280, 280), np.float32)
    canvas[20:120, 30:50] = 1  # a bar at the upper left
    shrunk = reshape_canvas(canvas)
    assert shrunk.shape == (28, 28)
    assert np.flatnonzero(shrunk.max(1) > 0.5).tolist() == list(range(2, 12))
    boxed = bounding_box_with_margin(canvas)
    assert boxed.shape == (28, 28)
    # The bar is 100 of 140 pixels high with its margins: 20 of 28.
    assert np.flatnonzero(boxed.max(1) > 0.5).tolist() == list(range(4, 24))


def test_the_figures_go_between_the_markers_and_into_the_card(tmp_path):
    readme, card = tmp_path / "README.md", tmp_path / "model.json"
    readme.write_text(f"before\n{accuracy.START}\nold\n{accuracy.END}\nafter\n")
    card.write_text('{"task": "test"}')
    accuracy.update(readme, {"MNIST": "99.9%"})
    accuracy.update(card, {"MNIST": "99.9%"})
    assert readme.read_text() == (
        f"before\n{accuracy.START}\n| metric | value |\n| --- | --- |\n| MNIST | 99.9% |\n"
        f"{accuracy.END}\nafter\n"
    )
    assert json.loads(card.read_text()) == {"task": "test", "benchmark": {"MNIST": "99.9%"}}
    (tmp_path / "empty.md").write_text("no place")
    with pytest.raises(DigitsError, match="has no place for the table"):
        accuracy.update(tmp_path / "empty.md", {})


def test_the_table_of_the_bundled_model_shows_the_gain(pen_digits, monkeypatch, capsys):
    monkeypatch.setattr(damage, "COUNT", 20)  # what becomes of them is not looked at here
    held_out = pen_digits.drawings().validation
    assert accuracy.main(["--validation"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["| metric | value |", "| --- | --- |"]
    rows = dict(line.strip("| ").split(" | ") for line in lines[2:])
    ours = percent(rows, f"**Pen digits of the validation writers**, {2 * len(held_out)} drawings")
    assert ours > 97
    assert percent(rows, "pen digits, canvas reshaped to 28×28") < ours - 20
    assert (
        percent(rows, "pen digits, bounding box with margin") > 90
    )  # close to ours, or above it by chance


def percent(rows: dict[str, str], name: str) -> float:
    return float(rows[name].rstrip("%"))


def test_a_missing_model_is_one_line_and_a_failure(capsys, tmp_path):
    assert accuracy.main([str(tmp_path / "absent.keras")]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("error: there is no model file")
    assert output.err.count("\n") == 1


def test_the_benchmark_of_files_measures_each_kind_in_both_ways(capsys):
    assert files.main(["--count", "6"]) == 0
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert head == "| files | plain loop, a second | predict, a second | ratio |"
    assert [row.split(" | ")[0] for row in rows] == [
        "| 6 of 28×28 pixels, PNG",
        "| 6 of 280×280 pixels, PNG",
        "| 1 of 12-megapixel photos, JPEG",
    ]
    assert all(float(rate) > 0 for row in rows for rate in row.split(" | ")[1:3])


def test_the_page_and_the_usual_way_stand_side_by_side():
    ours = page.Load(bytes=[33_000, 160_000, 700_000], network=700_000, seconds=2, until_read=5.25)
    usual = page.Load(bytes=[547_000], seconds=9.44, shift=0.0126)
    measured = [
        page.Measured(ours, ours, [[10, 20, 30], [11, 21, 31], [12, 22, 32]]),
        page.Measured(usual, usual, [[400, 600, 800], [1000, 2000, 3000]]),
    ]
    table = dict(page.rows(measured))
    assert table["pen to answer, median, ms"] == ["20", "600"]
    assert table["pen to answer, at 3G speeds, 95th percentile, ms"] == ["30", "2900"]
    assert table["pen to answer, offline, median, ms"] == ["22", "none"]
    assert table["first load, kB"] == ["193", "547"]
    assert table["the network that reads in the browser, kB"] == ["700", "0"]
    assert table["requests of the first load"] == ["3", "1"]
    assert table["until one can draw, at 3G speeds, seconds"] == ["2.0", "9.4"]
    assert table["until it answers while one draws, at 3G speeds, seconds"] == ["5.2", "never"]
    assert table["layout shift"] == ["0.000", "0.013"]
