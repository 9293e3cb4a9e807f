"""Metrics computed from predicted probabilities: accuracy, calibration and rejection.

Everywhere in this project, a digit is *read correctly* if it is the most likely of the ten, even
if its confidence is too low for the page to name it. Accuracy is the share of digits read
correctly; the share that the page names is reported separately.
"""

from typing import NamedTuple

import numpy as np


def figures(probabilities: np.ndarray, labels: np.ndarray) -> dict:
    """Compare probabilities with the true digits.

    Args:
        probabilities: (N, 10) float, each row sums to 1.
        labels: (N,) integer, 0 to 9.

    Returns:
        A dict that can be written as JSON: `count`, `correct`, `accuracy` (0 to 1),
        `accuracy_by_digit` (10 values, None for a digit without examples), `loss` (mean negative
        log-likelihood, nats), `calibration_error` (see `expected_calibration_error`) and
        `confusion` (10 rows of 10 counts: rows are true digits, columns are answers).
    """
    labels = np.asarray(labels, dtype=int)
    matrix = confusion(probabilities, labels)
    totals = matrix.sum(1)
    likelihood = probabilities[np.arange(len(labels)), labels].astype(float)
    return {
        "count": len(labels),
        "correct": int(np.trace(matrix)),
        "accuracy": float(np.trace(matrix) / len(labels)),
        "accuracy_by_digit": [
            float(matrix[digit, digit] / total) if total else None
            for digit, total in enumerate(totals)
        ],
        "loss": float(-np.log(np.maximum(likelihood, 1e-12)).mean()),
        "calibration_error": expected_calibration_error(probabilities, labels),
        "confusion": matrix.tolist(),
    }


def confusion(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Count answers: (10, 10) int64, rows are true digits, columns are answers."""
    matrix = np.zeros((10, 10), np.int64)
    np.add.at(matrix, (np.asarray(labels, dtype=int), probabilities.argmax(1)), 1)
    return matrix


class Bin(NamedTuple):
    """The answers whose confidence lies in one of the equal-width bins."""

    answers: int  # number of answers
    confidence: float  # their mean confidence
    accuracy: float  # the share of them that is correct


def reliability(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> list[Bin]:
    """Group answers by confidence into equal-width bins from 0 to 1; an empty bin is all zeros."""
    confidence = probabilities.max(1).astype(float)
    right = probabilities.argmax(1) == np.asarray(labels)
    which = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    counts = np.bincount(which, minlength=bins)
    shares = (np.bincount(which, values, bins) for values in (confidence, right))
    means = (total / np.maximum(counts, 1) for total in shares)
    return [Bin(int(n), float(c), float(a)) for n, c, a in zip(counts, *means, strict=True)]


def expected_calibration_error(
    probabilities: np.ndarray, labels: np.ndarray, bins: int = 15
) -> float:
    """Measure the gap between confidence and accuracy, from 0 (perfectly calibrated) to 1.

    It is the absolute difference between a bin's mean confidence and its accuracy, averaged over
    all answers.

    Source: C. Guo et al., "On calibration of modern neural networks", 2017.
    """
    entries = reliability(probabilities, labels, bins)
    gaps = sum(entry.answers * abs(entry.confidence - entry.accuracy) for entry in entries)
    return gaps / len(probabilities)


def rejection(digit_confidence: np.ndarray, other_confidence: np.ndarray, accept: float) -> dict:
    """Measure how well confidence separates digits from non-digits.

    Args:
        digit_confidence: (N,) confidence for digit images, 0 to 1.
        other_confidence: (M,) confidence for non-digit images, 0 to 1.
        accept: the share of digits to accept, 0 to 1.

    Returns:
        `threshold` (the confidence that this share of digits reaches), `declined` (the share of
        non-digits below it) and `auroc` (how often a random digit has a higher confidence than a
        random non-digit; ties count half).
    """
    threshold = float(np.quantile(digit_confidence, 1 - accept))
    ranks = np.searchsorted(np.sort(digit_confidence), other_confidence, side="left")
    ties = np.searchsorted(np.sort(digit_confidence), other_confidence, side="right") - ranks
    surer = len(digit_confidence) - ranks - ties / 2
    return {
        "threshold": threshold,
        "declined": float((other_confidence < threshold).mean()),
        "auroc": float(surer.mean() / len(digit_confidence)),
    }


def most_confident_mistakes(
    probabilities: np.ndarray, labels: np.ndarray, count: int
) -> np.ndarray:
    """Indices of up to `count` wrong answers, most confident first."""
    wrong = np.flatnonzero(probabilities.argmax(1) != np.asarray(labels))
    return wrong[np.argsort(-probabilities[wrong].max(1), kind="stable")][:count]
