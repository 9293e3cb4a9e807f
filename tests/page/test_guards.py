"""The guards between visitors and Gradio, tested with real servers, requests and files."""

import asyncio
import http.client
import json
import os
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import gradio as gr
import numpy as np
import pytest
from gradio_client import Client, handle_file
from page_requests import FORM, JOIN, PHOTO, RUN, ask, png, post, upload
from starlette.middleware import Middleware

from digits.images.data_urls import data_url
from digits.page.connections import Connections, bounded_protocol
from digits.page.demo import build_demo
from digits.page.guards.rates import MAX_REMEMBERED, Buckets, Rate, RateLimit
from digits.page.guards.requests import RequestCheck
from digits.page.guards.streams import StreamLimit
from digits.page.guards.turns import Busy, Turns
from digits.page.guards.uploads import folder_of
from digits.page.guards.visitors import Visitor
from digits.page.serving import first_free_port, is_public, running
from digits.page.sketchpad import EXAMPLE


@pytest.fixture(scope="module")
def uploads_here(tmp_path_factory):
    """A folder of this module's own for all uploads."""
    folder = tmp_path_factory.mktemp("uploads").resolve()
    before = os.environ.get("GRADIO_TEMP_DIR")
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    yield folder
    del os.environ["GRADIO_TEMP_DIR"]
    if before is not None:
        os.environ["GRADIO_TEMP_DIR"] = before


@contextmanager
def public_page(classifier, **options):
    demo = build_demo(classifier)
    with running(demo, "127.0.0.1", 0, public=True, **options) as address:
        yield urlsplit(address).netloc


@pytest.fixture(scope="module")
def netloc(classifier, uploads_here):
    with public_page(classifier) as netloc:
        yield netloc


def answers(netloc: str) -> bool:
    """Whether the page still reads a drawing, at once and by way of Gradio's queue."""
    status, content = post(netloc, RUN, {"data": [EXAMPLE]})
    client = Client(f"http://{netloc}/", verbose=False)
    queued = client.predict(EXAMPLE, api_name="/classify")[0]["label"]
    client.close()
    return status == 200 and json.loads(content)["data"][0]["label"] == queued == "1"


# ---- session hashes, types and routes

BAD_SESSION = "A session_hash is 1 to 64 letters, digits, '_' and '-'."


@pytest.mark.parametrize(
    "session", ["", "a b", "x" * 65, "../..", "é", 5, None, {"a": 1}], ids=repr
)
def test_a_session_hash_that_is_none_does_not_end_the_queue(netloc, session):
    sent = {"data": [None], "fn_index": 0, "session_hash": session}
    with ThreadPoolExecutor(6) as people:
        asked = [people.submit(post, netloc, JOIN, sent) for _ in range(6)]
    assert {answer.result() for answer in asked} == {(422, BAD_SESSION)}
    assert answers(netloc)


@pytest.mark.parametrize(
    "path", ["/gradio_api/heartbeat/a%20b", "/gradio_api/heartbeat/" + "x" * 65], ids=repr
)
def test_a_heartbeat_of_no_session_is_404(netloc, path):
    assert ask(netloc, "GET", path)[0] == 404


def test_a_stream_of_no_session_is_refused(netloc):
    status, _, content = ask(netloc, "GET", "/gradio_api/queue/data?session_hash=")
    assert (status, json.loads(content)["detail"]) == (422, BAD_SESSION)


