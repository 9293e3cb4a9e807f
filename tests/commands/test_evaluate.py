"""`evaluate` as a person runs it: figures, a report, and what happens without the data."""

import re

import pytest
from command_line import names, run

from digits.commands.evaluate import digits_to_read
from digits.errors import DataError


def test_evaluate_prints_the_figures_and_writes_a_report(mnist, drawings, classifier, tmp_path):
    code, out, err = run("evaluate", "--validation", folder=tmp_path, fresh=True)
    assert (code, err) == (0, "")
    on_mnist, on_pen, report = out.splitlines()
    right = (classifier.probabilities(mnist.validation.x).argmax(1) == mnist.validation.y).mean()
    read = f"{100 * right:.2f} % of {len(mnist.validation.y):,} read correctly"
    assert on_mnist.startswith(f"{mnist.name} validation: {read}")
    assert re.match(r"Pen digits of the validation writers: (9\d|100)\.\d\d % of", on_pen)
    assert report == "Report: mnist_model-report.html"
    page = (tmp_path / "mnist_model-report.html").read_text(encoding="utf-8")
    assert f"{100 * right:.2f} %" in page
    assert names(tmp_path) == ["mnist_model-report.html"]


def test_evaluate_goes_on_without_pen_digits_and_says_where_it_cannot_write(mnist, tmp_path):
    (tmp_path / "taken").mkdir()
    flags = ["evaluate", "--output", "taken"]
    code, out, err = run(*flags, PENDIGITS_PATH=tmp_path / "none", folder=tmp_path)
    assert code == 1
    without, on_mnist = out.splitlines()
    assert without.startswith("Continuing without the pen digits: there is no pendigits-orig.tra")
    assert on_mnist.startswith(f"{mnist.test_name}: 99.")
    assert err == (
        "error: the report cannot be written as taken (Is a directory): "
        "choose another path with --output\n"
    )
    assert names(tmp_path) == ["taken"]


def test_evaluate_names_the_data_that_it_cannot_do_without(monkeypatch, tmp_path):
    monkeypatch.setenv("PENDIGITS_PATH", str(tmp_path / "none"))
    with pytest.raises(DataError, match=r"there is no pendigits-orig\.tra"):
        digits_to_read("pen", validation=False)
