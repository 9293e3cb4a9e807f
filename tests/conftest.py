"""What the tests share: the data, a browser, and the rule that CI leaves nothing untested."""

import os
from pathlib import Path

import numpy as np
import pytest
from setup_programs import find_browser

from digits.data import sample
from digits.data.mnist import Mnist, load_mnist
from digits.data.pen_digits import PenDigits, load_pendigits
from digits.data.strokes import Drawing, parse_unipen, split_by_writer

IN_CI = bool(os.environ.get("CI"))
TESTS = Path(__file__).parent
# The files that take longest. Those that wait for a browser and those that compute take turns.
LONGEST = (
    "project/test_training_notebook.py",
    "browser/test_page.py",
    "project/test_notebooks.py",
    "browser/test_training_on_the_page.py",
    "learning/test_training.py",
    "browser/test_everybody.py",
    "page/test_background_training.py",
    "browser/test_reading_in_the_browser.py",
    "commands/test_train.py",
    "browser/test_upload_tab.py",
    "commands/test_compare.py",
    "browser/test_inside_tab.py",
    "test_export.py",
    "browser/test_without_the_server.py",
    "commands/test_page.py",
    "browser/test_layouts.py",
    "test_faults.py",
    "browser/test_shell.py",
    "page/test_fuzzing.py",
    "test_classifier.py",
    "images/test_photos.py",
    "page/test_guards.py",
    "browser/test_drawing_numbers.py",
    "commands/test_predict.py",
    "learning/test_finetuning.py",
)


SAMPLE = {"MNIST_PATH": str(sample.MNIST), "PENDIGITS_PATH": str(sample.PEN)}


def find_full_data() -> dict[str, str] | None:
    """Where the full data are, as variables; None where one of them would be the sample."""
    cache = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "datasets"
    places = {"MNIST_PATH": cache / "mnist.npz", "PENDIGITS_PATH": cache / "pendigits.zip"}
    for name, cached in places.items():
        # A process that runs tests side by side with others finds the sample in its environment.
        named = os.environ.get(f"FULL_{name}") or os.environ.get(name)
        if not named and not cached.is_file():
            return None
        # For a process in another folder, too.
        places[name] = str(Path(named or cached).expanduser().resolve())
        if places[name] == SAMPLE[name]:
            return None
    return places


FULL_DATA = find_full_data()
# What the tests and the processes that they start find: quickly loaded, and the same everywhere.
os.environ |= SAMPLE
os.environ |= {f"FULL_{name}": place for name, place in (FULL_DATA or {}).items()}


def pytest_configure() -> None:
    """Give each process of the tests ports of its own.

    Gradio first looks for a free port and then takes it, so that two processes that look at the
    same moment may want the same one.
    """
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        from gradio import http_server

        http_server.INITIAL_PORT_VALUE += 200 * int(worker.removeprefix("gw"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs the full data where they are missing."""
    if item.get_closest_marker("full_data") and not FULL_DATA:
        # The same words in the same place: pytest sums up these tests in one line.
        pytest.skip(
            "published figures were not measured again, for want of the full data: run "
            "'make benchmark-accuracy', which downloads them, or set MNIST_PATH and "
            "PENDIGITS_PATH; then 'make test' again"
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest: then the processes of `run.py` end together."""
    longest = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: longest.get(str(item.path.relative_to(TESTS)), len(longest)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """In CI a test that is skipped has failed."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1].removeprefix("Skipped: ")
        report.outcome = "failed"
        report.longrepr = f"in CI no test may be skipped: {reason}"
    return report


@pytest.fixture(scope="session")
def mnist() -> Mnist:
    """The bundled sample of MNIST, which the tests and the processes that they start work with."""
    return load_mnist(SAMPLE["MNIST_PATH"])


@pytest.fixture(scope="session")
def pen_digits() -> PenDigits:
    """The bundled sample of the pen digits, as above."""
    return load_pendigits(SAMPLE["PENDIGITS_PATH"])


@pytest.fixture(scope="session")
def full_data() -> dict[str, str] | None:
    """Where the full data are, as variables; not None in a test with the mark `full_data`."""
    return FULL_DATA


@pytest.fixture(scope="session")
def full_mnist(full_data) -> Mnist:
    """All of MNIST, for such a test."""
    return load_mnist(full_data["MNIST_PATH"])


@pytest.fixture(scope="session")
def most_pen_digits(full_data, pen_digits) -> PenDigits:
    """All pen digits where they are, since more drawings prove more; elsewhere the sample."""
    return load_pendigits(full_data["PENDIGITS_PATH"]) if full_data else pen_digits


@pytest.fixture(scope="session")
def drawings(most_pen_digits) -> list[Drawing]:
    """The training writers' drawings, those of the validation writers among them."""
    return parse_unipen(most_pen_digits.train)


@pytest.fixture(scope="session")
def held_out(most_pen_digits, drawings) -> list[Drawing]:
    """The validation writers' drawings."""
    return split_by_writer(drawings, most_pen_digits.validation_writers)[1]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome that starts."""
    program = find_browser()
    if program is None:
        pytest.skip("no Chromium or Chrome: 'make test' installs one, or says why it cannot")
    return program


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