@pytest.mark.parametrize(
    "sent, complaint",
    [
        (b"", 'Send JSON, such as {"data": [...]}.'),
        (b"{", 'Send JSON, such as {"data": [...]}.'),
        (b"[" * 5000, 'Send JSON, such as {"data": [...]}.'),
        (b"\xff\xfe", 'Send JSON, such as {"data": [...]}.'),
        ([], 'Send a JSON object, such as {"data": [...]}.'),
        ("text", 'Send a JSON object, such as {"data": [...]}.'),
        ({}, "'data' is a list with a value for each input: 1 here."),
        ({"data": None}, "'data' is a list with a value for each input: 1 here."),
        ({"data": {}}, "'data' is a list with a value for each input: 1 here."),
        ({"data": []}, "'data' is a list with a value for each input: 1 here."),
        ({"data": [None, None]}, "'data' is a list with a value for each input: 1 here."),
        ({"data": [5]}, "The value of 'Sketchpad: draw a digit' is not of the type string."),
        ({"data": [[]]}, "The value of 'Sketchpad: draw a digit' is not of the type string."),
        ({"data": [{}]}, "The value of 'Sketchpad: draw a digit' is not of the type string."),
        ({"data": [True]}, "The value of 'Sketchpad: draw a digit' is not of the type string."),
        ({"data": [None], "trigger_id": "5"}, "trigger_id is of the wrong type."),
    ],
    ids=str,
)
def test_a_request_of_the_wrong_types_is_one_clear_line(netloc, sent, complaint, capfd):
    assert post(netloc, RUN, sent) == (422, complaint)
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("number", [-1, 1.5, True, 10**9, "0", [0]], ids=repr)
def test_an_unknown_function_is_404(netloc, number):
    line = "There is no function with this fn_index."
    assert post(netloc, RUN, {"data": [None], "fn_index": number}) == (404, line)


def test_an_unknown_endpoint_is_404_and_private_ones_have_no_name(netloc):
    line = "There is no such endpoint: see 'Use via API' on the page."
    for name in ("nothing", "read_shown", "show"):
        assert post(netloc, f"/gradio_api/run/{name}", {"data": [None]}) == (404, line)


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", "/gradio_api/proxy=http://127.0.0.1:1/"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/gradio_api/dev/reload"),
        ("GET", "/gradio_api/deep_link"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("GET", "/monitoring"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/stream/a"),
        ("POST", "/gradio_api/run-history/connect"),
        ("PUT", "/"),
        ("DELETE", RUN),
    ],
)
def test_what_the_page_does_not_need_cannot_be_reached(netloc, method, path):
    status, _, content = ask(netloc, method, path)
    assert (status, json.loads(content)["detail"]) == (404, "The page has no such address.")


def test_a_request_that_is_too_large_is_413_and_the_page_goes_on(netloc):
    line = "Too large: send at most 6 MB at a time."
    assert post(netloc, RUN, b"x" * 7_000_000) == (413, line)
    chunks = (b"x" * 100_000 for _ in range(70))  # http.client sends these without a length
    status, _, content = ask(netloc, "POST", RUN, chunks, Content_Type="application/json")
    assert (status, json.loads(content)["detail"]) == (413, line)
    assert answers(netloc)


def test_values_by_name_are_what_use_via_api_shows(netloc):
    path = "/gradio_api/call/v2/classify"
    status, content = post(netloc, path, {"drawing": EXAMPLE})
    event = json.loads(content)["event_id"]
    assert (status, ask(netloc, "GET", f"/gradio_api/call/classify/{event}")[0]) == (200, 200)
    line = "Send a JSON object with a value for each of: drawing."
    for sent in ({}, {"data": [EXAMPLE]}, {"drawing": EXAMPLE, "fn_index": 0}):
        assert post(netloc, path, sent) == (422, line)
    assert post(netloc, path, {"drawing": 5})[0] == 422


# ---- files


