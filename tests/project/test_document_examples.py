"""The examples in README, docs/ and CONTRIBUTING work as described."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from command_line import run
from documents import ROOT, Block, blocks, commands, read

from mnist_classification import build_parser, main

PAGE = "http://127.0.0.1:7860/"  # the address in the examples


class Expected(NamedTuple):
    """What an example prints at its end, and the files it makes."""

    printed: str  # a regular expression
    made: tuple[str, ...] = ()


SURE = r"Prediction\(7, > 99 % sure\)"
BARS = ", ".join(rf"\{{'label': '{digit}', 'confidence': [\de.-]+\}}" for digit in range(10))
EXAMPLES = {  # by words that stand in one example only
    "print(DigitClassifier.load().predict(": Expected(SURE),
    "prediction.probabilities": Expected(
        r"7 (0\.\d+|1\.0)\n\[[^]]+\]\n\(28, 28\)\n(0\.99\d*|1\.0)"
    ),
    'DigitClassifier.build("mlp")': Expected(
        # After three epochs of the sample's 2,000 digits it may misread the seven.
        r"0\.[6-9]\d*\nPrediction\(.+\)",
        made=("models/mlp.json", "models/mlp.keras"),
    ),
    "@architecture": Expected("7850"),
    'api_name="/classify"': Expected(rf"7\n\[{BARS}\]"),
    'api_name="/classify_photo"': Expected("4"),
    "reading.digits[0].box": Expected(r"7 (0\.\d+|1\.0)\n\(\d+, \d+, \d+, \d+\)"),
    'api_name="/read"': Expected("7"),
}


def test_every_block_is_of_a_kind_that_is_tested():
    assert {block.language for block in blocks()} == {
        *("sh", "python", "bat", "nginx", "mermaid", "yaml", "html")
    }


def test_the_header_for_a_space_names_the_port_of_the_container():
    (header,) = (block.code for block in blocks("yaml"))
    facts = dict(line.split(": ") for line in header.strip().strip("-").strip().splitlines())
    assert facts["sdk"] == "docker"
    assert f"EXPOSE {facts['app_port']}" in read(ROOT / "Dockerfile")


@pytest.mark.parametrize("words", EXAMPLES)
def test_the_examples_in_python_do_what_they_say(words, request, tmp_path):
    (example,) = (block.code for block in blocks("python") if words in block.code)
    if PAGE in example:
        example = example.replace(PAGE, request.getfixturevalue("address"))
    shutil.copytree(ROOT / "assets", tmp_path / "assets")
    before = files(tmp_path)
    code, printed, err = run(python=("-c", example), folder=tmp_path, PYTHONPATH=ROOT)
    assert code == 0, err
    assert re.search(rf"(^|\n){EXAMPLES[words].printed}\n?\Z", printed), printed
    assert files(tmp_path) - before == set(EXAMPLES[words].made)


def files(folder: Path) -> set[str]:
    """The files below a folder, but hidden ones, such as the lock of a folder of models."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in paths if not path.name.startswith(".")}


def test_no_example_in_python_is_left_out():
    def tested(block: Block) -> int:
        return sum(words in block.code for words in EXAMPLES)

    assert [block for block in blocks("python") if tested(block) != 1] == []
    assert len(blocks("python")) == len(EXAMPLES)


def test_the_example_with_curl(address):
    if shutil.which("curl") is None:
        pytest.skip("no curl: 'make test' installs it, or says why it cannot")
    (script,) = (block.code for block in blocks("sh") if "curl" in block.code)
    answer = subprocess.run(
        ["bash", "-c", script.replace(PAGE, address)], cwd=ROOT, capture_output=True, check=True
    )
    label, seen, looked, words = json.loads(answer.stdout)["data"]
    assert (label["label"], len(label["confidences"])) == ("7", 10)
    assert seen.startswith("data:image/png;base64,")
    assert looked.startswith("data:image/png;base64,")
    assert words == "Certain"


