"""One test for each thing on which the page depends inside Gradio: it fails when that changes.

What only shows in a browser is in tests/browser/test_gradio_internals.py.
"""

import ast
import inspect
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import gradio as gr
import pytest
from gradio import networking
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from digits.page.answer import Answer
from digits.page.gradio_internals import SEEN_IN, browser, components, frontend, routes, server
from digits.page.sketchpad import Sketchpad
from digits.page.tabs.upload import Photo

PAGE = Path(__file__).parents[2] / "digits" / "page"
QUIETLY = {"prevent_thread_lock": True, "quiet": True, "ssr_mode": False}


@contextmanager
def launched(demo: gr.Blocks, **options):
    """The address of a page, while it is up."""
    _, address, _ = demo.launch(**QUIETLY, **options)
    try:
        yield address
    finally:
        demo.close(verbose=False)


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as response:
        return response.read().decode()


def post(address: str, body: dict) -> str:
    kind = {"Content-Type": "application/json"}
    request = urllib.request.Request(address, json.dumps(body).encode(), kind)
    with urllib.request.urlopen(request, timeout=20) as response:
        return response.read().decode()


def get_stream(address: str, until: str) -> str:
    """What a stream of answers brings, up to the line with this word."""
    assert routes.STREAMS.fullmatch(urlsplit(address).path)
    text = ""
    with urllib.request.urlopen(address, timeout=20) as response:
        assert response.headers.get_content_type() == "text/event-stream"
        for line in response:
            text += line.decode()
            if until in text:
                return text
    return text


def doubled(**settings) -> gr.Interface:
    """A page that doubles a text."""
    return gr.Interface(lambda text: 2 * text, "text", "text", flagging_mode="never", **settings)


def test_nothing_else_in_the_page_imports_what_gradio_keeps_for_itself():
    inside = []
    for path in PAGE.rglob("*.py"):
        if path.parent.name == "gradio_internals":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gradio"):
                inside.append(f"{path.name}: {node.module}")
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names if alias.name.startswith("gradio.")]
                inside += [f"{path.name}: {name}" for name in names]
            if isinstance(node, ast.Constant) and re.match("GRADIO_|/gradio_api", str(node.value)):
                inside.append(f"{path.name}: {node.value}")
    assert inside == []


def test_the_version_in_which_all_was_seen_is_one_that_is_allowed():
    requirements = (PAGE.parents[1] / "requirements.txt").read_text(encoding="utf-8")
    low, high = re.search(r"^gradio>=([\d.]+),<([\d.]+)$", requirements, re.MULTILINE).groups()
    version = [int(part) for part in SEEN_IN.split(".")]
    assert [int(part) for part in low.split(".")] <= version < [int(p) for p in high.split(".")]


# ---- importing


