"""Reads many pictures: the next ones are decoded while the network reads the last."""

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digits.errors import DigitsError, ImageError
from digits.images.pages import Row, seen

if TYPE_CHECKING:  # TensorFlow takes seconds to import
    from digits.classifier import DigitClassifier
    from digits.prediction import Prediction

# A group is what the network reads in one call. Groups of photos are small, so that answers come
# steadily: decoding a photo takes longer than a call.
LARGEST_GROUP = 64  # pictures
GROUP_BYTES = 1_000_000  # of files
MOST_WORKERS = 8  # each may hold a large photo
MANY = 500  # pictures for which it pays to start processes

# Paths; with an error where it is known beforehand that there is no picture.
Group = list[tuple[str, ImageError | None]]


def read_many(
    classifier: "DigitClassifier",
    pictures: Iterable[tuple[str, ImageError | None]],
    *,
    number: int,
) -> "Iterator[list[tuple[str, Prediction | ImageError]]]":
    """Read picture files in order, in memory that does not grow with their number.

    Threads decode them, or processes where there are many: processes take half a second to start,
    and do not wait for each other's turn in the interpreter.

    Args:
        classifier: reads them.
        pictures: paths; with an error where it is known beforehand that there is no picture.
        number: how many there are.

    Yields:
        The paths of one group with their answers, or with what is wrong with a file.

    Raises:
        DigitsError: a process that decodes pictures was killed.
    """
    workers = min(os.cpu_count() or 1, MOST_WORKERS)
    with _pool(workers, number) as pool:
        ahead: deque = deque()
        try:
            for group in _groups(pictures):
                ahead.append((group, pool.submit(_digit_images, group)))
                if len(ahead) > 2 * workers:
                    group, images = ahead.popleft()
                    yield _answers(classifier, group, images.result())
            for group, images in ahead:
                yield _answers(classifier, group, images.result())
        except BrokenProcessPool:
            raise DigitsError(
                "a process that decodes pictures was killed: free some memory, and try again"
            ) from None
        except BaseException:  # after Ctrl-C nobody waits for what was to be decoded next
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _pool(workers: int, number: int) -> Executor:
    if number < MANY:
        return ThreadPoolExecutor(workers)
    # Forking a process in which TensorFlow runs its threads could block the new one for ever.
    return ProcessPoolExecutor(workers, get_context("spawn"), initializer=_start_process)


def _start_process() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the command, which ends these
    cv2.setNumThreads(1)  # every core has a process already


def _groups(pictures: Iterable[tuple[str, ImageError | None]]) -> Iterator[Group]:
    group: Group = []
    size = 0
    for picture, problem in pictures:
        group.append((picture, problem))
        with suppress(OSError):  # a missing file is an error once it is opened
            size += os.path.getsize(picture)
        if len(group) == LARGEST_GROUP or size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _digit_images(group: Group) -> list[np.ndarray | Row | None | ImageError]:
    """The digit image of each picture, None where nothing is drawn, or what is wrong with it."""
    images: list[np.ndarray | Row | None | ImageError] = []
    for picture, problem in group:
        try:
            images.append(problem or seen(picture))
        except ImageError as error:
            images.append(error)
    return images


def _answers(
    classifier: "DigitClassifier", group: Group, images: list[np.ndarray | Row | None | ImageError]
) -> "list[tuple[str, Prediction | ImageError]]":
    decoded = [image for image in images if not isinstance(image, ImageError)]
    answers = iter(classifier.answers(decoded))
    return [
        (picture, image if isinstance(image, ImageError) else next(answers))
        for (picture, _), image in zip(group, images, strict=True)
    ]
