"""The metrics, compared with values computed by hand."""

import json

import numpy as np
import pytest

from digits.metrics import expected_calibration_error, figures, most_confident_mistakes, rejection


def answers(*pairs: tuple[int, float]) -> np.ndarray:
    """Rows that give `digit` the probability p, and the other digits equal shares of the rest."""
    rows = []
    for digit, p in pairs:
        row = np.full(10, (1 - p) / 9)
        row[digit] = p
        rows.append(row)
    return np.array(rows)


def test_figures_of_four_answers():
    probabilities = answers((3, 0.9), (3, 0.7), (8, 0.6), (1, 1.0))
    got = figures(probabilities, np.array([3, 8, 8, 1]))
    assert (got["count"], got["correct"], got["accuracy"]) == (4, 3, 0.75)
    assert got["accuracy_by_digit"] == [None, 1.0, None, 1.0, None, None, None, None, 0.5, None]
    assert got["confusion"][8][3] == 1
    assert got["confusion"][8][8] == 1
    assert sum(map(sum, got["confusion"])) == 4
    expected_loss = -(np.log(0.9) + np.log(0.3 / 9) + np.log(0.6) + np.log(1.0)) / 4
    assert got["loss"] == pytest.approx(expected_loss)
    json.dumps(got)


def test_calibration_error_is_the_gap_between_confidence_and_accuracy():
    # Ten answers at 80 %, eight of them right: calibrated. Half of them right: 30 points off.
    probabilities = answers(*[(0, 0.8)] * 10)
    assert expected_calibration_error(probabilities, [0] * 8 + [1] * 2) == pytest.approx(0)
    assert expected_calibration_error(probabilities, [0] * 5 + [1] * 5) == pytest.approx(0.3)
    # Two bins with half of the answers each, one 20 points too high and one 40 too low.
    both = answers(*[(0, 0.7)] * 2, *[(0, 0.6)] * 2)
    assert expected_calibration_error(both, [0, 1, 0, 0]) == pytest.approx(0.3)
    assert expected_calibration_error(answers((0, 1.0)), [0]) == 0


def test_the_most_confident_mistakes_come_first():
    probabilities = answers((1, 0.6), (2, 0.99), (3, 0.8), (4, 1.0))
    assert most_confident_mistakes(probabilities, [0, 0, 0, 4], 2).tolist() == [1, 2]
    assert most_confident_mistakes(probabilities, [1, 2, 3, 4], 2).tolist() == []


def test_rejection_by_hand():
    digits = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    others = np.array([0.1, 0.55, 0.6, 0.95])
    got = rejection(digits, others, accept=0.75)
    # A quarter of the digits is below 0.6; of the non-digits, 0.1 and 0.55 are.
    assert got["threshold"] == pytest.approx(0.6)
    assert got["declined"] == 0.5
    # 0.1 is below 5 of 5 digits, 0.55 below 4, 0.6 below 3 and a tie, 0.95 below none: 12.5/20.
    assert got["auroc"] == pytest.approx(0.625)
