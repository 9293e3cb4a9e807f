"""Whatever is sent to the page over HTTP is answered, or refused with one clear line."""

import json
import os

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digits.page.demo import build_demo
from digits.page.serving import running
from digits.page.sketchpad import EXAMPLE

# Of each kind; a request takes twenty times as long as a picture that is given in Python.
EXAMPLES = max(300, int(os.environ.get("FUZZ_EXAMPLES", 0)) // 20)
slowly = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)

PATHS = [
    *(f"/gradio_api/{kind}/classify" for kind in ("run", "api", "call", "call/v2")),
    *(f"/gradio_api/{kind}/classify_photo" for kind in ("run", "api", "call", "call/v2")),
    *(f"/gradio_api/{kind}/read" for kind in ("run", "call/v2")),
    "/gradio_api/run/predict",
    "/gradio_api/queue/join",
    "/gradio_api/cancel",
    "/gradio_api/reset",
    "/gradio_api/upload",
    "/login",
]
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=50),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=8,
)
file_data = st.fixed_dictionaries(
    {"path": st.text(max_size=60) | st.sampled_from(["/etc/hostname", "/tmp", "/dev/zero", "."])},
    optional={"meta": json_values, "url": st.text(max_size=40), "size": json_values},
)
values = json_values | file_data | st.just(EXAMPLE) | st.just("")
bodies = st.fixed_dictionaries(
    {},
    optional={
        "data": st.lists(values, max_size=3) | json_values,
        "fn_index": st.integers(-2, 40) | json_values,
        "session_hash": st.text(max_size=70) | st.sampled_from(["", "a", "A_b-9"]) | json_values,
        "event_data": json_values,
        "trigger_id": st.integers(-2, 200) | json_values,
        "event_id": json_values,
        "batched": json_values,
        "simple_format": json_values,
    },
)


@pytest.fixture(scope="module")
def client(classifier, tmp_path_factory):
    """A client of a public page with all that it can have, and no limit on how often one asks."""
    folder = tmp_path_factory.mktemp("fuzzed")
    demo = build_demo(classifier, feedback=folder / "feedback", models=folder / "models")
    with running(demo, "127.0.0.1", 0) as address, httpx.Client(base_url=address) as client:
        yield client


def check(client: httpx.Client, capfd, method: str, path: str, **content) -> None:
    answer = client.request(method, path, timeout=30, **content)
    assert answer.status_code == 200 or 400 <= answer.status_code < 500, answer.text
    if answer.status_code != 200 and answer.text.startswith("{"):
        assert set(answer.json()) <= {"detail", "error"}
    assert "Traceback" not in capfd.readouterr().err


@slowly
@given(path=st.sampled_from(PATHS), body=bodies | json_values)
def test_any_json_is_answered_or_refused(client, capfd, path, body):
    check(client, capfd, "POST", path, json=body)


@slowly
@given(
    path=st.sampled_from(PATHS),
    body=st.binary(max_size=200),
    kind=st.sampled_from(
        ["application/json", "text/plain", "multipart/form-data; boundary=x", "multipart/form-data"]
    ),
)
def test_any_bytes_are_answered_or_refused(client, capfd, path, body, kind):
    check(client, capfd, "POST", path, content=body, headers={"Content-Type": kind})


@slowly
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]),
    path=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=40)
    | st.sampled_from(
        ["gradio_api/file=", "gradio_api/file=/etc/hostname", "gradio_api/upload_progress"]
    ),
    query=st.dictionaries(st.sampled_from(["session_hash", "upload_id", "x"]), st.text(max_size=9)),
)
def test_any_address_is_answered_or_refused(client, capfd, method, path, query):
    if "heartbeat" not in path and "queue/data" not in path:  # these stay open
        check(client, capfd, method, f"/{path}", params=query)


def test_the_page_still_reads_a_drawing(client):
    """After all of the above."""
    answer = client.post("/gradio_api/run/classify", json={"data": [EXAMPLE]})
    assert json.loads(answer.text)["data"][0]["label"] == "1"
    assert client.get("/health").json()["restarts"] == 0
