"""Chooses the digits of a line: the path through its candidates with the highest log odds."""

import numpy as np

from digits.images.numbers.fitted import LEAVING_OUT, WEIGHTS
from digits.images.numbers.lattice import FEATURES, Lattice, features


def scores(lattice: Lattice, probabilities: np.ndarray) -> np.ndarray:
    """The log odds that each candidate is one digit: (N,) float.

    Args:
        probabilities: (N, 10) what a network says of the candidates.
    """
    return features(lattice, probabilities) @ np.array([WEIGHTS[name] for name in FEATURES])


def leaving_out(lattice: Lattice) -> np.ndarray:
    """What decides about leaving out each part, as `LEAVING_OUT` names it: (parts, 3) float."""
    sides = [(1.0, part.piece.height, part.piece.width) for part in lattice.parts]
    height = lattice.line.height
    return np.minimum(np.array(sides) / (1, height, height), (1, 1.5, 1.5))


def prices(lattice: Lattice) -> np.ndarray:
    """What leaving out each part adds to a path, below 0: (parts,) float."""
    return leaving_out(lattice) @ np.array(list(LEAVING_OUT.values()))


def best_path(lattice: Lattice, scores: np.ndarray, prices: np.ndarray) -> list[int]:
    """Choose candidates that share no part, by dynamic programming over the parts.

    Args:
        scores: (N,) of the candidates.
        prices: (parts,) of leaving out a part.

    Returns:
        Numbers of candidates, in the order of their parts.
    """
    count = len(lattice.parts)
    ending: list[list[int]] = [[] for _ in range(count)]
    for number, candidate in enumerate(lattice.candidates):
        ending[candidate.last].append(number)
    best = np.zeros(count + 1)
    chosen = [-1] * (count + 1)
    for place in range(count):
        best[place + 1] = best[place] + prices[place]
        for number in ending[place]:
            value = best[lattice.candidates[number].first] + scores[number]
            if value > best[place + 1]:
                best[place + 1], chosen[place + 1] = value, number
    path, place = [], count
    while place:
        number = chosen[place]
        if number < 0:
            place -= 1
        else:
            path.append(number)
            place = lattice.candidates[number].first
    return path[::-1]
