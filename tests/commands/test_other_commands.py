"""The commands that read, measure, compare and export, as a person runs them: real processes."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from digits.commands.compare import check_folder
from digits.commands.evaluate import digits_to_read
from digits.errors import DataError, DigitsError

ROOT = Path(__file__).resolve().parents[2]
COMMAND = ROOT / "mnist_classification.py"
MAIN = "import mnist_classification; sys.exit(mnist_classification.main())"
WITHOUT_TF2ONNX = f"import sys; sys.modules['tf2onnx'] = None; {MAIN}"
# No file may grow beyond 200 kB, as on a disk that is nearly full.
ON_A_FULL_DISK = (
    f"import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, -1)); {MAIN}"
)


def environment(**changes: object) -> dict[str, str]:
    """Our variables without those that steer TensorFlow; and `changes`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    return kept | {name: str(value) for name, value in changes.items()}


def run(folder: Path, *arguments: object, python=(COMMAND,), **changes) -> tuple[int, str, str]:
    """Run the command in a folder, to its end: exit code, stdout, stderr."""
    done = subprocess.run(
        [sys.executable, *python, *map(str, arguments)],
        cwd=folder,
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
    )
    return done.returncode, done.stdout, done.stderr


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def pictures(tmp_path) -> Path:
    """A folder with two pictures, a broken one, a text, and a folder that nobody asked for."""
    folder = tmp_path / "pictures"
    (folder / "deeper").mkdir(parents=True)
    with Image.open(ROOT / "assets" / "seven.png") as seven:
        seven.save(folder / "b.png")
        seven.save(folder / "deeper" / "z.png")
    Image.new("L", (40, 40), "white").save(folder / "A.JPG", format="JPEG")
    (folder / "c.webp").write_text("no picture")
    (folder / "notes.txt").write_text("no picture either")
    (tmp_path / "empty").mkdir()
    return folder


def test_predict_reads_the_pictures_in_a_folder_for_people(pictures, tmp_path):
    code, out, err = run(tmp_path, "predict", "pictures", "empty", "pictures/deeper/z.png")
    assert code == 1
    blank, seven, deeper = out.splitlines()
    assert blank == "pictures/A.JPG: no digit (nothing drawn)"
    assert seven.startswith("pictures/b.png: 7 (")
    assert deeper.startswith("pictures/deeper/z.png: 7 (")
    broken, empty = err.splitlines()
    assert broken.startswith("error: pictures/c.webp is no picture")
    assert empty == (
        "error: there are no pictures in the folder empty: "
        "put some into it (PNG, JPEG, WEBP, BMP, GIF, TIFF)"
    )


