"""`predict` as a person runs it, on files and on folders."""

import json
import re
from pathlib import Path

import pytest
from command_line import MODEL, ROOT, run
from PIL import Image


def test_predict_needs_a_file():
    code, out, err = run("predict")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "FILE" in err


def test_predict_answers_each_file_and_names_the_bad_ones(seven, tmp_path):
    blank, text = tmp_path / "blank.png", tmp_path / "text.png"
    Image.new("RGB", (40, 40), "white").save(blank)
    text.write_text("not a picture")
    code, out, err = run("predict", text, seven, tmp_path / "none.png", blank)
    assert code == 1
    lines = out.splitlines()
    assert re.fullmatch(rf"{seven}: 7 \(\d+\.\d%\)", lines[0])
    assert lines[1:] == [f"{blank}: no digit (nothing drawn)"]
    assert [line.startswith("error: ") for line in err.splitlines()] == [True, True]
    assert str(text) in err.splitlines()[0]
    assert f"there is no file {tmp_path / 'none.png'}" in err.splitlines()[1]


def test_predict_with_a_model_of_ones_own(seven, tmp_path):
    model = tmp_path / "mine.keras"
    model.write_bytes(MODEL.read_bytes())
    code, out, err = run("predict", "--model", model, seven)
    assert (code, err) == (0, "")
    assert out.startswith(f"{seven}: 7 (")


def test_a_missing_model_names_the_command_that_makes_one(tmp_path):
    code, out, err = run("--model", tmp_path / "none.keras")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert str(tmp_path / "none.keras") in err
    assert "make notebook" in err


def test_a_damaged_model_is_called_damaged(seven, tmp_path):
    model = tmp_path / "half.keras"
    model.write_bytes(MODEL.read_bytes()[: MODEL.stat().st_size // 2])
    code, out, err = run("--model", model, "predict", seven)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert f"{model} is damaged" in err


@pytest.fixture
def pictures(tmp_path) -> Path:
    """A folder with two pictures, a damaged one, a text file and a subfolder."""
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
    code, out, err = run("predict", "pictures", "empty", "pictures/deeper/z.png", folder=tmp_path)
    assert code == 1
    blank, seven, deeper = out.splitlines()
    assert blank == "pictures/A.JPG: no digit (nothing drawn)"
    assert seven.startswith("pictures/b.png: 7 (")
    assert deeper.startswith("pictures/deeper/z.png: 7 (")
    broken, empty = err.splitlines()
    assert broken.startswith("error: pictures/c.webp is not a readable picture")
    assert empty == (
        "error: there are no pictures in the folder empty: "
        "put some in it (PNG, JPEG, WEBP, BMP, GIF)"
    )


def test_predict_reads_for_programs(pictures, tmp_path):
    code, out, err = run("predict", "--json", "pictures", "empty", "none.png", folder=tmp_path)
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
