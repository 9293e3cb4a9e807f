"""The Upload tab: photo files, in a real browser."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

PHOTO = Path(__file__).parents[2] / "assets" / "photo.jpg"  # of a 4 on ruled paper


def upload(guest, name: str, data: bytes, kind: str = "image/jpeg") -> None:
    file = {"name": name, "mimeType": kind, "buffer": data}
    guest.page.locator("#photo input[type=file]").set_input_files(file)


@pytest.fixture
def guest(visit):
    guest = visit()
    guest.open_tab("Upload")
    return guest


def heading(guest):
    return guest.page.locator("#photo-answer h2")


@pytest.mark.parametrize("phone", [False, True])
def test_a_photo_is_read_and_its_ink_is_shown(visit, phone):
    guest = visit(width=390 if phone else 1280, height=844, has_touch=phone, is_mobile=phone)
    guest.open_tab("Upload")
    expect(heading(guest)).to_have_text("Show a photo")
    upload(guest, "four.jpg", PHOTO.read_bytes())
    expect(heading(guest)).to_have_text("4")
    words = guest.page.locator("#photo-answer-words")
    expect(words).to_have_text("Certain")
    expect(guest.page.locator("#announcer")).to_have_text("4, certain")
    expect(guest.page.locator("#photo-answer meter")).to_have_count(10)
    found = guest.page.locator("#photo-ink img")
    assert found.evaluate("image => image.naturalWidth") == 640
    seen = guest.page.locator("#photo-seen img")
    assert seen.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [28, 28]
    assert guest.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    guest.page.get_by_role("button", name="Remove image").click()
    expect(heading(guest)).to_have_text("Show a photo")
    expect(found).to_have_count(0)


def test_the_sample_photos_are_read(guest):
    for name, found in [
        ("A 4 on ruled paper", "4"),
        ("A 7 in chalk", "7"),
        ("A page of numbers", "2183"),
    ]:
        guest.page.get_by_role("button", name=name).click()
        expect(heading(guest)).to_contain_text(found)


def test_on_a_phone_the_words_are_those_for_a_finger(visit):
    words = """() => getComputedStyle(
        document.querySelector("#photo [data-testid=upload-text]"), "::after").content"""
    phone = visit(width=390, height=844, has_touch=True, is_mobile=True)
    phone.open_tab("Upload")
    expect(phone.page.get_by_text("drop or paste it here")).to_be_hidden()
    assert phone.page.evaluate(words) == '"Tap to take a photo"'
    desk = visit()
    desk.open_tab("Upload")
    expect(desk.page.get_by_text("Drop a photo here, or click to choose one")).to_be_visible()
    assert desk.page.evaluate(words) == "none"


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP", "GIF"])
def test_other_kinds_of_files_are_read(guest, kind):
    file = io.BytesIO()
    Image.open(PHOTO).save(file, kind)
    upload(guest, f"four.{kind.lower()}", file.getvalue(), f"image/{kind.lower()}")
    expect(heading(guest)).to_have_text("4")


def test_a_photo_that_lies_on_its_side_is_turned_as_the_camera_says(guest):
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6  # orientation: to be turned by a quarter to the right
    Image.open(PHOTO).rotate(90).save(file, "JPEG", exif=exif, quality=90)
    upload(guest, "four.jpg", file.getvalue())
    expect(heading(guest)).to_have_text("4")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("letter.jpg", b"Dear network, this is no picture."),
        ("torn.jpg", PHOTO.read_bytes()[:5_000]),
        ("drawn.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ],
)
def test_a_file_that_is_no_picture_is_one_clear_line(guest, name, data):
    upload(guest, name, data)
    notice = guest.page.locator("#notice")
    expect(notice).to_contain_text(f"{name} is not a readable picture, or is damaged")
    expect(heading(guest)).to_have_text("This file cannot be read")
    shown = guest.page.locator("#photo img")
    if name == "letter.jpg":  # of the others a browser shows what there is
        expect(shown).to_be_hidden()  # and not the sign of a broken picture
    upload(guest, "four.jpg", PHOTO.read_bytes())  # and the page goes on
    expect(heading(guest)).to_have_text("4")
