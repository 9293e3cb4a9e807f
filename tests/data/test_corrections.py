"""How corrections are kept and read, on a real disk."""

import re
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from digits.data.corrections import (
    MAX_BYTES,
    MAX_CORRECTIONS,
    keep_correction,
    load_corrections,
)
from digits.errors import DataError, ImageError

HEADER = "drawing,answer,confidence,label,time\n"


def drawn(*points: tuple[int, int], mode: str = "L", paper: object = "white") -> Image.Image:
    picture = Image.new(mode, (280, 280), paper)
    ImageDraw.Draw(picture).line(points, fill="black", width=18, joint="curve")
    return picture


SEVEN = drawn((80, 70), (200, 70), (120, 220))
ONE = drawn((140, 40), (140, 240))


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "feedback"


@pytest.fixture
def keep(folder):
    """Keep a drawing that was read as a 7, with 90 % confidence."""

    def keep(drawing: Image.Image, label: int, **facts) -> int:
        return keep_correction(
            folder, drawing, label=label, **{"answer": 7, "confidence": 0.9} | facts
        )

    return keep


def table(folder: Path) -> list[list[str]]:
    """The fields of every line below the header."""
    header, *lines = (folder / "corrections.csv").read_text().splitlines()
    assert header + "\n" == HEADER
    return [line.split(",") for line in lines]


# ---- keeping


def test_a_correction_is_a_png_and_a_line_and_nothing_else(keep, folder):
    assert keep(SEVEN, 1, answer=7, confidence=0.98765) == 1
    ((name, answer, confidence, label, time),) = table(folder)
    assert re.fullmatch(r"drawings/[0-9a-f]{16}\.png", name)
    assert (answer, confidence, label) == ("7", "0.9877", "1")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", time)
    with Image.open(folder / name) as kept:
        assert kept.format == "PNG"
        assert (np.asarray(kept) == np.asarray(SEVEN)).all()
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
    assert files - {".lock"} == {"corrections.csv", name}


def test_if_no_digit_was_named_the_answer_is_empty(keep, folder):
    keep(SEVEN, 4, answer=None, confidence=0.31)
    ((_, answer, confidence, label, _),) = table(folder)
    assert (answer, confidence, label) == ("", "0.3100", "4")
    assert load_corrections(folder).labels.tolist() == [4]


def test_ink_on_transparent_paper_is_kept_on_white(keep, folder):
    clear = drawn((80, 70), (200, 70), (120, 220), mode="RGBA", paper=(0, 0, 0, 0))
    assert keep(clear, 7) == 1
    assert (load_corrections(folder).drawings[0] == np.asarray(SEVEN)).all()


def test_numpy_numbers_are_numbers(keep, folder):
    keep(SEVEN, np.int64(1), answer=np.uint8(7), confidence=np.float32(0.5))
    assert [line[1:4] for line in table(folder)] == [["7", "0.5000", "1"]]


def test_a_drawing_is_kept_once_with_the_last_word_on_it(keep, folder):
    assert keep(SEVEN, 1) == 1
    assert keep(SEVEN, 1) == 1
    assert keep(ONE, 1) == 2
    assert keep(SEVEN, 7) == 2
    assert sorted(line[3] for line in table(folder)) == ["1", "7"]
    assert len(list((folder / "drawings").iterdir())) == 2


def test_when_there_is_no_room_it_says_so_and_keeps_the_old_ones(keep, folder):
    for x in (40, 90, 140):
        keep(drawn((x, 40), (x, 240)), 1)
    before = (folder / "corrections.csv").read_bytes()
    with pytest.raises(DataError) as caught:
        keep(SEVEN, 7, max_corrections=3)
    assert str(caught.value) == (
        "The folder 'feedback' is full: it holds 3 corrections. Move it away to go on."
    )
    assert (folder / "corrections.csv").read_bytes() == before
    assert len(list((folder / "drawings").iterdir())) == 3
    assert keep(drawn((40, 40), (40, 240)), 7, max_corrections=3) == 3  # a change of mind has room
    assert [line[3] for line in table(folder)] == ["1", "1", "7"]


def test_two_thousand_drawings_are_the_most_and_take_40_megabytes_at_most():
    assert MAX_CORRECTIONS * MAX_BYTES == 40_000_000


def scribble() -> Image.Image:
    """As much ink as a person has patience for: 300 lines all over the sketchpad."""
    points = np.random.default_rng(3).integers(0, 280, (300, 2))
    return drawn(*map(tuple, points.tolist()))


def test_the_wildest_scribble_has_room_and_noise_has_none(keep, folder):
    assert keep(scribble(), 8) == 1
    noise = np.full((280, 280), 255, np.uint8)
    noise[40:240, 75:205] = np.random.default_rng(4).integers(0, 256, (200, 130))
    with pytest.raises(DataError, match="^That is too much ink for one digit: draw it anew.$"):
        keep(Image.fromarray(noise), 8)
    assert len(table(folder)) == 1


@pytest.mark.parametrize("label", [None, 10, -1, "7", 7.0, True, "=1+1", "1\n"])
def test_a_label_that_is_no_digit_is_one_clear_line_and_leaves_nothing(keep, folder, label):
    message = f"The right answer is one of the digits 0 to 9, not {label!r}."
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        keep(SEVEN, label)
    assert not folder.exists()


def test_a_drawing_of_another_size_is_one_clear_line_and_leaves_nothing(keep, folder):
    message = "A drawing to correct has 280 x 280 pixels, this one 900 x 901."
    with pytest.raises(ImageError, match=f"^{re.escape(message)}$"):
        keep(SEVEN.resize((900, 901)), 7)
    assert not folder.exists()