@pytest.mark.parametrize("line", commands("python3 mnist_classification.py"), ids=" ".join)
def test_the_command_lines_are_valid(line):
    parsed(line[2:])


@pytest.mark.parametrize(
    "line", [line for line in commands("make") if line[1] == "demo"], ids=" ".join
)
def test_the_options_of_make_demo_are_valid(line):
    for word in line[2:]:
        assert word.startswith("ARGS=")
        parsed(word.removeprefix("ARGS=").split())


def parsed(arguments: list[str]) -> None:
    """Check that the command line takes the arguments; a usage error fails the test."""
    try:
        build_parser().parse_args(arguments)
    except SystemExit as leaving:
        assert leaving.code == 0, arguments  # --version and --help leave, too


def test_the_samples_are_read_as_documented(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    plain, as_json = (line[2:] for line in commands("python3 mnist_classification.py predict"))
    assert main(plain) == 0
    seven, other = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"assets/seven\.png: 7 \(> 99 %\)", seven)
    assert other == "assets/not-a-digit.png: no digit (not sure this is a digit)"
    assert main(as_json) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["digit"] for answer in answers] == [7, 4]
    keys = re.search(r"one JSON object per line, with (.+), or", read(ROOT / "docs" / "api.md"))[1]
    assert set(answers[0]) == set(re.findall(r"`(\w+)`", keys))


def test_the_lines_for_windows_do_the_same_as_the_others():
    pages = [block.page for block in blocks("bat")]
    assert pages == ["README.md", "docs/teaching.md"]
    for page, _, windows in blocks("bat"):
        elsewhere = windows.replace("py -3.12", "python3").replace(".venv\\Scripts\\", ".venv/bin/")
        elsewhere = elsewhere.replace("\\", "/")
        assert elsewhere in [block.code for block in blocks("sh") if block.page == page]


def test_the_limits_of_a_public_page_are_those_it_has():
    from digits.data import corrections
    from digits.page import asgi, connections
    from digits.page.guards import rates, requests, streams, turns, uploads

    text = read(ROOT / "docs" / "hosting.md")
    browser, address, queued = rates.BROWSER, rates.ADDRESS, rates.QUEUED
    for claim in [
        f"| size of a request | {requests.MAX_BODY / 1e6:.0f} MB, on every page | HTTP 413 |",
        f"| size of an uploaded photo | {uploads.MAX_FILE / 1e6:g} MB, one in each request",
        f"one browser | {browser.burst} at once, then {browser.per_second} per second |",
        f"| {address.burst:,} at once, then {address.per_second} per second | the same |",
        f"one address | {queued.burst} at once, then {queued.per_second} per second | the same |",
        f"if that is more than {rates.PATIENCE} seconds away, HTTP 429",
        f"| {asgi.MAX_QUEUED}, while up to {asgi.CONCURRENT_ANSWERS} of each kind are being",
        f"| {turns.PER_BROWSER} of one browser, {turns.PER_ADDRESS} of one address, "
        f"{turns.IN_ALL:,} in all | HTTP 503",
        f"| {streams.PER_BROWSER} of one browser, {streams.PER_ADDRESS} of one address, "
        f"{streams.IN_ALL:,} in all | HTTP 429 |",
        f"| {connections.PER_ADDRESS} of one address, {connections.IN_ALL:,} in all; "
        f"{connections.HEADER_TIME} seconds for a complete request |",
        f"| {uploads.PER_BROWSER} of one browser, {uploads.PER_ADDRESS} of one address, "
        f"{uploads.IN_ALL_BYTES / 1e9:g} GB in all |",
        f"| {rates.LOGINS.burst} at once, then one every {1 / rates.LOGINS.per_second:g} seconds |",
        f"at most {corrections.MAX_CORRECTIONS:,} drawings of at most "
        f"{corrections.MAX_BYTES / 1e3:g} kB",
        f"client_max_body_size {uploads.MAX_FILE / 1e6:g}m;",
    ]:
        assert claim in text
