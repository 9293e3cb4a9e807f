"""Confidence against accuracy, as the training notebook shows it."""

import numpy as np

from digits.measuring.training_plots import by_confidence


def answers(*confidences: float) -> np.ndarray:
    """Probabilities for which the answer is 3, with these confidences."""
    rows = [np.full(10, (1 - confidence) / 9) for confidence in confidences]
    for row, confidence in zip(rows, confidences, strict=True):
        row[3] = confidence
    return np.array(rows)


def test_answers_are_grouped_by_confidence():
    probabilities = answers(0.4, 0.95, 0.97, 0.96, 0.95, 0.995, 1)
    labels = np.array([3, 3, 3, 5, 3, 3, 3])
    groups = by_confidence(probabilities, labels)
    assert [(group.name, group.answers) for group in groups] == [
        ("below 50%", 1),
        ("50–70%", 0),
        ("70–90%", 0),
        ("90–99%", 4),
        ("99–100%", 2),
    ]
    assert [round(group.confidence, 4) for group in groups] == [0.4, 0, 0, 0.9575, 0.9975]
    assert [group.accuracy for group in groups] == [1, 0, 0, 0.75, 1]
