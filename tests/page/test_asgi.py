"""The page as an ASGI app: several processes of a real server answer side by side."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from page_requests import PHOTO, RUN, ask, free_port, png, post, upload

from digits.page import asgi
from digits.page.sketchpad import EXAMPLE

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    """Two processes that serve the page on one port; yields its address and their parent."""
    folder = tmp_path_factory.mktemp("workers")
    port = free_port()
    environment = os.environ | {
        "DIGITS_FEEDBACK": str(folder / "feedback"),
        "DIGITS_HOSTS": "127.0.0.1",
        "GRADIO_TEMP_DIR": str(folder / "uploads"),
    }
    command = ["uvicorn", "digits.page.asgi:app", "--workers", "2", "--port", str(port)]
    with (folder / "log.txt").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    log_file = folder / "log.txt"
    try:
        deadline = time.monotonic() + 120
        while log_file.read_text().count("Application startup complete") < 2:
            assert server.poll() is None and time.monotonic() < deadline, log_file.read_text()
            time.sleep(0.1)
        yield f"127.0.0.1:{port}", server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    assert "Traceback" not in log_file.read_text()


def serving_processes(server) -> set[int]:
    """The processes of the workers; one of their siblings only keeps track of resources."""
    workers = set()
    for child in psutil.Process(server.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # or a zombie, which is one of these
            if "spawn_main" in " ".join(child.cmdline()):
                workers.add(child.pid)
    return workers


def test_either_process_answers_a_drawing_and_a_photo(workers):
    netloc, _ = workers
    for _ in range(20):  # each on a connection of its own
        status, content = post(netloc, RUN, {"data": [EXAMPLE]})
        assert (status, json.loads(content)["data"][0]["label"]) == (200, "1")
    status, path = upload(netloc, png())
    assert status == 200
    for _ in range(10):
        status, content = post(netloc, PHOTO, {"data": [{"path": path}]})
        assert (status, json.loads(content)["data"][0]["label"]) == (200, "1")


def test_the_options_come_from_the_environment(workers):
    netloc, _ = workers
    assert ask(netloc, "GET", "/manifest.json", Host="evil.example")[0] == 421
    page = json.loads(ask(netloc, "GET", "/config")[2])
    values = [part["props"].get("value") for part in page["components"]]
    assert "No, it’s a …" in values
    labels = [part["props"].get("label") for part in page["components"]]
    assert "Train" not in labels


def test_when_one_process_is_killed_the_drawings_go_on(workers):
    netloc, server = workers
    first, second = serving_processes(server)
    os.kill(first, signal.SIGKILL)
    host, port = urlsplit(f"//{netloc}").hostname, urlsplit(f"//{netloc}").port
    answered, deadline = 0, time.monotonic() + 60
    while answered < 20:
        assert time.monotonic() < deadline
        try:  # what the page does itself: send a drawing again that was not answered
            socket.create_connection((host, port), timeout=5).close()
            status, content = post(netloc, RUN, {"data": [EXAMPLE]})
        except OSError:
            continue
        assert (status, json.loads(content)["data"][0]["label"]) == (200, "1")
        answered += 1
    deadline = time.monotonic() + 60
    while len(serving_processes(server) - {first}) < 2:  # and another one takes its place
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_there_is_nothing_else_to_import():
    with pytest.raises(AttributeError, match="has no attribute 'application'"):
        _ = asgi.application
