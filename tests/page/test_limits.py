"""The limits, tested with real servers and requests."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import gradio as gr
import pytest
from gradio_client import Client
from starlette.middleware import Middleware

from digits.page.limits import MAX_VISITORS, BodyLimit, RateLimit
from digits.page.serving import CONCURRENT_ANSWERS, MAX_QUEUED, is_public, limit_visitors

CALL = "/gradio_api/call/double"


@contextmanager
def page(*guards: Middleware, **queue):
    """A page that doubles a text; yields its host and port."""
    demo = gr.Interface(
        lambda text: 2 * text, "text", "text", api_name="double", flagging_mode="never"
    )
    demo.queue(**queue)
    options = {"prevent_thread_lock": True, "quiet": True, "ssr_mode": False}
    _, address, _ = demo.launch(app_kwargs={"middleware": list(guards)}, **options)
    try:
        yield urlsplit(address).netloc
    finally:
        demo.close(verbose=False)


def ask(
    netloc: str, method: str, path: str, body=None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(netloc, timeout=20)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), content


def call(netloc: str, text: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    body = json.dumps({"data": [text]})
    return ask(netloc, "POST", CALL, body, Content_Type="application/json", **headers)


def upload(netloc: str, size: int) -> tuple[int, dict[str, str], bytes]:
    """Send a file of so many bytes."""
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    body = head + b"a" * size + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    return ask(netloc, "POST", "/gradio_api/upload", body, Content_Type=kind)


# ---- bytes


@pytest.fixture(scope="module")
def small_page():
    with page(Middleware(BodyLimit, max_bytes=2_000_000)) as netloc:
        yield netloc


def test_what_is_not_too_large_is_answered(small_page):
    client = Client(f"http://{small_page}/", verbose=False)
    assert client.predict("ab" * 400_000, api_name="/double") == "ab" * 800_000
    client.close()


def test_a_large_request_is_413_and_one_line_and_the_page_goes_on(small_page):
    status, _, content = call(small_page, "a" * 2_000_001)
    assert status == 413
    assert json.loads(content) == {"detail": "Too large: send at most 2 MB at a time."}
    assert call(small_page, "a")[0] == 200


def test_a_large_request_that_does_not_tell_its_length_is_413_too(small_page):
    chunks = (b"a" * 100_000 for _ in range(21))  # http.client sends these without a length
    status, _, content = ask(small_page, "POST", CALL, chunks, Content_Type="application/json")
    assert status == 413
    assert b"at most 2 MB" in content


def test_a_large_upload_is_413(small_page):
    assert upload(small_page, 2_000_000)[0] == 413


def test_the_page_bounds_its_requests_and_files(address):
    netloc, kind = urlsplit(address).netloc, "application/json"
    path = "/gradio_api/call/classify"
    status, _, content = ask(netloc, "POST", path, "x" * 25_000_001, Content_Type=kind)
    assert (status, json.loads(content)["detail"]) == (
        413,
        "Too large: send at most 25 MB at a time.",
    )
    assert upload(netloc, 20 * 1024 * 1024 + 1)[0] == 413
    assert upload(netloc, 1000)[0] == 200


# ---- requests


def test_a_burst_passes_then_each_waits_its_turn_then_they_are_refused():
    limit = RateLimit(None, rate=4, burst=8, patience=1)
    assert [limit.turn("ann", 100.0) for _ in range(8)] == [0] * 8
    assert [limit.turn("ann", 100.0) for _ in range(4)] == [0.25, 0.5, 0.75, 1]
    assert limit.turn("ann", 100.0) == 1.25  # longer than it may wait: refused, and not counted
    assert limit.turn("ann", 100.0) == 1.25
    assert limit.turn("bob", 100.0) == 0
    assert limit.turn("ann", 100.5) == 0.75
    assert limit.turn("ann", 103.25) == 0  # three seconds later all the waiting are through
    assert [limit.turn("ann", 200.0) for _ in range(9)] == [0] * 8 + [0.25]


def test_only_so_many_visitors_are_remembered():
    limit = RateLimit(None, rate=1, burst=1)
    for number in range(MAX_VISITORS):
        assert limit.turn(f"visitor {number}", 0) == 0
    assert limit.turn("visitor 0", 0) == 1  # known, and now the latest
    assert limit.turn("somebody new", 0) == 0  # visitor 1 is forgotten for this one
    assert limit.turn("visitor 1", 0) == 0
    assert limit.turn("visitor 0", 0) == 2


@pytest.fixture(scope="module")
def slow_page():
    """A page for 20 requests at once and one a second thereafter."""
    with page(Middleware(RateLimit, rate=1, burst=20, patience=0.5)) as netloc:
        yield netloc


def flood(netloc: str, visitors: list[str]) -> list[tuple[int, dict[str, str], bytes]]:
    """The answers to requests that come all at once, each from the visitor it names."""
    with ThreadPoolExecutor(len(visitors)) as people:
        asked = [people.submit(call, netloc, "a", X_Forwarded_For=name) for name in visitors]
        return [answer.result() for answer in asked]


def test_a_flood_is_429_with_one_line_and_when_to_come_back(slow_page):
    answers = flood(slow_page, ["203.0.113.1"] * 60)
    refused = [answer for answer in answers if answer[0] != 200]
    assert {status for status, _, _ in refused} == {429}
    assert 25 <= len(refused) <= 40  # fewer where sending them takes seconds
    _, headers, content = refused[0]
    assert headers["retry-after"] == "1"
    assert json.loads(content) == {
        "detail": "Too many requests at once: wait a moment, then go on."
    }
    time.sleep(1)
    assert call(slow_page, "a", X_Forwarded_For="203.0.113.1")[0] == 200


def test_someone_else_is_not_held_up(slow_page):
    flood(slow_page, ["203.0.113.2"] * 40)
    assert call(slow_page, "a", X_Forwarded_For="203.0.113.3")[0] == 200
    assert call(slow_page, "a")[0] == 200


def test_naming_other_visitors_before_ones_own_address_helps_nobody(slow_page):
    visitors = [f"192.0.2.{number}, 203.0.113.4" for number in range(60)]
    statuses = [answer[0] for answer in flood(slow_page, visitors)]
    assert statuses.count(429) >= 20


def test_one_ipv6_network_is_one_visitor(slow_page):
    visitors = [f"2001:db8:0:7::{number:x}" for number in range(60)]
    statuses = [answer[0] for answer in flood(slow_page, visitors)]
    assert statuses.count(429) >= 20
    assert call(slow_page, "a", X_Forwarded_For="2001:db8:0:8::1")[0] == 200


def test_an_answer_under_way_is_fetched_even_in_a_flood(slow_page):
    visitor = {"X_Forwarded_For": "203.0.113.5"}
    status, _, content = call(slow_page, "ab", **visitor)
    assert status == 200
    event = json.loads(content)["event_id"]
    assert any(status == 429 for status, _, _ in flood(slow_page, ["203.0.113.5"] * 60))
    status, _, content = ask(slow_page, "GET", f"{CALL}/{event}", **visitor)
    assert (status, content) == (200, b'event: complete\ndata: ["abab"]\n\n')


def test_requests_one_after_the_other_are_slowed_down_and_answered():
    with page(Middleware(RateLimit, rate=10, burst=20)) as netloc:
        visitor = {"X_Forwarded_For": "203.0.113.6"}
        start = time.monotonic()
        statuses = [ask(netloc, "HEAD", "/robots.txt", **visitor)[0] for _ in range(30)]
    assert 429 not in statuses
    assert time.monotonic() - start > 0.8  # the last ten, at ten a second


# ---- where they apply


@pytest.mark.parametrize(
    ("host", "share", "root_path", "public"),
    [
        ("127.0.0.1", False, None, False),
        ("127.8.9.1", False, None, False),
        ("::1", False, None, False),
        ("localhost", False, None, False),
        ("127.0.0.1", True, None, True),
        ("127.0.0.1", False, "/digits", True),
        ("0.0.0.0", False, None, True),
        ("::", False, None, True),
        ("192.0.2.1", False, None, True),
        ("reader.example.org", False, None, True),
    ],
)
def test_public_is_what_others_can_come_to(host, share, root_path, public):
    assert is_public(host, share, root_path) is public


def test_a_public_page_gets_the_rate_beside_the_guards_it_has_and_a_closed_queue():
    with gr.Blocks(analytics_enabled=False) as demo:
        gr.Button()
    guard = Middleware(BodyLimit)
    options = {"app_kwargs": {"middleware": [guard], "routes": []}, "pwa": True}
    limit_visitors(demo, options)
    rate, kept = options["app_kwargs"].pop("middleware")
    assert (rate.cls, kept) == (RateLimit, guard)
    assert options == {"app_kwargs": {"routes": []}, "pwa": True}
    assert demo._queue.max_size == MAX_QUEUED
    assert demo._queue.default_concurrency_limit == CONCURRENT_ANSWERS
    assert demo.api_open is False


def test_a_full_queue_is_503_with_one_line():
    with page(max_size=0) as netloc:
        status, _, content = call(netloc, "a")
    assert status == 503
    assert json.loads(content)["detail"].startswith("Queue is full")
