"""`predict` as a person runs it, on files and on folders."""

import json
import os
import struct
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from command_line import MODEL, ROOT, run, start
from PIL import Image


def test_predict_needs_a_file():
    code, out, err = run("predict", fresh=True)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "FILE" in err


def test_predict_answers_each_file_and_names_the_bad_ones(seven, tmp_path):
    blank, text = tmp_path / "blank.png", tmp_path / "text.png"
    Image.new("RGB", (40, 40), "white").save(blank)
    text.write_text("not a picture")
    code, out, err = run("predict", text, seven, tmp_path / "none.png", blank, fresh=True)
    assert code == 1
    lines = out.splitlines()
    assert lines[0] == f"{seven}: 7 (> 99 %)"
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


def test_many_pictures_are_answered_in_order(tmp_path):
    # More groups than are decoded ahead, with bad files among the good ones.
    folder = tmp_path / "many"
    folder.mkdir()
    with Image.open(ROOT / "assets" / "seven.png") as seven:
        seven.resize((28, 28)).save(folder / "0000.png")
    content = (folder / "0000.png").read_bytes()
    for number in range(1, 1500):
        bad = number % 100 == 99
        (folder / f"{number:04}.png").write_bytes(b"no picture" if bad else content)
    code, out, err = run("predict", "many", "none.png", "many/0001.png", folder=tmp_path)
    assert code == 1
    good = [f"{number:04}" for number in range(1500) if number % 100 != 99] + ["0001"]
    assert [line.partition(".png: 7 (")[0] for line in out.splitlines()] == [
        f"many/{number}" for number in good
    ]
    bad = [line.partition(" is not a readable picture")[0] for line in err.splitlines()]
    assert bad[:-1] == [f"error: many/{number:04}.png" for number in range(99, 1500, 100)]
    assert bad[-1].startswith("error: there is no file none.png")


@pytest.mark.skipif(sys.platform == "win32", reason="it has no pseudo-terminals")
@pytest.mark.parametrize("terminal", [True, False])
def test_progress_shows_on_a_terminal_only_and_never_among_the_answers(terminal, seven, tmp_path):
    import fcntl
    import pty
    import termios

    (tmp_path / "again.png").write_bytes(Path(seven).read_bytes())
    screen, keyboard = pty.openpty() if terminal else os.pipe()
    if terminal:  # of 24 rows and 80 columns
        fcntl.ioctl(keyboard, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with (tmp_path / "out.txt").open("w") as out:
        process = start("predict", seven, "again.png", out=out, err=keyboard, folder=tmp_path)
    os.close(keyboard)
    shown = b""
    with suppress(OSError):  # what Linux says at the end of a pseudo-terminal
        while piece := os.read(screen, 4096):
            shown += piece
    os.close(screen)
    assert process.wait(timeout=60) == 0
    lines = (tmp_path / "out.txt").read_text().splitlines()
    assert [line.partition(": 7 (")[0] for line in lines] == [str(seven), "again.png"]
    assert (b"/2 [" in shown) == terminal
    assert terminal or shown == b""
