"""What a click on a correction button does, without a server; tests/browser has the rest."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from digits.data.corrections import load_corrections
from digits.data.digit_forms import parse_form
from digits.data.strokes import draw
from digits.errors import DataError, DigitsError, ImageError
from digits.page.tabs.correcting import correct


def drawn_seven() -> Image.Image:
    picture = Image.new("L", (280, 280), "white")
    ImageDraw.Draw(picture).line(
        [(80, 70), (200, 70), (120, 220)], fill="black", width=18, joint="curve"
    )
    return picture


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "feedback"


def fields(folder: Path) -> list[str]:
    """The fields of the last line of the table."""
    return (folder / "corrections.csv").read_text().splitlines()[-1].split(",")


def test_the_drawing_the_answer_and_the_right_digit_are_kept(classifier, folder):
    assert correct(classifier, folder, drawn_seven(), 1) == "Thank you. Kept as a 1."
    kept = load_corrections(folder)
    assert (kept.drawings[0] == np.asarray(drawn_seven())).all()
    assert kept.labels.tolist() == [1]
    _, answer, confidence, label, _ = fields(folder)
    assert (answer, label) == ("7", "1")
    assert float(confidence) == pytest.approx(
        classifier.predict(drawn_seven()).confidence, abs=1e-4
    )


def test_a_doubt_is_kept_as_no_answer(classifier, folder):
    letter = draw(parse_form("0,10 0,0! 3,6! 6,0! 6,10"), brush=14)  # M
    correct(classifier, folder, Image.fromarray(np.uint8(255 * (1 - letter))), 4)
    _, answer, confidence, label, _ = fields(folder)
    assert (answer, label) == ("", "4")
    assert 0 < float(confidence) < 0.5


@pytest.mark.parametrize("drawing", [None, Image.new("L", (280, 280), "white")])
def test_with_nothing_drawn_there_is_nothing_to_correct(classifier, folder, drawing):
    with pytest.raises(DigitsError, match="^Draw a digit first: there is nothing to correct.$"):
        correct(classifier, folder, drawing, 1)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("drawing", "digit", "error"),
    [(drawn_seven().resize((900, 900)), 7, ImageError), (drawn_seven(), 10, DataError)],
)
def test_what_is_no_correction_leaves_nothing(classifier, folder, drawing, digit, error):
    with pytest.raises(error):
        correct(classifier, folder, drawing, digit)
    assert not folder.exists()