def test_predict_reads_for_programs(pictures, tmp_path):
    code, out, err = run(tmp_path, "predict", "--json", "pictures", "empty", "none.png")
    assert (code, err) == (1, "")
    blank, seven, broken, empty, missing = map(json.loads, out.splitlines())
    assert blank == {
        "file": "pictures/A.JPG",
        "digit": None,
        "confidence": 0,
        "probabilities": [0.1] * 10,
        "reason": "nothing drawn",
    }
    assert (seven["file"], seven["digit"], seven["reason"]) == ("pictures/b.png", 7, None)
    assert len(seven["probabilities"]) == 10
    assert seven["confidence"] == seven["probabilities"][7] > 0.5
    assert sum(seven["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert [answer["file"] for answer in (broken, empty, missing)] == [
        "pictures/c.webp",
        "empty",
        "none.png",
    ]
    assert "damaged" in broken["error"]
    assert "no pictures in the folder empty" in empty["error"]
    assert "no file none.png" in missing["error"]


def test_evaluate_prints_the_figures_and_writes_a_report(mnist, drawings, classifier, tmp_path):
    code, out, err = run(tmp_path, "evaluate", "--validation")
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
    code, out, err = run(tmp_path, *flags, PENDIGITS_PATH=tmp_path / "none")
    assert code == 1
    without, on_mnist = out.splitlines()
    assert without.startswith("Without the pen digits: there is no pendigits-orig.tra")
    assert on_mnist.startswith(f"{mnist.test_name}: 99.")
    assert err == (
        "error: the report cannot be written as taken (Is a directory): "
        "name another place with --output\n"
    )
    assert names(tmp_path) == ["taken"]


def test_evaluate_names_the_data_that_it_cannot_do_without(monkeypatch, tmp_path):
    monkeypatch.setenv("PENDIGITS_PATH", str(tmp_path / "none"))
    with pytest.raises(DataError, match=r"there is no pendigits-orig\.tra"):
        digits_to_read("pen", validation=False)


def test_compare_writes_table_plot_and_networks(mnist, drawings, tmp_path):
    flags = ["--architectures", "mlp,one_conv", "--images", "300", "--epochs", "1"]
    code, out, err = run(tmp_path, "compare", *flags, "--output", "made/here")
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
    # Where the tests run in the background Ctrl-C is ignored, and the command would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    flags = ["--architectures", "mlp,three_conv", "--images", "200", "--epochs", "30"]
    with subprocess.Popen(
        [sys.executable, COMMAND, "compare", *flags],
        cwd=tmp_path,
        env=environment(PENDIGITS_PATH=tmp_path / "none"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        printed = []
        while not printed or not printed[-1].startswith("mlp: "):
            printed.append(process.stdout.readline())
            assert printed[-1], process.stderr.read()
        out = None
        while out is None:
            # Once more if need be: Python drops a Ctrl-C that meets it while it clears up.
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                out, _ = process.communicate(timeout=15)
    assert process.returncode == 130
    assert out == "\nStopped after 1 of 2 networks; they are in comparison.\n"
    assert names(tmp_path / "comparison") == [
        "comparison.csv",
        "comparison.md",
        "comparison.png",
        "mlp.json",
        "mlp.keras",
    ]
    lines = (tmp_path / "comparison" / "comparison.md").read_text().splitlines()
    assert [line.split("|")[1].strip() for line in lines] == ["network", "---", "mlp"]


def test_compare_names_the_networks_there_are_before_it_trains(tmp_path):
    code, out, err = run(tmp_path, "compare", "--architectures", "mlp,resnet")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "no network 'resnet': choose one of three_conv," in err
    assert names(tmp_path) == []


def test_compare_refuses_a_model_as_it_trains_new_ones(tmp_path):
    code, out, error = run(tmp_path, "compare", "--model", "mine.keras")
    assert (code, out) == (1, "")
    assert error == "error: compare trains new networks: leave --model out\n"


def test_compare_names_a_folder_that_it_cannot_write(tmp_path):
    (tmp_path / "taken").write_text("")
    for folder, reason in (("taken", "File exists"), ("taken/here", "Not a directory")):
        with pytest.raises(DigitsError, match=rf"folder .*{folder} cannot be written \({reason}"):
            check_folder(tmp_path / folder)
    check_folder(tmp_path / "new" / "here")
    assert names(tmp_path / "new") == ["here"]
    assert names(tmp_path / "new" / "here") == []


def test_export_writes_a_checked_file(classifier, mnist, tmp_path):
    code, out, err = run(tmp_path, "export", "--format", "onnx")
    assert (code, err) == (0, "")
    wrote, takes, compared = out.splitlines()
    assert wrote == "Wrote mnist_model.onnx, 1.1 MB."
    assert "(N, 28, 28, 1) float32 in [0, 1], 1 is ink" in takes
    count = min(1000, len(mnist.validation.y))
    assert compared.startswith(f"Compared with mnist_model.keras on {count:,} images: 100.0 % ")
    x = mnist.validation.x[:5]
    session = onnxruntime.InferenceSession(tmp_path / "mnist_model.onnx")
    (got,) = session.run(None, {"images": x[..., None]})
    assert np.abs(got - classifier.probabilities(x)).max() < 1e-5
    assert names(tmp_path) == ["mnist_model.onnx"]


def test_export_needs_no_data(tmp_path):
    flags = ["export", "--format", "litert", "--output", "digits.tflite"]
    code, out, err = run(tmp_path, *flags, MNIST_PATH=tmp_path / "none")
    assert (code, err) == (0, "")
    assert "on 1,000 images" in out
    assert names(tmp_path) == ["digits.tflite"]


def test_export_names_the_package_that_is_missing(tmp_path):
    python = ("-c", WITHOUT_TF2ONNX)
    code, out, err = run(tmp_path, "export", "--format", "onnx", python=python, PYTHONPATH=ROOT)
    line = "error: the format onnx needs the Python package tf2onnx: "
    assert (code, out, err) == (1, "", f"{line}pip install -r requirements-export.txt\n")
    assert names(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit a file's size")
@pytest.mark.parametrize("format", ["onnx", "tf_saved_model"])
def test_an_export_that_is_too_large_for_the_disk_leaves_nothing(format, tmp_path):
    flags = ["export", "--format", format, "--output", "digits"]
    code, out, err = run(tmp_path, *flags, python=("-c", ON_A_FULL_DISK), PYTHONPATH=ROOT)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("error: the network cannot be written as digits (")
    assert names(tmp_path) == []
