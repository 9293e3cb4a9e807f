"""In photos of paper, only the digit's ink is found; clean pictures are left unchanged."""

from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from benchmarks.photos import empty_papers, main, photographed
from benchmarks.simulated_photos import (
    DARK_PAPERS,
    KINDS,
    Photo,
    Scene,
    random_scene,
    take_photo,
)
from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.strokes import Drawing, draw, draw_randomly
from digits.errors import ImageError
from digits.images.decoding import to_colours
from digits.images.numbers.pieces import connected_pieces
from digits.images.photos import border_and_paper, ink_overlay, is_photo, page_ink, photo_inks
from digits.images.preprocessing import to_digit_image, to_ink
from digits.images.ruled_lines import without_rules

SEVEN = parse_form(DIGIT_FORMS[7][1])


@pytest.fixture(scope="module")
def album(held_out) -> dict[str, list[tuple[Drawing, Photo]]]:
    """Three photos of each kind, each with the drawing it shows."""
    return {kind: list(photographed(held_out, kind, 3, largest=700)) for kind in KINDS}


def grown(mask: np.ndarray, pixels: int) -> np.ndarray:
    """The mask, dilated by this many pixels in rows and columns."""
    for _ in range(2):
        padded = np.pad(mask, ((pixels, pixels), (0, 0)))
        steps = range(2 * pixels + 1)
        mask = np.any([padded[step : step + len(mask)] for step in steps], axis=0).T
    return mask


def agreement(picture: np.ndarray, ink: np.ndarray) -> float:
    """How well the ink found in a picture matches the drawn ink, 0 to 1.

    A stroke's width is a matter of taste: only what is nowhere near the other counts, which is
    beyond a twenty-fifth of the digit's size.
    """
    found = to_ink(picture) > 0.5
    drawn = np.asarray(Image.fromarray(ink).resize(found.shape[::-1])) > 0.5
    near = round(max(np.ptp(np.nonzero(drawn), axis=1)) / 25)
    right = (found & grown(drawn, near)).sum() / max(found.sum(), 1)
    covered = (drawn & grown(found, near)).sum() / drawn.sum()
    return min(right, covered)


# ---- what is found, against what was drawn


@pytest.mark.parametrize("kind", KINDS)
def test_the_ink_that_is_found_is_the_digit_s(kind, album):
    assert np.median([agreement(photo.picture, photo.ink) for _, photo in album[kind]]) > 0.9


@pytest.mark.parametrize("seed", [13, 18, 30, 51, 74, 86])
def test_the_table_beside_a_sheet_is_no_writing(seed):
    """Wood grain, a strip of a dark table or a finger: each was taken for ink before."""
    rng = np.random.default_rng(seed)
    scene = random_scene("table and finger", rng, largest=641)
    photo = take_photo(parse_form(DIGIT_FORMS[seed % 10][0]), scene, rng)
    for found in photo_inks(to_colours(photo.picture)):
        drawn = np.asarray(Image.fromarray(photo.ink).resize(found.shape[::-1])) > 0.2
        assert (found * grown(drawn, 7)).sum() > 0.9 * found.sum() > 0


def test_strokes_with_gaps_are_joined_where_numbers_are_read():
    """A hard pencil leaves gaps; the parts of a stroke were taken for digits of their own."""
    seven = draw(SEVEN, canvas=640, size=0.5, brush=9) > 0.5
    rows = np.arange(640)
    broken = seven & (rows % 36 >= 8)[:, None]
    rng = np.random.default_rng(0)
    picture = (0.8 - 0.3 * broken + rng.normal(0, 0.01, (640, 640))).clip(0, 1)
    found = page_ink(picture.astype(np.float32)[:, :, None]).ink > 0.5
    tall = [piece for piece in connected_pieces(found.astype(np.float32)) if piece.height > 20]
    assert len(tall) == 1


def test_writing_that_is_broken_everywhere_is_bridged_and_other_writing_is_not():
    """Of a hard pencil, only the grain of the paper takes graphite: a 7 came out in nine parts."""
    seven = draw(SEVEN, canvas=640, size=0.4, brush=8) > 0.5
    bare = np.random.default_rng(1).random((107, 107)) < 0.3
    beside = np.roll(seven, 190, axis=1)
    noise = np.random.default_rng(0).normal(0, 0.01, (640, 640))

    def parts(drawn: np.ndarray) -> int:
        picture = (0.8 - 0.3 * drawn + noise).clip(0, 1).astype(np.float32)
        return len([p for p in connected_pieces(page_ink(picture[:, :, None]).ink) if p.height > 9])

    assert parts(seven & ~np.kron(bare, np.ones((6, 6), bool))[:640, :640]) == 1
    assert parts(seven) == 1
    assert parts(seven | beside) == 2