def test_only_a_visitors_own_upload_is_read(netloc, uploads_here, tmp_path):
    status, mine = upload(netloc, png())
    assert status == 200
    status, content = post(netloc, PHOTO, {"data": [{"path": mine}]})
    assert (status, json.loads(content)["data"][0]["label"]) == (200, "1")

    (tmp_path / "photo.png").write_bytes(png())
    os.mkfifo(tmp_path / "pipe.png")
    inside = folder_of(Visitor("address 127.0.0.1", "127.0.0.1"))
    os.mkfifo(inside / "pipe.png")
    (inside / "link.png").symlink_to(tmp_path / "photo.png")
    cookie = "digits-visitor=" + "b" * 22
    status, hers = upload(netloc, png(), Cookie=cookie)
    assert status == 200
    for path in (
        tmp_path / "photo.png",
        tmp_path / "missing.png",
        tmp_path / "pipe.png",
        tmp_path,
        inside,
        inside / "pipe.png",
        inside / "link.png",
        f"{inside}/../../../../../etc/hostname",
        hers,
        "http://127.0.0.1:1/a.png",
        "data:image/png;base64,AAAA",
        "",
        "\0",
        "x" * 5000,
    ):
        for value in (
            {"path": str(path)},
            {"path": str(path), "meta": {"_type": "gradio.FileData"}},
        ):
            line = "Send the photo as a file that you have uploaded: upload it first."
            assert post(netloc, PHOTO, {"data": [value]}) == (422, line)
    assert post(netloc, PHOTO, {"data": [{"path": hers}]}, Cookie=cookie)[0] == 200
    for value in (5, "text", [], {}, {"path": 5}, {"url": "http://127.0.0.1/"}, {"path": None}):
        assert post(netloc, PHOTO, {"data": [value]})[0] == 422


def test_a_program_uploads_and_reads_a_photo(netloc, tmp_path):
    (tmp_path / "my photo.png").write_bytes(png())
    client = Client(f"http://{netloc}/", verbose=False)
    answer = client.predict(handle_file(tmp_path / "my photo.png"), api_name="/classify_photo")
    client.close()
    assert answer[0]["label"] == "1"


def test_uploads_are_one_at_a_time_and_the_oldest_go(netloc, uploads_here):
    visitor = {"Cookie": "digits-visitor=" + "c" * 22}
    line = "Send one photo at a time, as the form field 'files'."
    assert upload(netloc, png(), png(), **visitor) == (422, line)
    assert upload(netloc, **visitor) == (422, line)
    assert ask(netloc, "POST", "/gradio_api/upload", b"x", Content_Type="text/plain")[0] == 422
    assert upload(netloc, b"a" * 20_000_001, **visitor) == (413, "Too large: send at most 20 MB.")
    paths = [upload(netloc, png(), name=f"{i}/../é.png", **visitor)[1] for i in range(5)]
    assert [os.path.exists(path) for path in paths] == [False, False, True, True, True]
    assert len(set(paths)) == 5
    assert all(path.startswith(str(uploads_here)) for path in paths)
    assert {os.path.basename(path) for path in paths} == {"_.png"}


def test_an_upload_that_is_far_too_large_is_refused_before_it_is_all_there(netloc):
    """The line is that of the limit on what is read, and not of the one on what was read."""
    head = 'Content-Disposition: form-data; name="files"; filename="a.png"'
    parts = [f"--x\r\n{head}\r\n\r\n".encode(), *[b"a" * 1_000_000] * 40]
    status, _, content = ask(netloc, "POST", "/gradio_api/upload", iter(parts), Content_Type=FORM)
    line = "Too large: send at most 20 MB at a time."
    assert (status, json.loads(content)["detail"]) == (413, line)
    assert answers(netloc)


# ---- hosts, origins, headers


def test_a_page_on_this_computer_answers_under_its_own_names_only(classifier):
    with public_page(classifier, hosts=["localhost", "127.0.0.1", "::1"]) as netloc:
        port = netloc.partition(":")[2]
        for host in ("localhost", f"LOCALHOST:{port}", f"127.0.0.1:{port}", f"[::1]:{port}"):
            assert ask(netloc, "GET", "/manifest.json", Host=host)[0] == 200
        for host in (
            "evil.example",
            f"evil.example:{port}",
            "127.0.0.1.evil.example",
            "",
            "[",
            "@",
        ):
            status, _, content = ask(netloc, "GET", "/manifest.json", Host=host)
            assert (status, json.loads(content)["detail"]) == (
                421,
                "This page does not answer under this name: start it with --allow-host.",
            )


