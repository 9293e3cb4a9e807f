"""`compare` as a person runs it: a table, a plot, networks, and what remains after Ctrl-C."""

import csv
import signal
import subprocess
import time
from contextlib import suppress

import pytest
from command_line import names, run, start
from PIL import Image

from digits.commands.compare import check_folder
from digits.errors import DigitsError


def test_compare_writes_table_plot_and_networks(mnist, drawings, tmp_path):
    flags = ["--architectures", "mlp,one_conv", "--images", "300", "--epochs", "1"]
    code, out, err = run("compare", *flags, "--output", "made/here", folder=tmp_path, fresh=True)
    assert (code, err) == (0, "")
    folder = tmp_path / "made" / "here"
    assert names(folder) == [
        "comparison.csv",
        "comparison.md",
        "comparison.png",
        "mlp.json",
        "mlp.keras",
        "one_conv.json",
        "one_conv.keras",
    ]
    table = (folder / "comparison.md").read_text(encoding="utf-8")
    assert table in out
    with (folder / "comparison.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["network"], row["parameters"]) for row in rows] == [
        ("mlp", "242762"),
        ("one_conv", "693962"),
    ]
    for row in rows:
        assert int(row["file_bytes"]) == (folder / f"{row['network']}.keras").stat().st_size
        assert 0.2 < float(row[f"{mnist.name} validation"]) < 1
        assert 0.1 < float(row["Pen digits of the validation writers"]) < 1
    with Image.open(folder / "comparison.png") as plot:
        assert plot.width > 1000


def test_compare_keeps_what_is_done_when_it_is_stopped(mnist, tmp_path):
    flags = ["--architectures", "mlp,three_conv", "--images", "200", "--epochs", "30"]
    folder, printed = tmp_path / "stopped", tmp_path / "printed.txt"
    folder.mkdir()
    with printed.open("w") as out, (tmp_path / "err.txt").open("w") as err:
        settings = {"folder": folder, "PENDIGITS_PATH": tmp_path / "none"}
        process = start("compare", *flags, out=out, err=err, **settings)
    while "\nmlp: " not in f"\n{printed.read_text()}":
        assert process.poll() is None, (tmp_path / "err.txt").read_text()
        time.sleep(0.05)
    code = None
    while code is None:
        # Repeat it if necessary: Python may drop a Ctrl-C during garbage collection.
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(timeout=15)
    assert code == 130
    last = "\nStopped after 1 of 2 networks; the results are in comparison.\n"
    assert printed.read_text().endswith(last)
    assert printed.read_text().count("three_conv") == 0
    assert names(folder / "comparison") == [
        "comparison.csv",
        "comparison.md",
        "comparison.png",
        "mlp.json",
        "mlp.keras",
    ]
    lines = (folder / "comparison" / "comparison.md").read_text().splitlines()
    assert [line.split("|")[1].strip() for line in lines] == ["network", "---", "mlp"]


def test_compare_names_the_networks_there_are_before_it_trains(tmp_path):
    code, out, err = run("compare", "--architectures", "mlp,resnet", folder=tmp_path)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "no network 'resnet': choose one of three_conv," in err
    assert names(tmp_path) == []


def test_compare_names_a_folder_that_it_cannot_write(tmp_path):
    (tmp_path / "taken").write_text("")
    for folder, reason in (("taken", "File exists"), ("taken/here", "Not a directory")):
        with pytest.raises(DigitsError, match=rf"folder .*{folder} cannot be written \({reason}"):
            check_folder(tmp_path / folder)
    check_folder(tmp_path / "new" / "here")
    assert names(tmp_path / "new") == ["here"]
    assert names(tmp_path / "new" / "here") == []