def test_a_digit_that_the_edge_of_a_shadow_crosses_belongs_to_its_row():
    """It was left out: there is no even paper on both sides of its strokes."""
    row = sum(np.roll(draw(SEVEN, canvas=640, size=0.2, brush=9), 150 * n, 1) for n in (-1, 0, 1))
    # The shadow begins in the last digit.
    light = 1 - 0.5 / (1 + np.exp(-(np.arange(640) - 465) / 12))
    noise = np.random.default_rng(0).normal(0, 0.005, (640, 640))
    picture = (0.9 * light * (1 - 0.25 * row) + noise).clip(0, 1).astype(np.float32)
    found = page_ink(picture[:, :, None])
    middles = [found.left + piece.middle * found.scale for piece in connected_pieces(found.ink)]
    assert np.allclose(sorted(middles), [170, 320, 470], atol=15)


def mottled(rng: np.random.Generator) -> np.ndarray:
    """Paper with soft spots and fine noise, around 0: (640, 640) float."""
    spots = Image.fromarray(rng.normal(0, 1, (80, 80)).astype(np.float32))
    spread = np.asarray(spots.resize((640, 640), Image.Resampling.BICUBIC))
    return 0.005 * spread + rng.normal(0, 0.005, (640, 640))


@pytest.mark.parametrize("contrast", [0.065, 0.09])
def test_pale_writing_on_mottled_paper_is_found(contrast):
    """It was declined as too pale, though nothing else on the paper looks like it."""
    seven = draw(SEVEN, canvas=640, size=0.5, brush=14)
    paper = mottled(np.random.default_rng(0))
    picture = (0.8 * (1 - contrast * seven) + paper).clip(0, 1).astype(np.float32)
    found = page_ink(picture[:, :, None]).ink > 0.5
    assert (found & grown(seven > 0.5, 6)).sum() > 0.97 * found.sum() > 0
    assert (seven[grown(found, 6)] > 0.5).sum() > 0.95 * (seven > 0.5).sum()


@pytest.mark.parametrize("seed", range(5))
def test_mottled_paper_without_writing_stays_empty(seed):
    picture = (0.8 + 2 * mottled(np.random.default_rng(seed))).clip(0, 1).astype(np.float32)
    assert not page_ink(picture[:, :, None]).ink.any()


def test_digits_in_photos_are_read(classifier, album):
    shown = [pair for pairs in album.values() for pair in pairs]
    answers = classifier.predict_batch([photo.picture for _, photo in shown])
    right = [
        answer.digit == drawing.digit for answer, (drawing, _) in zip(answers, shown, strict=True)
    ]
    assert len(right) == 30
    assert sum(right) >= 27


def test_on_empty_paper_no_digit_is_named(classifier):
    answers = classifier.predict_batch(list(empty_papers(10, largest=700)))
    assert sum(answer.digit is not None for answer in answers) <= 1


RULED = {
    "grey squares": {"rules": "squared", "rule_pitch": 5.0, "rule_colour": (150, 150, 155)},
    "blue rules": {"rules": "ruled", "rule_colour": (120, 150, 205), "margin_line": True},
    "red squares": {"rules": "squared", "rule_pitch": 5.0, "rule_colour": (225, 140, 140)},
    "dark rules, askew": {"rules": "ruled", "rule_colour": (90, 95, 105), "roll": 8.0},
}


@pytest.mark.parametrize("name", RULED)
def test_rules_are_taken_away_and_the_digit_is_not(name):
    scene = Scene(pixels=(800, 600), rule_width=0.3, **RULED[name])
    photo = take_photo(SEVEN, scene, np.random.default_rng(1))
    assert agreement(photo.picture, photo.ink) > 0.95


@pytest.mark.parametrize("turned", [False, True])
def test_of_a_grid_and_a_stroke_the_stroke_is_left(turned):
    grid = np.zeros((300, 400), np.float32)
    grid[20::40, :] = grid[21::40, :] = 0.5
    grid[:, 15::40] = grid[:, 16::40] = 0.5
    stroke = np.zeros((300, 400), bool)
    stroke[60:240, 195:205] = True
    if turned:
        grid, stroke = np.ascontiguousarray(grid.T), stroke.T
    left = without_rules(np.where(stroke, np.float32(0.6), grid), noise=0.005)
    assert (left[stroke] > 0.55).all()
    assert left[~grown(stroke, 3)].max() == 0