def test_only_the_page_itself_may_change_something(netloc):
    line = "Another site sent this request: use the page itself."
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": f"http://{netloc}"},
    ):
        assert post(netloc, RUN, {"data": [None]}, **headers) == (403, line)
        assert upload(netloc, png(), **headers) == (403, line)
    for headers in (
        {},
        {"Origin": f"http://{netloc}"},
        {"Origin": "https://reader.example", "X-Forwarded-Host": "reader.example"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://reader.example"},
    ):
        assert post(netloc, RUN, {"data": [None]}, **headers)[0] == 200


def test_every_answer_has_the_headers_that_protect_a_visitor(netloc):
    for path in ("/", "/health", "/nothing", "/gradio_api/info"):
        headers = {name.lower(): value for name, value in ask(netloc, "GET", path)[1].items()}
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        policy = headers["content-security-policy"].split("; ")
        assert {"default-src 'self'", "object-src 'none'", "frame-ancestors *"} <= set(policy)
    _, headers, _ = ask(netloc, "GET", "/")
    assert "digits-visitor=" in headers["set-cookie"]
    assert "HttpOnly" in headers["set-cookie"]
    cookie = headers["set-cookie"].partition(";")[0]
    assert "set-cookie" not in ask(netloc, "GET", "/", Cookie=cookie)[1]


def test_a_page_on_this_computer_is_shown_by_its_own_pages_and_its_view_by_their_neighbours(
    address,
):
    def ancestors(path: str) -> str:
        _, headers, _ = ask(urlsplit(address).netloc, "GET", path)
        policy = {name.lower(): value for name, value in headers.items()}["content-security-policy"]
        return policy.split("frame-ancestors ")[1]

    neighbours = "'self' http://127.0.0.1:* http://localhost:* file:"
    assert (
        ancestors("/") == ancestors("/?embedded") == ancestors("/manifest.json?embed") == "'self'"
    )
    assert ancestors("/?embed") == ancestors("/?__theme=dark&embed") == neighbours


# ---- health


def test_health_tells_the_truth_and_an_ended_queue_starts_again(classifier):
    demo = build_demo(classifier)
    with running(demo, "127.0.0.1", 0, public=True) as address:
        netloc = urlsplit(address).netloc
        status, _, content = ask(netloc, "GET", "/health")
        assert (status, json.loads(content)) == (200, {"status": "ok", "restarts": 0})
        demo._queue.stopped = True
        deadline = time.monotonic() + 20
        while demo._queue._asyncio_tasks and time.monotonic() < deadline:
            time.sleep(0.05)
        assert answers(netloc)
        status, _, content = ask(netloc, "GET", "/health")
        assert (status, json.loads(content)) == (200, {"status": "ok", "restarts": 1})


# ---- rates


def test_a_burst_passes_then_each_waits_its_turn_then_they_are_refused():
    buckets = Buckets(Rate(4, 8))
    assert [buckets.turn("ann", 100.0, 1) for _ in range(8)] == [0] * 8
    assert [buckets.turn("ann", 100.0, 1) for _ in range(4)] == [0.25, 0.5, 0.75, 1]
    assert buckets.turn("ann", 100.0, 1) == 1.25  # longer than it may wait: it does not count
    assert buckets.turn("ann", 100.0, 1) == 1.25
    assert buckets.turn("bob", 100.0, 1) == 0
    assert buckets.turn("ann", 100.5, 1) == 0.75
    assert buckets.turn("ann", 103.25, 1) == 0  # three seconds later all the waiting are through
    assert [buckets.turn("ann", 200.0, 1) for _ in range(9)] == [0] * 8 + [0.25]


def test_only_so_many_visitors_are_remembered():
    buckets = Buckets(Rate(1, 1))
    for number in range(MAX_REMEMBERED):
        assert buckets.turn(f"visitor {number}", 0, 5) == 0
    assert buckets.turn("visitor 0", 0, 5) == 1  # known, and now the latest
    assert buckets.turn("somebody new", 0, 5) == 0  # visitor 1 is forgotten for this one
    assert buckets.turn("visitor 1", 0, 5) == 0
    assert buckets.turn("visitor 0", 0, 5) == 2


@contextmanager
def doubling_page(*guards: Middleware):
    """A page that doubles a text."""
    demo = gr.Interface(
        lambda text: 2 * text, "text", "text", api_name="double", flagging_mode="never"
    )
    options = {"prevent_thread_lock": True, "quiet": True, "ssr_mode": False}
    _, address, _ = demo.launch(app_kwargs={"middleware": list(guards)}, **options)
    try:
        yield urlsplit(address).netloc
    finally:
        demo.close(verbose=False)


@pytest.fixture(scope="module")
def slow_page():
    """A browser may ask 10 times at once, an address 20 times, and both once a second after."""
    limit = Middleware(RateLimit, browser=Rate(1, 10), address=Rate(1, 20), patience=0.5)
    with doubling_page(limit, Middleware(RequestCheck)) as netloc:
        yield netloc


def flood(netloc: str, visitors: list[dict[str, str]]) -> list[tuple[int, dict[str, str], bytes]]:
    """The answers to requests that come all at once, each with the headers given."""

    def info(headers: dict[str, str]):
        return ask(netloc, "GET", "/gradio_api/info", **headers)

    with ThreadPoolExecutor(len(visitors)) as people:
        return list(people.map(info, visitors))


def refused(answers) -> int:
    statuses = [status for status, _, _ in answers]
    assert set(statuses) <= {200, 429}
    return statuses.count(429)


def test_a_flood_is_429_with_one_line_and_when_to_come_back(slow_page):
    answers = flood(slow_page, [{"X_Forwarded_For": "203.0.113.1"}] * 60)
    assert refused(answers) >= 20  # fewer than 40 where sending them takes seconds
    _, headers, content = next(answer for answer in answers if answer[0] == 429)
    assert headers["retry-after"] == "1"
    assert json.loads(content)["detail"] == "Too many requests at once: wait a moment, then go on."
    assert refused(flood(slow_page, [{"X_Forwarded_For": "203.0.113.2"}, {}])) == 0


def test_browsers_behind_one_address_are_visitors_of_their_own(slow_page):
    def visitor(letter: str) -> dict[str, str]:
        return {"X_Forwarded_For": "203.0.113.3", "Cookie": f"digits-visitor={letter * 22}"}

    assert refused(flood(slow_page, [visitor("a")] * 16)) >= 2
    assert refused(flood(slow_page, [visitor("b")] * 2)) == 0


def test_inventing_browsers_or_addresses_helps_nobody(slow_page):
    cookies = [
        {"X_Forwarded_For": "203.0.113.4", "Cookie": f"digits-visitor={number:022}"}
        for number in range(60)
    ]
    assert refused(flood(slow_page, cookies)) >= 20
    named = [{"X_Forwarded_For": f"192.0.2.{number}, 203.0.113.5"} for number in range(60)]
    assert refused(flood(slow_page, named)) >= 20
    network = [{"X_Forwarded_For": f"2001:db8:0:7::{number:x}"} for number in range(60)]
    assert refused(flood(slow_page, network)) >= 20


def test_fixed_content_is_free(slow_page):
    page = ask(slow_page, "GET", "/", X_Forwarded_For="203.0.113.6")[2].decode()
    name = page.partition('src="./assets/')[2].partition('"')[0]
    for path in (f"/assets/{name}", "/theme.css"):
        asked = [ask(slow_page, "GET", path, X_Forwarded_For="203.0.113.6") for _ in range(40)]
        assert {status for status, _, _ in asked} == {200}


def test_a_class_behind_one_address_opens_the_page_and_draws(netloc):
    """Fifty pupils at once: nobody is refused, and everybody gets the answer to their drawing."""

    def pupil(number: int) -> list[int]:
        school = {"X_Forwarded_For": "203.0.113.7"}
        status, headers, _ = ask(netloc, "GET", "/", **school)
        school["Cookie"] = headers["set-cookie"].partition(";")[0]
        statuses = [status]
        for path in ("/theme.css", "/manifest.json", "/gradio_api/info", "/favicon.ico") * 5:
            statuses.append(ask(netloc, "GET", path, **school)[0])
        for _ in range(3):
            drawing = EXAMPLE if number % 2 else ""
            status, content = post(netloc, RUN, {"data": [drawing]}, **school)
            statuses.append(status)
            label = json.loads(content)["data"][0]["label"]
            assert label == ("1" if number % 2 else "Draw a digit")
        return statuses

    with ThreadPoolExecutor(50) as pupils:
        assert {status for seen in pupils.map(pupil, range(50)) for status in seen} == {200}


def test_a_hostile_visitor_keeps_nobody_from_drawing(netloc):
    """Eight connections send the most costly drawings that are allowed, at once and queued."""
    pixels = np.random.default_rng(0).integers(0, 256, (1000, 1000), np.uint8)
    costly = {"data": [data_url(pixels)]}
    hostile = {"X_Forwarded_For": "203.0.113.66"}
    over = threading.Event()

    def attack(number: int) -> Counter[int]:
        met: Counter[int] = Counter()
        path = RUN if number % 2 else "/gradio_api/call/classify"
        while not over.is_set():
            met[post(netloc, path, costly, **hostile)[0]] += 1
        return met

    with ThreadPoolExecutor(8) as attackers:
        attacks = [attackers.submit(attack, number) for number in range(8)]
        for _ in range(4):
            status, content = post(netloc, RUN, {"data": [EXAMPLE]}, X_Forwarded_For="203.0.113.1")
            assert (status, json.loads(content)["data"][0]["label"]) == (200, "1")
        over.set()
        assert sum(attack.result()[200] for attack in attacks) > 0
    assert answers(netloc)


def test_guesses_of_a_password_are_slowed_down(classifier):
    with public_page(classifier, auth=("ann", "secret")) as netloc:

        def guess(password: str) -> int:
            form = f"username=ann&password={password}"
            kind = "application/x-www-form-urlencoded"
            return ask(netloc, "POST", "/login", form, Content_Type=kind)[0]

        assert [guess(str(number)) for number in range(12)] == [400] * 10 + [429] * 2
        # Without a login, nothing that is answered in Gradio's place is open.
        assert post(netloc, RUN, {"data": [EXAMPLE]}) == (401, "Log in first.")
        assert upload(netloc, png()) == (401, "Log in first.")
        assert ask(netloc, "GET", "/network.bin")[0] == 401
        assert ask(netloc, "GET", "/map.bin")[0] == ask(netloc, "GET", "/map.png")[0] == 401


# ---- turns


def order_of(turns: Turns, jobs: list[tuple[Visitor, float]]) -> list[str]:
    """Who is served in which order: all come while the first is served; a job takes some work."""
    served = []

    async def job(visitor: Visitor, work: float) -> None:
        async with turns.turn(visitor):
            served.append(visitor.browser)
            await asyncio.sleep(work)

    async def everybody() -> None:
        await asyncio.gather(*(job(*one) for one in jobs))

    asyncio.run(everybody())
    return served


def test_who_has_had_the_least_is_next():
    greedy, ann, bob = Visitor("greedy", "1"), Visitor("ann", "2"), Visitor("bob", "2")
    jobs = [(greedy, 0.05)] * 6 + [(ann, 0.01), (ann, 0.01), (bob, 0.01)]
    served = order_of(Turns(at_once=1), jobs)
    assert served[0] == "greedy"
    assert set(served[1:4]) == {"ann", "bob"}  # though they came last
    assert served[4:] == ["greedy"] * 5
    assert served.index("bob") < 3  # before the second of ann's


def test_no_more_than_so_many_wait():
    ann, bob = Visitor("ann", "1"), Visitor("bob", "1")
    with pytest.raises(Busy):
        order_of(Turns(at_once=1, per_browser=2), [(ann, 0)] * 4)
    assert len(order_of(Turns(at_once=1, per_browser=2), [(ann, 0)] * 3)) == 3
    with pytest.raises(Busy):
        order_of(Turns(at_once=1, per_address=2), [(ann, 0), (ann, 0), (bob, 0), (bob, 0)])


def test_who_leaves_while_waiting_holds_nobody_up():
    turns = Turns(at_once=1)
    ann = Visitor("ann", "1")

    async def someone(seconds: float) -> None:
        async with turns.turn(ann):
            await asyncio.sleep(seconds)

    async def everybody() -> None:
        first = asyncio.create_task(someone(0.05))
        impatient = [asyncio.create_task(someone(60)) for _ in range(3)]
        last = asyncio.create_task(someone(0))
        await asyncio.sleep(0.01)
        for task in impatient:
            task.cancel()
        await asyncio.wait_for(asyncio.gather(first, last), 10)

    asyncio.run(everybody())
    assert (turns.free, turns.waiting) == (1, 0)


# ---- streams and connections


def test_so_many_streams_are_open_at_a_time():
    with doubling_page(Middleware(StreamLimit, per_browser=2, per_address=3)) as netloc:

        def heartbeat(number: int, **headers: str) -> http.client.HTTPResponse:
            connection = http.client.HTTPConnection(netloc, timeout=20)
            headers = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", f"/gradio_api/heartbeat/visit{number}", headers=headers)
            return connection.getresponse()

        ann, bob = ({"Cookie": "digits-visitor=" + letter * 22} for letter in "ab")
        kept = [heartbeat(1, **ann), heartbeat(2, **ann)]
        assert heartbeat(3, **ann).status == 429
        kept.append(heartbeat(4, **bob))
        assert heartbeat(5, **bob).status == 429  # the address has three
        kept.append(heartbeat(6, X_Forwarded_For="203.0.113.8"))
        assert [answer.status for answer in kept] == [200] * 4
        kept[0].close()
        deadline = time.monotonic() + 30
        while (again := heartbeat(7, **bob)).status == 429:
            assert time.monotonic() < deadline
        assert again.status == 200


def test_connections_are_counted_for_each_address_and_in_all():
    connections = Connections(in_all=4, per_address=2)
    assert [connections.opened("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert [connections.opened("127.0.0.1") for _ in range(3)] == [True, True, False]
    assert not connections.opened("192.0.2.2")
    connections.closed("192.0.2.1")
    assert connections.opened("192.0.2.2")


def test_half_a_request_is_not_waited_for(classifier):
    """Real connections to a real server: those that send no whole request are closed."""
    import uvicorn

    async def app(scope, receive, send):
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"answered"})

    port = first_free_port("127.0.0.1")
    protocol = bounded_protocol(Connections(in_all=3), header_time=0.2)

    async def serve_and_ask() -> tuple[bytes, bytes, bytes]:
        config = uvicorn.Config(app, port=port, http=protocol, log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        for _, writer in slow:
            writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n")
        await asyncio.sleep(0.01)
        one_more, turned = await asyncio.open_connection("127.0.0.1", port)
        turned_away = await one_more.read()
        closed = b"".join([await reader.read() for reader, _ in slow])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        answered = await reader.read()
        for opened in (writer, turned, *(writer for _, writer in slow)):
            opened.close()
        server.should_exit = True
        await serving
        return turned_away, closed, answered

    turned_away, closed, answered = asyncio.run(asyncio.wait_for(serve_and_ask(), 30))
    assert (turned_away, closed) == (b"", b"")
    assert b"answered" in answered


def test_sigterm_with_open_streams_ends_soon(classifier):
    """The server closes while fifty visits keep their streams open."""
    demo = build_demo(classifier)
    with running(demo, "127.0.0.1", 0, public=True) as address:
        netloc = urlsplit(address).netloc
        kept = []
        for number in range(50):
            connection = socket.create_connection(netloc.split(":"))
            path = f"/gradio_api/heartbeat/visit{number}"
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {netloc}\r\n\r\n".encode())
            assert connection.recv(12) == b"HTTP/1.1 200"
            kept.append(connection)
        started = time.monotonic()
    assert time.monotonic() - started < 10  # three seconds on an idle machine
    for connection in kept:
        connection.close()


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
