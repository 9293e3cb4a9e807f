"""The card in words, without a page."""

from digits.page.tabs.about import card_in_words, read_card


def test_a_model_without_a_card_says_so(tmp_path):
    assert read_card(tmp_path / "mine.keras") is None
    (tmp_path / "mine.json").write_text("{ torn")
    assert read_card(tmp_path / "mine.keras") is None
    assert read_card(None) is None
    assert "came without a card" in card_in_words(None)


def test_what_was_not_measured_is_not_told():
    card = {
        "architecture": "mine",
        "parameters": 1234567,
        "saved": "2026-01-02",
        "task": "reads digits",
        "trained_on": {"MNIST": 55000, "pen digits": 0},
        "figures": {"mnist_test": {"count": 10000, "accuracy": 0.9875, "calibration_error": 0.01}},
    }
    told = card_in_words(card)
    assert "The network `mine`, 1,234,567 learned numbers, saved on\n2026-01-02." in told
    assert "- 55,000 pictures: MNIST\n" in told
    assert "pen digits" not in told
    assert "**98.75 %** right" in told
    assert "14 people" not in told
