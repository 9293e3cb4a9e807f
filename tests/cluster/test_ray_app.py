"""The page on Ray Serve: two replicas on this computer, one of which is killed."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import psutil
import pytest
from page_requests import RUN, ask, free_port, post
from playwright.sync_api import expect, sync_playwright

from digits.files import PROJECT
from digits.page.sketchpad import EXAMPLE

PHOTO = PROJECT / "assets" / "photo.jpg"
SERVE = """
import sys, ray
from ray import serve
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
serve.start(http_options={"host": "127.0.0.1", "port": int(sys.argv[1])})
from digits.page.ray_app import app
serve.run(app)
print("up", flush=True)
sys.stdin.read()
serve.shutdown()
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Two replicas; yields the page's address, the parent of all processes, and the corrections."""
    folder = tmp_path_factory.mktemp("cluster")
    port = free_port()
    environment = os.environ | {
        "DIGITS_REPLICAS": "2",
        "DIGITS_FEEDBACK": str(folder / "feedback"),
        "GRADIO_TEMP_DIR": str(folder / "uploads"),
        "RAY_USAGE_STATS_ENABLED": "0",
    }
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port)],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout.readline() == "up\n"
            yield f"http://127.0.0.1:{port}/", process, folder / "feedback"
        finally:
            children = psutil.Process(process.pid).children(recursive=True)
            process.stdin.close()
            try:
                process.wait(60)
            finally:
                for child in children:
                    if child.is_running():
                        child.kill()


def replicas(process) -> list[psutil.Process]:
    """The processes in which the page runs."""
    children = psutil.Process(process.pid).children(recursive=True)
    return [child for child in children if "ServeReplica" in " ".join(child.cmdline())]


def test_calls_go_to_both_replicas_and_all_are_answered(cluster):
    address, process, _ = cluster
    netloc = address.removeprefix("http://").rstrip("/")
    assert len(replicas(process)) == 2
    before = {replica.pid: sum(replica.cpu_times()[:2]) for replica in replicas(process)}
    for _ in range(60):
        status, content = post(netloc, RUN, {"data": [EXAMPLE]})
        assert (status, json.loads(content)["data"][0]["label"]) == (200, "1")
    after = {replica.pid: sum(replica.cpu_times()[:2]) for replica in replicas(process)}
    assert all(after[pid] - before[pid] > 0.03 for pid in before)  # both have worked
    assert ask(netloc, "GET", "/health")[0] == 200


def test_nobody_loses_a_drawing_when_a_replica_dies(cluster, chromium):
    address, process, feedback = cluster
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(60_000)
        page.goto(address)
        draw_a_seven(page)
        expect(page.locator("#answer h2")).to_have_text("7", timeout=30_000)
        page.get_by_role("button", name="1", exact=True).click()
        expect(page.locator("#kept")).to_contain_text("Kept as a 1", timeout=30_000)
        table = (feedback / "corrections.csv").read_text().splitlines()
        assert [line.split(",")[3] for line in table] == ["label", "1"]

        page.get_by_role("tab", name="Upload").click()
        page.locator("#photo input[type=file]").set_input_files(PHOTO)
        expect(page.locator("#photo-answer h2")).to_have_text(re.compile(r"^\d$"), timeout=30_000)
        page.get_by_role("tab", name="Draw").click()

        victim = replicas(process)[0]
        os.kill(victim.pid, signal.SIGKILL)
        page.get_by_role("button", name="Clear").click()
        expect(page.locator("#answer h2")).to_have_text("Draw a digit", timeout=60_000)
        draw_a_seven(page)
        expect(page.locator("#answer h2")).to_have_text("7", timeout=60_000)
        browser.close()
    deadline = time.monotonic() + 120
    while len([one for one in replicas(process) if one.pid != victim.pid]) < 2:
        assert time.monotonic() < deadline  # another one takes its place
        time.sleep(0.2)


def draw_a_seven(page) -> None:
    box = page.locator("#sketchpad canvas").bounding_box()
    scale = box["width"] / 280
    for number, (x, y) in enumerate([(80, 70), (200, 70), (120, 220)]):
        page.mouse.move(box["x"] + x * scale, box["y"] + y * scale, steps=5)
        if number == 0:
            page.mouse.down()
    page.mouse.up()
