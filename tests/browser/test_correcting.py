"""The buttons below the answer: corrections are saved, and the page confirms it."""

import numpy as np
import pytest
from playwright.sync_api import expect

from digits.data.corrections import load_corrections
from digits.page.demo import build_demo, launch_options

SEVEN = [(80, 70), (200, 70), (120, 220)]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "feedback"


@pytest.fixture
def correctable(classifier, folder):
    """The address of a page that keeps corrections in `folder`."""
    demo = build_demo(classifier, feedback=folder)
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield address
    demo.close(verbose=False)


def digit_button(guest, digit: int):
    return guest.page.get_by_role("button", name=str(digit), exact=True)


def test_a_click_keeps_the_drawing_the_answer_and_the_right_digit(visit, correctable, folder):
    guest = visit(correctable, width=390, height=844, has_touch=True, is_mobile=True)
    said = guest.page.locator("#kept").get_by_role("status", include_hidden=True)
    expect(said).to_contain_text("on the computer that runs this page")
    expect(guest.page.locator("#correcting")).to_have_css("visibility", "hidden")
    expect(said).to_contain_text("feedback")
    expect(said).not_to_contain_text(str(folder.parent))  # no visitor's business
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    guest.settle()
    digit_button(guest, 1).tap()
    expect(said).to_have_text("Thank you. Kept as a 1.")
    kept = load_corrections(folder)
    assert (kept.labels.tolist(), kept.skipped) == ([1], 0)
    assert (kept.drawings[0] == guest.last_picture()).all()
    assert np.count_nonzero(kept.drawings[0] < 128) > 3000
    table = (folder / "corrections.csv").read_text().splitlines()
    assert [line.split(",")[1] for line in table] == ["answer", "7"]
    digit_button(guest, 7).tap()  # a slip, corrected
    expect(said).to_have_text("Thank you. Kept as a 7.")
    assert load_corrections(folder).labels.tolist() == [7]


def test_the_buttons_come_with_the_drawing_and_the_thanks_go_with_the_next_stroke(
    visit, correctable
):
    guest = visit(correctable)
    row = guest.page.locator("#correcting")
    expect(row).to_have_css("visibility", "hidden")
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    expect(row).to_have_css("visibility", "visible")
    guest.settle()
    said = guest.page.locator("#kept").get_by_role("status")
    digit_button(guest, 3).click()
    expect(said).to_have_text("Thank you. Kept as a 3.")
    guest.draw((90, 150), (190, 150))
    expect(said).to_contain_text("never leave it")
    guest.button("Clear").click()
    expect(row).to_have_css("visibility", "hidden")


def test_a_folder_that_cannot_be_made_is_one_clear_line(visit, correctable, folder):
    folder.write_text("a file stands in its place")
    guest = visit(correctable)
    guest.draw(*SEVEN)
    expect(guest.heading).to_have_text("7")
    guest.settle()
    digit_button(guest, 3).click()
    said = guest.page.locator("#kept").get_by_role("status")
    expect(said).to_contain_text("The correction could not be kept")
    assert folder.read_text() == "a file stands in its place"


def test_a_page_that_keeps_nothing_has_no_such_buttons(visit, classifier):
    demo = build_demo(classifier)
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    try:
        guest = visit(address)
        expect(guest.page.locator("#teach")).to_have_count(0)
        expect(digit_button(guest, 3)).to_have_count(0)
    finally:
        demo.close(verbose=False)
