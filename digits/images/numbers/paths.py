"""Chooses the digits of a line: the path through its candidates with the highest log odds.

Of several lattices, whose pieces were cut in different ways, the surest reading wins, separately
for each group of pieces.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from digits.images.numbers.fitted import LEAVING_OUT, WEIGHTS
from digits.images.numbers.lattice import FEATURES, Candidate, Lattice, features

LEAST = 0.001  # the confidence below which a digit counts as no less sure


class Chosen(NamedTuple):
    """A candidate that is taken for a digit."""

    candidate: Candidate
    probabilities: np.ndarray  # (10,)


def surest(ways: Sequence[tuple[Lattice, np.ndarray]]) -> list[Chosen]:
    """Choose the digits of a line: of each group of pieces the reading that is surest.

    A reading is as sure as the product of its digits' confidences and of what leaving out parts
    costs. A group is pieces that some reading joins to one digit.

    Args:
        ways: lattices of one line, each with the probabilities of its candidates, (N, 10).

    Returns:
        The digits from left to right.
    """
    readings = []
    for lattice, probabilities in ways:
        leaving = prices(lattice)
        path = best_path(lattice, scores(lattice, probabilities), leaving)
        readings.append(_by_pieces(lattice, probabilities, path, leaving))
    chosen: list[Chosen] = []
    for group in _groups([pieces for reading in readings for pieces, _, _ in reading]):
        inside = [[part for part in reading if part[0] <= group] for reading in readings]
        sure = [sum(part[1] for part in parts) for parts in inside]
        best = inside[int(np.argmax(sure))]
        chosen += [digit for _, _, digit in best if digit is not None]
    return sorted(chosen, key=lambda digit: digit.candidate.piece.middle)


def _by_pieces(
    lattice: Lattice, probabilities: np.ndarray, path: list[int], leaving: np.ndarray
) -> list[tuple[frozenset[int], float, Chosen | None]]:
    """For each digit and each part left out: its pieces, how sure it is, and the digit."""
    found: list[tuple[frozenset[int], float, Chosen | None]] = []
    used: set[int] = set()
    for number in path:
        candidate = lattice.candidates[number]
        places = range(candidate.first, candidate.last + 1)
        used.update(places)
        digit = Chosen(candidate, probabilities[number])
        sure = float(np.log(max(digit.probabilities.max(), LEAST)))
        found.append((frozenset(lattice.parts[place].owner for place in places), sure, digit))
    left = set(range(len(lattice.parts))) - used
    found += [(frozenset([lattice.parts[n].owner]), float(leaving[n]), None) for n in left]
    return found


def _groups(joined: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """The smallest groups of pieces in which all that are joined stand together."""
    groups: list[frozenset[int]] = []
    for pieces in joined:
        touching = [group for group in groups if group & pieces]
        groups = [group for group in groups if not group & pieces]
        groups.append(pieces.union(*touching))
    return groups


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
