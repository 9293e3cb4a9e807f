"""The comparison with other digit readers: its table, and what it says of a reader that fails."""

import sys

import numpy as np
import pytest
from PIL import Image

from benchmarks import peer_readers
from benchmarks.peer_packages import READING, Peer, Skipped, run
from benchmarks.peer_pictures import DARK_ON_LIGHT, Pictures, make_pictures
from benchmarks.peers import Answers, markdown, measure, row
from benchmarks.plain_ways import separate


def test_a_row_tells_what_is_right_and_what_is_declined(tmp_path):
    shown = Pictures(tmp_path, digits=[1, 2, 3, 4], texts=["1234", "5678"])
    drawings = [(1, 0.9), (2, 0.9), (3, 0.9), (9, 0.8)]
    digit_images = [(1, 0.9), (2, 0.9), (3, 0.9), (4, 0.9)]
    non_digits = [(0, 0.4), (0, 0.6), (0, 0.85), (0, 0.95)]
    sure = Answers(drawings, digit_images, non_digits, ["1234", "568"], threshold=0.5)
    # 97 % of the drawings have a confidence of more than 0.809.
    assert row(sure, shown) == ["75.0%", "100.0%", "50.0%", "25.0%", "50.0%"]
    blunt = Answers(*([(digit, None) for digit, _ in said] for said in sure[:3]))
    assert row(blunt, shown) == [
        "75.0%",
        "100.0%",
        "reads one digit",
        "always names a digit",
        "tells no confidence",
    ]


def test_a_reader_that_cannot_be_installed_is_a_row_with_the_reason(
    tmp_path, monkeypatch, classifier
):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    pictures = make_pictures(tmp_path / "pictures", validation=True, most=8)
    assert len(pictures.digits) == len(pictures.texts) == 8
    absent = Peer("a-digit-reader", "1.0", "empty", (), DARK_ON_LIGHT, "stamps")
    rows = measure(classifier, classifier, pictures, tmp_path, [absent])
    table = markdown(rows, pictures, validation=True)
    head, _, own, skipped, reshaped, boxed, _, below = table.splitlines()
    assert head.startswith("| reader | drawings read correctly | the same as digit images | ")
    assert own.startswith("| **this project** 1.")
    assert skipped.startswith("| `a-digit-reader` 1.0 (made for stamps) | skipped: ")
    assert "No matching distribution found for a-digit-reader==1.0" in skipped
    assert "canvas reshaped to 28×28" in reshaped and "reads one digit" in reshaped
    assert "bounding box with margin" in boxed and "reads one digit" not in boxed
    assert {line.count(" | ") for line in (head, own, skipped, reshaped, boxed)} == {5}
    assert "8 drawings of the validation writers, 8 numbers composed of their digits" in below

    # Its environment is no part of this one.
    with pytest.raises(Skipped, match="^ModuleNotFoundError: No module named 'numpy'$"):
        run([str(tmp_path / "empty" / "bin" / "python"), "-c", "import numpy"], READING)


def test_a_reader_that_fails_says_why_and_one_that_hangs_is_ended(tmp_path):
    (tmp_path / "drawings").mkdir()
    Image.fromarray(np.zeros((28, 28), np.uint8)).save(tmp_path / "drawings" / "00000.png")
    script = [sys.executable, "-I", peer_readers.__file__]
    with pytest.raises(Skipped, match="^ModuleNotFoundError: No module named 'ccexam'$"):
        run([*script, "ccexam", str(tmp_path), str(tmp_path / "answers.json")], READING)
    with pytest.raises(Skipped, match="^took longer than 0.001 minutes$"):
        run([sys.executable, "-c", "import time; time.sleep(60)"], 0.06)


def test_the_usual_way_cuts_a_number_at_its_gaps():
    ink = np.zeros((20, 60), np.float32)
    ink[4:16, 5:10] = 1
    ink[2:4, 20:30] = ink[6:16, 18:26] = 1  # two contours of one digit
    ink[4:16, 40:50] = 1
    parts = separate(ink)
    assert [np.flatnonzero(part.any(0))[[0, -1]].tolist() for part in parts] == [
        [5, 9],
        [18, 29],
        [40, 49],
    ]
    assert np.array_equal(sum(parts), ink)
