"""The README's examples do what it says they do."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from digits.data.mnist import Mnist, MnistSample

ROOT = Path(__file__).resolve().parents[2]


def block(language: str, word: str) -> str:
    """The README's one code block of that language that holds the word."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (found,) = (content for content in blocks if word in content)
    return found


def run(command: list[str], folder: Path = ROOT) -> str:
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_python_example(mnist):
    lines = run([sys.executable, "-c", block("python", "prediction.probabilities")]).splitlines()
    digit, confidence = lines[0].split()
    assert digit == "7"
    assert 0.5 < float(confidence) <= 1
    assert lines[-2] == "(28, 28)"
    assert float(lines[-1]) > 0.99


def test_the_python_example_that_trains(mnist, tmp_path):
    shutil.copytree(ROOT / "assets", tmp_path / "assets")
    lines = run([sys.executable, "-c", block("python", "build")], tmp_path).splitlines()
    assert {Mnist: 0.96, MnistSample: 0.7}[type(mnist)] < float(lines[-2]) < 1
    assert re.fullmatch(r"Prediction\(7, \d+\.\d% sure\)", lines[-1])
    made = sorted(path.name for path in (tmp_path / "models").iterdir())
    assert made == ["mlp.json", "mlp.keras"]


def test_the_http_example_works_with_curl(address):
    if shutil.which("curl") is None:
        pytest.skip("no curl: 'make test' installs it, or says why it cannot")
    script = block("sh", "curl").replace("http://127.0.0.1:7860/", address)
    answer = run(["bash", "-c", script])
    assert answer.startswith("event: complete")
    assert '"label":"7"' in answer.replace(" ", "")
    assert answer.count('"confidence"') == 10
    assert "data:image/png;base64," in answer


def test_the_python_client_example(address):
    script = block("python", "gradio_client").replace("http://127.0.0.1:7860/", address)
    label, confidences = run([sys.executable, "-W", "error", "-c", script]).splitlines()[-2:]
    assert label == "7"
    assert [bar["label"] for bar in ast.literal_eval(confidences)] == list("0123456789")


def test_the_limits_of_a_public_page_are_those_it_has(address):
    from digits.data import corrections
    from digits.page import limits, serving

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for claim in [
        f"| a request | {limits.MAX_REQUEST_BYTES / 1e6:g} MB, on every page | HTTP 413 |",
        f"{limits.BURST} at once and {limits.REQUESTS_PER_SECOND} in a second thereafter",
        f"if that is more than {limits.PATIENCE} seconds off, HTTP 429",
        f"| {serving.MAX_WAITING}, four of a kind being answered | HTTP 503 |",
        f"at most {corrections.MAX_CORRECTIONS:,} drawings of {corrections.MAX_BYTES / 1e3:g} kB",
        f"client_max_body_size {limits.MAX_REQUEST_BYTES / 1e6:g}m;",
    ]:
        assert claim in text
    assert serving.ANSWERED_AT_ONCE == 4


def test_the_sample_pictures_are_read_as_the_readme_says():
    lines = block("sh", "predict").splitlines()
    command = next(line for line in lines if " predict " in line).split("#")[0].split()
    seven, other = run([sys.executable, *command[1:]]).splitlines()
    assert re.fullmatch(r"assets/seven\.png: 7 \(\d+\.\d%\)", seven)
    assert other == "assets/not-a-digit.png: no digit (not sure this is a digit)"
