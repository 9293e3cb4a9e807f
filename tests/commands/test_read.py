"""`read` as a person runs it, on files and on folders."""

import json

import pytest
from command_line import run
from PIL import Image, ImageDraw

# Two sevens, a gap and a one, in a picture of 400×160.
LINES = (
    [(30, 40), (90, 40), (50, 130)],
    [(120, 40), (180, 40), (140, 130)],
    [(330, 40), (330, 130)],
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("numbers")
    picture = Image.new("L", (400, 160), "white")
    for line in LINES:
        ImageDraw.Draw(picture).line(line, fill="black", width=12, joint="curve")
    picture.save(folder / "a.png")
    Image.new("L", (60, 60), "white").save(folder / "blank.png")
    return folder


def test_read_prints_the_numbers_and_names_bad_files(folder, tmp_path):
    bad = tmp_path / "text.png"
    bad.write_text("not a picture")
    code, out, err = run("read", folder, bad, tmp_path / "none.png")
    assert code == 1
    assert out.splitlines() == [f"{folder / 'a.png'}: 77 1", f"{folder / 'blank.png'}: no digits"]
    assert [line.startswith("error: ") for line in err.splitlines()] == [True, True]
    assert str(bad) in err.splitlines()[0]
    assert f"there is no file {tmp_path / 'none.png'}" in err.splitlines()[1]


def test_read_as_json_has_boxes(folder, tmp_path):
    code, out, err = run("read", "--json", folder / "a.png", tmp_path / "none.png")
    assert code == 1
    assert err == ""
    found, missing = map(json.loads, out.splitlines())
    assert found["file"] == str(folder / "a.png")
    assert found["text"] == "77 1"
    assert [digit["digit"] for digit in found["digits"]] == [7, 7, 1]
    assert [digit["line"] for digit in found["digits"]] == [0, 0, 0]
    left, top, right, bottom = found["digits"][0]["box"]
    assert (
        abs(left - 28) < 8 and abs(top - 34) < 4 and abs(right - 96) < 8 and abs(bottom - 134) < 8
    )
    assert all(len(digit["probabilities"]) == 10 for digit in found["digits"])
    assert 0.5 < found["confidence"] <= 1
    assert set(missing) == {"file", "error"}


def test_read_needs_a_file():
    code, out, err = run("read")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "FILE" in err
