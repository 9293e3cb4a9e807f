"""What the tests share: the data, and the rule that nothing is left untested in CI."""

import os

import numpy as np
import pytest

from digits.data.mnist import Mnist, load_mnist
from digits.data.pen_digits import load_pendigits
from digits.data.strokes import Drawing, parse_unipen
from digits.errors import DataError


def _unavailable(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"in CI nothing may be missing: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def mnist() -> Mnist:
    try:
        return load_mnist()
    except DataError as error:
        _unavailable(str(error))


@pytest.fixture(scope="session")
def drawings() -> list[Drawing]:
    """The training writers' drawings."""
    try:
        return parse_unipen(load_pendigits().train)
    except DataError as error:
        _unavailable(str(error))


@pytest.fixture(scope="session")
def classifier():
    from digits import DigitClassifier

    return DigitClassifier.load()


@pytest.fixture(scope="session")
def address(classifier, tmp_path_factory):
    """The page on a free port, started once."""
    from digits.page.demo import build_demo, launch_options

    demo = build_demo(classifier, feedback=tmp_path_factory.mktemp("feedback"))
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield address
    demo.close(verbose=False)


@pytest.fixture
def seven() -> np.ndarray:
    """Ink of a plain 7: (100, 80), a bar and a slanted stem eight pixels wide."""
    ink = np.zeros((100, 80), np.float32)
    ink[20:28, 20:60] = 1
    for row in range(28, 84):
        right = 60 - (row - 28) // 2
        ink[row, right - 8 : right] = 1
    return ink