@pytest.mark.parametrize("paper", DARK_PAPERS)
def test_light_ink_on_dark_paper_is_found(paper, classifier):
    scene = Scene(
        pen="white pen", pen_width=2.0, paper=DARK_PAPERS[paper], exposure=0.25, pixels=(700, 525)
    )
    photo = take_photo(SEVEN, scene, np.random.default_rng(2))
    assert agreement(photo.picture, photo.ink) > 0.95
    assert classifier.predict(photo.picture).digit == 7


def test_the_edges_of_strokes_stay_soft(album):
    ink = to_ink(album["plain"][0][1].picture)
    assert (ink.min(), ink.max(), max(ink.shape)) == (0, 1, 640)
    assert ((ink > 0.2) & (ink < 0.8)).sum() > 0.05 * (ink > 0.8).sum()


def test_the_same_seed_gives_the_same_photo():
    first, again = (
        take_photo(SEVEN, Scene(pixels=(320, 240)), np.random.default_rng(3)) for _ in range(2)
    )
    other = take_photo(SEVEN, Scene(pixels=(320, 240)), np.random.default_rng(4))
    assert np.array_equal(first.picture, again.picture)
    assert not np.array_equal(first.picture, other.picture)


def test_the_benchmark_without_a_model_is_one_line_and_a_failure(capsys, tmp_path):
    assert main(["--model", str(tmp_path / "absent.keras")]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("error: there is no model file")
    assert output.err.count("\n") == 1


# ---- clean pictures


def taken_for_a_photo(colours: np.ndarray) -> bool:
    return is_photo(colours, *border_and_paper(colours))


def test_drawings_and_scans_are_no_photos(held_out, mnist):
    rng = np.random.default_rng(5)
    for drawing in held_out[:300]:
        ink = draw_randomly(drawing.strokes, rng)
        scan = 0.9 - 0.7 * ink + rng.normal(0, 1 / 255, ink.shape).astype(np.float32)
        for picture in (ink, 1 - ink, scan):
            assert not taken_for_a_photo(picture[..., None])
    for image in mnist.validation.x[:200]:
        large = Image.fromarray(np.uint8(255 * image)).resize((280, 280), Image.Resampling.BOX)
        assert not taken_for_a_photo(image[..., None])
        assert not taken_for_a_photo(to_colours(large))


def test_clean_pictures_keep_their_ink_to_the_last_bit(held_out, mnist):
    rng = np.random.default_rng(6)
    for drawing in held_out[:200]:
        ink = draw_randomly(drawing.strokes, rng)  # of zeros and ones
        on_white = np.repeat(np.uint8(255 * (1 - ink))[..., None], 3, 2)
        assert np.array_equal(to_ink(on_white), ink)
    for image in mnist.validation.x[:200]:
        assert np.array_equal(to_ink(image), image / image.max())


def test_a_clean_page_with_rules_is_treated_as_a_photo():
    ink = draw(SEVEN, canvas=600, size=0.5, brush=20)
    page = np.ones((600, 600), np.float32)
    page[30::60] = page[31::60] = 0.6
    page[ink > 0] = 0
    assert taken_for_a_photo(page[..., None])
    assert agreement(page, ink) > 0.95


# ---- files


def test_a_photo_is_turned_the_way_its_phone_was_held(classifier, tmp_path):
    photo = take_photo(SEVEN, Scene(pixels=(480, 640), falloff=0.3), np.random.default_rng(7))
    upright = Image.fromarray(photo.picture)
    for orientation, turn in {1: 0, 3: 180, 6: 90, 8: 270}.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        upright.rotate(turn, expand=True).save(tmp_path / "7.jpg", exif=exif, quality=92)
        assert classifier.predict(tmp_path / "7.jpg").digit == 7
        assert agreement(tmp_path / "7.jpg", photo.ink) > 0.95


def test_a_photo_of_12_megapixels_is_read_as_a_small_one_is(classifier, tmp_path):
    photo = take_photo(SEVEN, Scene(pixels=(600, 800), falloff=0.3), np.random.default_rng(8))
    exif = Image.Exif()
    exif[0x0112] = 6
    large = Image.fromarray(photo.picture).resize((3024, 4032), Image.Resampling.BICUBIC)
    large.rotate(90, expand=True).save(tmp_path / "7.jpg", exif=exif, quality=92)
    assert to_colours(tmp_path / "7.jpg").shape == (2016, 1512, 3)
    assert classifier.predict(tmp_path / "7.jpg").digit == 7
    assert agreement(tmp_path / "7.jpg", photo.ink) > 0.95


def drawn_seven() -> Image.Image:
    return Image.fromarray(np.uint8(255 * (1 - draw(SEVEN)))).convert("RGB")


def save_good_files(folder: Path) -> list[Path]:
    """The same 7 in every kind of file, the moving ones with empty paper behind it."""
    seven, empty = drawn_seven(), Image.new("RGB", (280, 280), "white")
    for name in ("7.png", "7.jpg", "7.webp", "7.bmp", "7.gif"):
        seven.save(folder / name)
    for name in ("moving.gif", "moving.webp"):
        seven.save(folder / name, save_all=True, append_images=[empty, empty])
    seven.convert("CMYK").save(folder / "cmyk.jpg")
    Image.fromarray(np.asarray(seven.convert("L")).astype(np.uint16) * 257).save(
        folder / "16-bit.png"
    )
    return sorted(folder.iterdir())


def save_bad_files(folder: Path) -> dict[Path, str]:
    """Files that cannot be read, with the expected error for each."""
    drawn_seven().save(folder / "whole.jpg")
    drawn_seven().save(folder / "drawn.eps")  # Pillow would start Ghostscript to read it
    whole = (folder / "whole.jpg").read_bytes()
    contents = {
        "text.png": b"not a picture",
        "empty.png": b"",
        "cut.jpg": whole[: len(whole) // 2],
        "scrambled.jpg": whole[:200] + bytes(len(whole) - 300) + whole[-100:],
        "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>',
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    Image.new("1", (20_000, 20_000)).save(folder / "bomb.png")
    Image.new("1", (9_500, 9_000)).save(folder / "large.png")
    damaged = "{} is not a readable picture, or is damaged: use a PNG or JPEG file"
    large = "{} has too many pixels: at most 25 megapixels are read from a JPEG"
    larger = (
        "{} has 9500 x 9000 pixels: at most 6 megapixels are read from such a PNG file, and 25 "
        "from a JPEG"
    )
    says = dict.fromkeys([*contents, "drawn.eps"], damaged)
    says |= {"bomb.png": large, "large.png": larger}
    return {folder / name: text for name, text in says.items()}


def test_every_kind_of_picture_file_gives_the_same_digit_image(tmp_path):
    expected = to_digit_image(draw(SEVEN))
    for file in save_good_files(tmp_path):
        error = np.abs(to_digit_image(to_ink(file)) - expected)
        assert error.mean() < 0.02, file.name


def test_files_that_cannot_be_read_are_told_in_one_line(tmp_path):
    for file, says in save_bad_files(tmp_path).items():
        with pytest.raises(ImageError) as caught:
            to_ink(file)
        assert str(caught.value) == says.format(file)


def test_files_are_read_over_the_endpoint(address, tmp_path):
    client = Client(address, verbose=False)
    for file in save_good_files(tmp_path):
        answer, overlay, seen, words = client.predict(handle_file(file), api_name="/classify_photo")
        assert answer["label"] == "7", file.name
        assert overlay.startswith("data:image/jpeg;base64,")
        assert seen.startswith("data:image/png;base64,")
        assert words == "Certain"
    client.close()


def test_bad_files_get_one_line_from_the_endpoint_and_it_goes_on(address, tmp_path, capfd):
    client = Client(address, verbose=False)
    for file, says in save_bad_files(tmp_path).items():
        with pytest.raises(AppError) as caught:
            client.predict(handle_file(file), api_name="/classify_photo")
        assert str(caught.value) == says.format(file.name)
    answer, *_ = client.predict(handle_file(tmp_path / "whole.jpg"), api_name="/classify_photo")
    assert answer["label"] == "7"
    client.close()
    assert "Traceback" not in capfd.readouterr().err


def test_a_very_large_file_is_shrunk_as_it_is_read(tmp_path):
    Image.new("L", (6_000, 1_000), 255).save(tmp_path / "wide.png")
    assert to_colours(tmp_path / "wide.png").shape == (334, 2_000, 1)


# ---- what is shown


def test_the_overlay_paints_the_ink_red_over_the_pale_photo():
    paper = np.full((320, 640, 1), 0.5, np.float32)
    ink = np.zeros((320, 640), np.float32)
    ink[100:200, 300:340] = 1
    painted = ink_overlay(paper, ink)
    assert (painted.shape, painted.dtype) == ((320, 640, 3), np.uint8)
    assert painted[150, 320].tolist() == [219, 20, 61]
    assert painted[20, 20].tolist() == [198, 198, 198]


def test_the_overlay_of_any_size_is_640_pixels():
    for height, width in [(50, 100), (3000, 4000), (1280, 640)]:
        painted = ink_overlay(
            np.ones((height, width, 3), np.float32), np.zeros((height, width), np.float32)
        )
        assert max(painted.shape) == 640
