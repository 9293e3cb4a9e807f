"""The report shows the figures, is self-contained, and escapes text."""

import re
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from html_reader import Reader
from playwright.sync_api import sync_playwright

from digits import DigitClassifier
from digits.data.splits import Split, sample
from digits.measuring.report import html_report, read


@pytest.fixture(scope="module")
def html(classifier, mnist) -> str:
    """A report on digits of which one has a wrong label, and on digits that are all read."""
    digits = sample(mnist.validation, 200)
    right = classifier.probabilities(digits.x).argmax(1)
    wrong = right.astype(np.uint8)
    wrong[3] = (wrong[3] + 1) % 10
    parts = {"One wrong": Split(digits.x, wrong), "All right": Split(digits.x[:50], right[:50])}
    return html_report(classifier, read(classifier, parts))


def test_the_report_tells_the_figures(html):
    texts = Reader(html).texts
    for said in [
        "How well mnist_model.keras reads digits",
        "99.50 %",
        "199 of 200 read correctly",
        "100.00 %",
        "50 of 50 read correctly",
        "One wrong: which digits it confuses",
    ]:
        assert said in texts


def test_pictures_are_in_the_page_itself(html):
    # Two matrices, one gallery (nothing was misread in the second part), and the confidence.
    pictures = Reader(html).pictures
    assert [picture.format for picture in pictures] == ["PNG"] * 4
    assert all(picture.width > 400 for picture in pictures)


def test_a_network_without_a_file_has_a_name(mnist):
    network = DigitClassifier.build("mlp")
    html = html_report(network, read(network, {"digits": sample(mnist.validation, 20)}))
    assert "How well mlp reads digits" in Reader(html).texts


def test_names_are_shown_as_they_are(mnist, tmp_path):
    strange = "<script>alert(1)<\\script><b onclick='x'>&amp;\"{{ model }}"
    network = DigitClassifier.build("mlp")
    network.path = Path(tmp_path / strange)
    html = html_report(network, read(network, {f"part {strange}": sample(mnist.validation, 20)}))
    page = Reader(html)
    assert page.all("b") == page.all("script") == []
    assert f"How well {strange} reads digits" in page.texts
    assert f"part {strange}: which digits it confuses" in page.texts


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize(("width", "scheme", "dark"), [(360, "dark", True), (1200, "light", False)])
def test_the_report_in_a_browser(html, browser, tmp_path, width, scheme, dark):
    file = tmp_path / "report.html"
    file.write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url.split(":")[0]))
    page.goto(file.as_uri())
    assert page.locator("img").evaluate_all("all => all.every(img => img.naturalWidth > 400)")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    shades = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", shades))) < 60) == dark
    assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []
    assert said == []
    assert set(asked) <= {"file", "data"}
    page.close()