@pytest.mark.parametrize(
    "facts",
    [{"answer": 10}, {"answer": "7"}, {"confidence": 1.5}, {"confidence": float("nan")}],
    ids=str,
)
def test_what_no_network_answers_is_refused(keep, folder, facts):
    with pytest.raises(ValueError, match="an answer is a digit or None"):
        keep(SEVEN, 7, **facts)
    assert not folder.exists()


def test_many_at_once_are_all_kept(keep, folder):
    drawings = [drawn((x, 40), (x, 240)) for x in range(20, 260, 5)]
    with ThreadPoolExecutor(8) as people:
        counts = people.map(lambda drawing: keep(drawing, 1), drawings)
    assert sorted(counts) == list(range(1, 49))
    kept = load_corrections(folder)
    assert (len(kept.drawings), kept.skipped) == (48, 0)
    assert len({drawing.tobytes() for drawing in kept.drawings}) == 48


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
@pytest.mark.parametrize("known", [False, True], ids=["a new drawing", "a known one"])
def test_a_full_disk_is_one_clear_line_and_leaves_nothing_half_written(keep, folder, known):
    keep(ONE, 1)
    if known:
        keep(SEVEN, 1)
    with (folder / "corrections.csv").open("a") as table:  # so long that a drawing is shorter
        table.writelines(
            f"drawings/{n:016x}.png,1,0.9,7,2026-01-01T12:00:00+00:00\n" for n in range(200)
        )
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, most))  # the drawing still finds room
    try:
        with pytest.raises(DataError) as caught:
            keep(SEVEN, 7)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    assert str(caught.value) == (
        "The correction could not be kept (File too large): see that the disk has room"
        " and that the folder 'feedback' may be written."
    )
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


def test_a_folder_that_cannot_be_made_is_one_clear_line(keep, folder):
    folder.write_text("a file in its place")
    with pytest.raises(DataError, match=r"could not be kept .* folder 'feedback' may be written"):
        keep(SEVEN, 7)


def test_a_table_of_somebody_else_is_left_alone(keep, folder):
    folder.mkdir()
    (folder / "corrections.csv").write_text("name,phone\nada,555\n")
    with pytest.raises(DataError, match=r"corrections\.csv is no table of corrections: move it"):
        keep(SEVEN, 7)
    assert (folder / "corrections.csv").read_text() == "name,phone\nada,555\n"
    with pytest.raises(DataError, match="no table of corrections"):
        load_corrections(folder)


def test_neither_gradio_nor_tensorflow_nor_the_page_is_needed():
    code = (
        "import sys; from digits.data.corrections import keep_correction, load_corrections;"
        "print([m for m in sys.modules if m.startswith(('gradio', 'tensorflow', 'digits.page'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "[]\n"


# ---- reading


def test_drawings_and_labels_come_back(keep, folder):
    keep(SEVEN, 1)
    keep(ONE, 0)
    drawings, labels, skipped = load_corrections(folder)
    assert (drawings.shape, drawings.dtype) == ((2, 280, 280), np.uint8)
    assert (drawings == np.stack([SEVEN, ONE])).all()
    assert (labels.dtype, labels.tolist(), skipped) == (np.uint8, [1, 0], 0)


def test_damage_is_skipped_and_counted_and_the_rest_goes_on(keep, folder):
    keep(SEVEN, 7)
    keep(ONE, 1)
    lost, cut = "drawings/00000000000000aa.png", "drawings/00000000000000bb.png"
    (folder / cut).write_bytes((folder / table(folder)[0][0]).read_bytes()[:200])
    outside = folder.parent / "outside.png"
    SEVEN.save(outside)
    facts = ",7,0.9000,1,2030-01-01T00:00:00+00:00"
    header, seven, one = (folder / "corrections.csv").read_text().splitlines()
    name = seven.split(",")[0]
    damaged = [
        lost + facts,
        cut + facts,
        "drawings/../../outside.png" + facts,
        f"{outside}{facts}",
        f'"{name}{facts}',
        f"{name},7,0.9000,12,2030-01-01T00:00:00+00:00",
        "half a li",
    ]
    # As a spreadsheet ends its lines; and with bytes that are no text.
    text = "\r\n".join([header, *damaged[:5], seven, *damaged[5:], "", one, ""])
    (folder / "corrections.csv").write_bytes(text.encode() + b"\xff\x00\n")
    drawings, labels, skipped = load_corrections(folder)
    assert (drawings == np.stack([SEVEN, ONE])).all()
    assert (labels.tolist(), skipped) == ([7, 1], 8)

    # Another correction finds its place, and what was damaged stays as it was.
    assert keep(drawn((40, 40), (40, 240)), 1) == 11
    after = (folder / "corrections.csv").read_bytes()
    assert all(line.encode() + b"\n" in after for line in damaged)
    assert b"\n\xff\x00\n" in after
    assert load_corrections(folder).labels.tolist() == [7, 1, 1]


def test_without_corrections_the_way_to_them_is_named(tmp_path):
    with pytest.raises(DataError) as caught:
        load_corrections(tmp_path / "feedback")
    assert str(caught.value) == (
        f"there is no {tmp_path}/feedback/corrections.csv: correct some answers on the page first"
    )


def test_an_emptied_table_is_no_corrections(folder):
    folder.mkdir()
    (folder / "corrections.csv").write_text(HEADER)
    drawings, labels, skipped = load_corrections(folder)
    assert (drawings.shape, labels.shape, skipped) == ((0, 280, 280), (0,), 0)
