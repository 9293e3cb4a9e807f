"""What becomes of corrections: on a real disk, with the real network."""

import base64
import io
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from digits.data.corrections import CorrectionLogger, load_corrections
from digits.data.digit_forms import parse_form
from digits.data.strokes import draw
from digits.errors import DataError, DigitsError

HEADER = "drawing,answer,confidence,label,time\n"


def drawn(*points: tuple[int, int], mode: str = "L", paper: object = "white") -> Image.Image:
    picture = Image.new(mode, (280, 280), paper)
    ImageDraw.Draw(picture).line(points, fill="black", width=18, joint="curve")
    return picture


def sent(picture: Image.Image) -> str:
    """What the sketchpad sends."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


SEVEN = drawn((80, 70), (200, 70), (120, 220))
ONE = drawn((140, 40), (140, 240))


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "feedback"


@pytest.fixture
def logger(classifier, folder) -> CorrectionLogger:
    logger = CorrectionLogger(classifier, max_corrections=3)
    logger.setup([], str(folder))
    return logger


def table(folder: Path) -> list[list[str]]:
    """The fields of every line below the header."""
    header, *lines = (folder / "corrections.csv").read_text().splitlines()
    assert header + "\n" == HEADER
    return [line.split(",") for line in lines]


# ---- keeping


def test_a_correction_is_a_png_and_a_line_and_nothing_else(logger, folder, classifier):
    assert logger.flag([sent(SEVEN), {"label": "what a browser claims"}], "1", "ada") == 1
    ((name, answer, confidence, label, time),) = table(folder)
    assert re.fullmatch(r"drawings/[0-9a-f]{16}\.png", name)
    assert (answer, label) == ("7", "1")
    assert float(confidence) == pytest.approx(classifier.predict(SEVEN).confidence, abs=1e-4)
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", time)
    with Image.open(folder / name) as kept:
        assert kept.format == "PNG"
        assert (np.asarray(kept) == np.asarray(SEVEN)).all()
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.*")}
    assert set(files) - {".lock"} == {"corrections.csv", name}
    assert not any(b"ada" in path.read_bytes() for path in files.values())


def test_where_no_digit_was_named_the_answer_is_empty(logger, folder):
    letter = draw(parse_form("0,10 0,0! 3,6! 6,0! 6,10"), brush=14)  # M
    logger.flag([sent(Image.fromarray(np.uint8(255 * (1 - letter))))], "4")
    ((_, answer, confidence, label, _),) = table(folder)
    assert (answer, label) == ("", "4")
    assert 0 < float(confidence) < 0.5


def test_ink_on_transparent_paper_is_kept_on_white(logger, folder):
    clear = drawn((80, 70), (200, 70), (120, 220), mode="RGBA", paper=(0, 0, 0, 0))
    assert logger.flag([sent(clear)], "7") == 1
    assert (load_corrections(folder).drawings[0] == np.asarray(SEVEN)).all()


def test_a_drawing_is_kept_once_with_the_last_word_on_it(logger, folder):
    assert logger.flag([sent(SEVEN)], "1") == 1
    assert logger.flag([sent(SEVEN)], "1") == 1
    assert logger.flag([sent(ONE)], "1") == 2
    assert logger.flag([sent(SEVEN)], "7") == 2
    assert sorted(line[3] for line in table(folder)) == ["1", "7"]
    assert len(list((folder / "drawings").iterdir())) == 2


def test_when_there_is_no_room_it_says_so_and_keeps_the_old_ones(logger, folder):
    for x in (40, 90, 140):
        logger.flag([sent(drawn((x, 40), (x, 240)))], "1")
    before = (folder / "corrections.csv").read_bytes()
    with pytest.raises(DigitsError) as caught:
        logger.flag([sent(SEVEN)], "7")
    assert str(caught.value) == (
        "Thank you, but no more than 3 corrections are kept, and there are that many: move the"
        " folder 'feedback' away to go on."
    )
    assert (folder / "corrections.csv").read_bytes() == before
    assert len(list((folder / "drawings").iterdir())) == 3
    assert logger.flag([sent(drawn((40, 40), (40, 240)))], "7") == 3  # a change of mind has room
    assert [line[3] for line in table(folder)] == ["1", "1", "7"]


def test_two_thousand_drawings_are_the_most_and_take_40_megabytes_at_most(classifier):
    from digits.data.corrections import MAX_BYTES

    assert CorrectionLogger(classifier).max_corrections * MAX_BYTES == 40_000_000


def scribble() -> Image.Image:
    """As much ink as a person has patience for: 300 lines all over the sketchpad."""
    points = np.random.default_rng(3).integers(0, 280, (300, 2))
    return drawn(*map(tuple, points.tolist()))


def test_the_wildest_scribble_has_room_and_noise_has_none(logger, folder):
    assert logger.flag([sent(scribble())], "8") == 1
    noise = np.full((280, 280), 255, np.uint8)
    noise[40:240, 75:205] = np.random.default_rng(4).integers(0, 256, (200, 130))
    with pytest.raises(DigitsError, match="too much ink for a digit"):
        logger.flag([sent(Image.fromarray(noise))], "8")
    assert len(table(folder)) == 1


BAD = {
    "nothing": (["", {}], "1", "Draw a digit first"),
    "no value": ([None, {}], "1", "Draw a digit first"),
    "no data at all": ([], "1", "Draw a digit first"),
    "white paper": ([sent(Image.new("L", (280, 280), "white"))], "1", "Draw a digit first"),
    "a number": ([7], "1", "PNG data URL"),
    "a file": ([{"path": "models/mnist_model.json"}], "1", "PNG data URL"),
    "no PNG": (["data:image/png;base64,AAAA"], "1", "does not hold a PNG"),
    "another size": ([sent(SEVEN.resize((900, 900)))], "1", "280 x 280 pixels, this one 900 x 900"),
    "no label": ([sent(SEVEN)], None, "one of 0 to 9"),
    "two digits": ([sent(SEVEN)], "10", "one of 0 to 9"),
    "a formula": ([sent(SEVEN)], "=1+1", "one of 0 to 9"),
    "a line of its own": ([sent(SEVEN)], "1\n", "one of 0 to 9"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_correction_is_one_clear_line_and_leaves_nothing(logger, folder, name):
    data, label, message = BAD[name]
    with pytest.raises(DigitsError, match=re.escape(message)) as caught:
        logger.flag(data, label)
    assert "\n" not in str(caught.value)
    assert not folder.exists()


def test_many_at_once_through_two_pages_are_all_kept(classifier, folder):
    pages = [CorrectionLogger(classifier), CorrectionLogger(classifier)]
    for page in pages:
        page.setup([], folder)
    drawings = [sent(drawn((x, 40), (x, 240))) for x in range(20, 260, 5)]
    with ThreadPoolExecutor(8) as people:
        counts = people.map(
            lambda number: pages[number % 2].flag([drawings[number]], "1"), range(len(drawings))
        )
    assert sorted(counts) == list(range(1, 49))
    kept = load_corrections(folder)
    assert (len(kept.drawings), kept.skipped) == (48, 0)
    assert len({drawing.tobytes() for drawing in kept.drawings}) == 48


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
@pytest.mark.parametrize("known", [False, True], ids=["a new drawing", "a known one"])
def test_a_full_disk_is_one_clear_line_and_leaves_nothing_half_written(logger, folder, known):
    logger.flag([sent(ONE)], "1")
    if known:
        logger.flag([sent(SEVEN)], "1")
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    (folder / "corrections.csv.part").symlink_to("/dev/full")  # the drawing still finds room
    with pytest.raises(DigitsError) as caught:
        logger.flag([sent(SEVEN)], "7")
    assert str(caught.value) == (
        "The correction could not be kept (No space left on device): see that the disk has room"
        " and that the folder 'feedback' may be written."
    )
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


def test_a_folder_that_cannot_be_made_is_one_clear_line(logger, folder):
    folder.write_text("a file in its place")
    with pytest.raises(DigitsError, match=r"could not be kept .* folder 'feedback' may be written"):
        logger.flag([sent(SEVEN)], "7")


def test_a_table_of_somebody_else_is_left_alone(logger, folder):
    folder.mkdir()
    (folder / "corrections.csv").write_text("name,phone\nada,555\n")
    with pytest.raises(DataError, match=r"corrections\.csv is no table of corrections: move it"):
        logger.flag([sent(SEVEN)], "7")
    assert (folder / "corrections.csv").read_text() == "name,phone\nada,555\n"
    with pytest.raises(DataError, match="no table of corrections"):
        load_corrections(folder)


# ---- reading


def test_drawings_and_labels_come_back(logger, folder):
    logger.flag([sent(SEVEN)], "1")
    logger.flag([sent(ONE)], "0")
    drawings, labels, skipped = load_corrections(folder)
    assert (drawings.shape, drawings.dtype) == ((2, 280, 280), np.uint8)
    assert (drawings == np.stack([SEVEN, ONE])).all()
    assert (labels.dtype, labels.tolist(), skipped) == (np.uint8, [1, 0], 0)


def test_damage_is_skipped_and_counted_and_the_rest_goes_on(logger, folder):
    logger.flag([sent(SEVEN)], "7")
    logger.flag([sent(ONE)], "1")
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
    logger.max_corrections = 20
    assert logger.flag([sent(drawn((40, 40), (40, 240)))], "1") == 11
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
