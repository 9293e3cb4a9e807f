"""The test suite itself: without the full data it reports what it skipped; it finds a browser."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


OURS = ("CI", "FULL_", "MNIST_PATH", "PENDIGITS_PATH", "PYTEST_")  # and the process of pytest-xdist


def run_what_needs_the_full_data(home: Path, **changes: str) -> subprocess.CompletedProcess:
    """Run two tests of published figures on a machine that has no data."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return subprocess.run(
        [*(sys.executable, "-m", "pytest", "-p", "no:cacheprovider"), "-m", "full_data"]
        + ["tests/data/test_sample.py"],
        cwd=ROOT,
        env=kept | {"HOME": str(home), "KERAS_HOME": str(home)} | changes,
        capture_output=True,
        text=True,
    )


def test_without_the_full_data_one_line_says_what_was_not_measured(tmp_path):
    done = run_what_needs_the_full_data(tmp_path)
    assert done.returncode == 0
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("SKIPPED")]
    assert line.startswith("SKIPPED [2] tests/conftest.py:")
    assert "published figures were not measured again" in line
    assert "run 'make benchmark-accuracy', which downloads them" in line
    assert list(tmp_path.rglob("*.npz")) == list(tmp_path.rglob("*.zip")) == []


def test_in_ci_what_would_be_skipped_has_failed(tmp_path):
    done = run_what_needs_the_full_data(tmp_path, CI="true")
    assert done.returncode == 1
    assert "in CI no test may be skipped: published figures were not measured" in done.stdout
    assert "2 errors" in done.stdout.splitlines()[-1]
    assert "skipped" not in done.stdout.splitlines()[-1]


def test_the_tests_of_a_file_follow_one_another_in_one_process(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for name in ("a", "b", "c"):
        (tmp_path / f"test_{name}.py").write_text(
            "import os, pytest\n"
            "@pytest.mark.parametrize('number', range(5))\n"
            "def test_it(number):\n"
            f"    with open({str(tmp_path / name)!r}, 'a') as file:\n"
            "        print(os.environ['PYTEST_XDIST_WORKER'], file=file)\n"
        )
    subprocess.run(
        [sys.executable, ROOT / "tests" / "run.py", "-c", tmp_path / "pytest.ini", tmp_path],
        env={name: value for name, value in os.environ.items() if not name.startswith(OURS)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    processes = [(tmp_path / name).read_text().split() for name in ("a", "b", "c")]
    assert [len(own) for own in processes] == [5, 5, 5]
    assert [len(set(own)) for own in processes] == [1, 1, 1]
    assert len({own[0] for own in processes}) == 3


def test_a_browser_that_does_not_start_is_passed_over(chromium, tmp_path):
    for name in ("chromium-headless-shell", "chromium", "chromium-browser"):
        (tmp_path / name).write_text("#!/bin/sh\necho install the snap\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "google-chrome").symlink_to(chromium)
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    found = subprocess.run(
        [sys.executable, "-c", "import setup_programs; print(setup_programs.find_browser())"],
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT / "tests")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert found == str(tmp_path / "google-chrome")
