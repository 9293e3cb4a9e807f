"""The worksheet for a class: what is to be filled in, and the file."""

import subprocess
import sys

import numpy as np
from documents import ROOT

from docs import make_worksheet


def test_the_answers_are_right():
    assert make_worksheet.feature_map().tolist() == [
        [0, 1, 1, 1, -1, -2],
        [1, 1, 0, 2, -1, -3],
        [2, 1, -1, 1, 0, -3],
        [2, 0, -1, 2, 0, -3],
        [1, 0, 0, 2, 0, -3],
        [0, 0, 0, 2, 0, -2],
    ]
    assert make_worksheet.pooled().tolist() == [[1, 2, 0], [2, 2, 0], [1, 2, 0]]
    assert make_worksheet.shares() == [67, 24, 9]
    assert np.round(np.exp([2, 1, 0]), 1).tolist() == list(make_worksheet.POWERS)


def test_the_maps_to_match_are_four_different_ones():
    maps = [
        make_worksheet.slide(make_worksheet.FOUR, make_worksheet.OTHER_KERNELS[name])
        for name in make_worksheet.IN_ORDER
    ]
    assert sorted(make_worksheet.IN_ORDER) == ["A", "B", "C", "D"]
    assert len({each.tobytes() for each in maps}) == 4


def test_the_command_writes_a_pdf_of_four_pages(tmp_path):
    target = tmp_path / "worksheet.pdf"
    command = [sys.executable, "-m", "docs.make_worksheet", str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("worksheet.pdf: two pages to fill in, and two with the answers\n")
    content = target.read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page ") == 4
