"""The About tab shows the model card, and offers the notebook for download."""

import json
from pathlib import Path

from playwright.sync_api import expect

from digits.saving import DEFAULT_MODEL

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "training.ipynb"


def test_it_tells_the_card_in_words(visit):
    card = json.loads(DEFAULT_MODEL.with_suffix(".json").read_text(encoding="utf-8"))
    guest = visit(width=390, height=844, has_touch=True, is_mobile=True)
    guest.open_tab("About")
    told = guest.page.locator("#about")
    mnist, pen = (card["figures"][name] for name in ("mnist_test", "pen_test_writers"))
    expect(told).to_contain_text(
        f"It reads {mnist['correct'] / 100:.2f} % of the 10,000 MNIST test digits correctly."
    )
    share = 100 * pen["correct"] / pen["count"]
    expect(told).to_contain_text(f"It reads {share:.2f} % of 6,996 pen drawings by 14 people")
    expect(told).to_contain_text(f"{card['parameters']:,} parameters")
    expect(told).to_contain_text("Its limits")
    expect(told).to_contain_text("CC BY-SA 3.0")
    assert guest.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_notebook_can_be_downloaded(visit):
    guest = visit()
    guest.open_tab("About")
    with guest.page.expect_download() as download:
        guest.page.get_by_text("Download the notebook").click()
    assert download.value.path().read_bytes() == NOTEBOOK.read_bytes()
