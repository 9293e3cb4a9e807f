"""Many pictures are read in order, a few groups ahead, and no more once nobody waits for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from digits.errors import ImageError
from digits.reading import LARGEST_GROUP, MANY, MOST_WORKERS, read_many

SEVEN = str(Path(__file__).resolve().parent.parent / "assets" / "seven.png")


def endless(taken: list[str], picture: str) -> Iterator[tuple[str, ImageError | None]]:
    """The same picture for ever; `taken` holds what was asked for."""
    while True:
        taken.append(picture)
        yield picture, None


@pytest.mark.parametrize("number_told", [10, MANY], ids=["threads", "processes"])
def test_only_a_few_groups_are_read_ahead(number_told, classifier):
    taken: list[str] = []
    answers = read_many(classifier, endless(taken, SEVEN), number=number_told)
    for number in range(1, 6):
        group = next(answers)
        assert [answer.digit for _, answer in group] == [7] * LARGEST_GROUP
        assert len(taken) <= (number + 2 * MOST_WORKERS) * LARGEST_GROUP
    answers.close()


def test_photos_come_in_small_groups(classifier, tmp_path):
    large = tmp_path / "large"
    large.write_bytes(bytes(400_000))  # no picture: only its size counts here
    groups = read_many(classifier, [(str(large), None)] * 7, number=7)
    assert [len(group) for group in groups] == [3, 3, 1]


def test_a_problem_known_beforehand_stays_in_its_place(classifier):
    problem = ImageError("there are no pictures in the folder empty")
    ((first, second, third),) = read_many(
        classifier, [(SEVEN, None), ("empty", problem), ("none.png", None)], number=3
    )
    assert (first[0], first[1].digit) == (SEVEN, 7)
    assert second == ("empty", problem)
    assert "there is no file none.png" in str(third[1])