def test_gradio_is_imported_without_writing_stubs_for_editors(tmp_path):
    module = tmp_path / "loud.py"
    module.write_text("import gradio as gr\n\n\nclass Loud(gr.Textbox):\n    pass\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "import digits.page, loud; print(loud.Loud('a').value)"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(PAGE.parents[1]), str(tmp_path)])},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert (done.stdout, done.stderr) == ("a\n", "")
    assert list(tmp_path.glob("*.pyi")) == []
    source = Path(gr.__file__).with_name("component_meta.py").read_text(encoding="utf-8")
    assert "create_or_modify_pyi(component_class, name, events)" in source  # is there to leave out
    assert "trigger.set_doc(component=name)" in source


# ---- components


def test_a_subclass_is_shown_by_its_parents_view():
    class Plain(gr.Label):
        pass

    @components.shown_as_its_parent
    class Marked(gr.Label):
        pass

    assert (Plain().get_block_name(), Marked().get_block_name()) == ("plain", "label")
    assert (Answer().get_block_name(), Photo().get_block_name()) == ("html", "image")


def test_gradios_label_sorts_the_bars_and_ours_need_not():
    data = gr.Label().postprocess({"1": 0.2, "7": 0.8})
    assert isinstance(data, components.LabelData)
    assert [(bar.label, bar.confidence) for bar in data.confidences] == [("7", 0.8), ("1", 0.2)]
    assert data.label == "7"
    ours = Answer().postprocess(("Not sure", {"1": 0.2, "7": 0.8}))
    assert ours.model_dump() == {
        "label": "Not sure",
        "confidences": [{"label": "1", "confidence": 0.2}, {"label": "7", "confidence": 0.8}],
    }


def test_an_image_is_handed_over_with_its_path(tmp_path):
    path = tmp_path / "damaged.png"
    path.write_bytes(b"no picture")
    sent = components.ImageData(path=str(path), orig_name="damaged.png")
    with pytest.raises(Exception, match="(?i)cannot identify|cannot be|damaged|invalid"):
        gr.Image(type="pil").preprocess(sent)
    assert Photo().preprocess(sent) == path


def test_gradios_dropdown_refuses_what_came_after_the_page_was_built():
    menu = gr.Dropdown(["a"])
    assert menu.preprocess("a") == "a"
    with pytest.raises(gr.Error, match="not in the list of choices"):
        menu.preprocess("a newer one")


def test_a_live_interface_asks_a_component_whether_it_streams():
    class Plain(gr.HTML):
        pass

    with pytest.raises(AttributeError, match="streaming"):
        gr.Interface(str, Plain(), "text", live=True, flagging_mode="never")
    page = gr.Interface(str, Sketchpad(), "text", live=True, flagging_mode="never")
    (dependency,) = page.config["dependencies"][:1]
    assert dependency["trigger_mode"] == "always_last"
    assert [event for _, event in dependency["targets"]] == ["change"]


def test_the_description_is_read_from_a_key_of_gradios_own():
    class Described(gr.Textbox):
        def api_info(self):
            return components.described({"type": "string"}, "any text")

    page = gr.Interface(str, Described(), "text", api_name="read", flagging_mode="never")
    (parameter,) = page.get_api_info()["named_endpoints"]["/read"]["parameters"]
    assert parameter["python_type"]["description"] == "any text"
    assert parameter["type"]["description"] == "any text"


# ---- the server


def test_the_statistics_are_bounded_by_these_variables(monkeypatch):
    for name in ("GRADIO_ANALYTICS_MAX_EVENTS", "GRADIO_ANALYTICS_CACHE_FREQUENCY"):
        monkeypatch.delenv(name, raising=False)
    server.spare_the_statistics()
    queue = doubled()._queue
    assert queue.ANALYTICS_MAX_EVENTS == 100
    assert queue.ANAYLTICS_CACHE_FREQUENCY == 1_000_000  # Gradio's spelling


def test_answers_and_the_heartbeat_come_over_these_addresses():
    with launched(doubled(api_name="double")) as address:
        api = f"{address}gradio_api/"
        event = json.loads(post(f"{api}call/double", {"data": ["ab"]}))["event_id"]
        assert '"abab"' in get_stream(f"{api}call/double/{event}", until="data")
        asked = {"data": ["ab"], "fn_index": 0, "session_hash": "a-visit"}
        post(f"{api}queue/join", asked)
        assert "abab" in get_stream(f"{api}queue/data?session_hash=a-visit", until="process_comp")
        assert "ALIVE" in get_stream(f"{api}heartbeat/a-visit", until="ALIVE")
    assert not routes.STREAMS.fullmatch("/gradio_api/queue/join")
    assert not routes.STREAMS.fullmatch("/gradio_api/call/double")


def test_a_function_without_the_queue_answers_in_the_response():
    page = doubled(api_name="double")
    server.answer_at_once(page)
    with launched(page) as address:
        answer = json.loads(post(f"{address}gradio_api/run/double", {"data": ["ab"]}))
    assert answer["data"] == ["abab"]
    assert set(answer) >= {
        *("data", "is_generating", "duration", "average_duration", "render_config"),
        "changed_state_ids",
    }


def test_a_queue_that_has_ended_refuses_all():
    """That it can be started again, `tests/page/test_guards.py` shows."""
    page = doubled(api_name="double")
    with launched(page) as address:
        assert not server.queue_has_ended(page)
        page._queue.stopped = True
        assert server.queue_has_ended(page)
        asked = {"data": ["ab"], "fn_index": 0, "session_hash": "a-visit"}
        with pytest.raises(urllib.error.HTTPError, match="503"):
            post(f"{address}gradio_api/queue/join", asked)


def test_an_empty_session_hash_would_end_the_queue():
    """Why `digits.page.guards.requests` refuses it; if this fails, Gradio has mended it."""
    page = doubled(api_name="double")
    with launched(page) as address:
        asked = {"data": ["ab"], "fn_index": 0, "session_hash": ""}
        with ThreadPoolExecutor(6) as people, suppress(urllib.error.HTTPError):
            list(people.map(lambda _: post(f"{address}gradio_api/queue/join", asked), range(6)))
        deadline = time.monotonic() + 20
        while not server.queue_has_ended(page):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_our_routes_come_before_gradios():
    ours = [Route("/manifest.json", lambda request: PlainTextResponse("ours"))]
    with launched(doubled(), app_kwargs={"routes": ours}, pwa=True) as address:
        assert get(f"{address}manifest.json") == "ours"


def test_a_tunnel_is_opened_with_this_much():
    parameters = inspect.signature(networking.setup_tunnel).parameters
    assert list(parameters) == [
        "local_host",
        "local_port",
        "share_token",
        "share_server_address",
        "share_server_tls_certificate",
    ]


def test_a_shared_page_would_load_its_script_from_another_host():
    page = doubled()
    with launched(page) as address:
        assert foreign_scripts(get(address)) == []
        page.share = True
        assert foreign_scripts(get(address)) != []


def foreign_scripts(page: str) -> list[str]:
    return re.findall(r'<script[^>]+src="(?:https?:)?//[^"]+"', page)


def test_importing_the_servers_part_does_not_import_gradio():
    code = "import sys, digits.page.gradio_internals.server; print('gradio' in sys.modules)"
    root = PAGE.parents[1]
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# ---- the page in the browser


def test_gradios_html_has_what_ours_replaces():
    with launched(doubled()) as address:
        html = get(address)
    for part in (frontend.ENTRY, frontend.ENTRY_STYLES, frontend.FRAMES):
        assert len(part.findall(html)) == 1, part
    assert len(frontend.DESCRIPTION.findall(html)) == html.count("<meta") - 2  # all but two
    assert html.count(frontend.MANIFEST) == html.count(frontend.BODY) == 1


def test_the_modules_of_gradios_frontend_are_found_by_the_components_on_a_page():
    html = (frontend.ASSETS.parent / "index.html").read_text(encoding="utf-8")
    entry, styles = frontend.ENTRY.search(html)[1], frontend.ENTRY_STYLES.search(html)[1]
    plain = frontend.find_files(entry, styles, ())
    buttons = frontend.find_files(entry, styles, ("button",))
    assert any(name.startswith("Blocks-") for name in plain.modules)
    assert 10 < len(plain.modules) < len(buttons.modules) < 30
    assert set(plain.modules) < set(buttons.modules)
    assert plain.styles[0] == styles
    assert len(plain.styles) < len(buttons.styles)
    for kind in ("html", "tabs", "tabitem", "image", "dropdown", "slider", "downloadbutton"):
        assert len(frontend.find_files(entry, styles, (kind,)).modules) > len(plain.modules), kind


def test_each_class_in_our_style_sheets_is_ours_or_a_known_one_of_gradios():
    styles = "".join(path.read_text(encoding="utf-8") for path in PAGE.rglob("*.css"))
    styles = re.sub(r"/\*.*?\*/", "", styles, flags=re.DOTALL)
    used = set(re.findall(r"(?<![\d\w])\.([a-z][\w-]*)", styles))
    parts = browser.PARTS_OF_THE_PAGE + browser.PARTS_OF_THE_API_PAGE
    known = set(re.findall(r"\.([a-z][\w-]*)", " ".join(parts)))
    ours = set()
    for path in PAGE.rglob("*"):
        if path.suffix in (".py", ".html", ".js") and path.parent.name != "gradio_internals":
            ours |= set(re.findall(r"[\w-]+", path.read_text(encoding="utf-8")))
    assert len(used) > 20
    assert used - known - ours - {browser.DARK} == set()
