"""The page as the command serves it: real processes, real ports, real files."""

import base64
import http.client
import http.cookiejar
import io
import json
import re
import signal
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from command_line import MODEL, run, start
from gradio.tunneling import BINARY_FILENAME
from gradio_client import Client
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from mnist_classification import build_parser, feedback_folder

READY = "Ctrl-C closes the page.\n"


LINK = "http://a-link-of-ones-own.gradio.live"


class Page:
    """The command, started and serving a page, until `close` presses Ctrl-C."""

    def __init__(self, folder: Path, *flags: object, **changes: object) -> None:
        self.out, self.err = folder / "out.txt", folder / "err.txt"
        # Gradio reads some of the variables while it is imported.
        settings = {"folder": folder, "fresh": True} | changes
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = start(*flags, out=out, err=err, **settings)
        deadline = time.monotonic() + 120
        while READY not in self.printed():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.close()
                pytest.fail(f"no page:\n{self.printed()}\n{self.err.read_text()}")
            time.sleep(0.1)

    def printed(self) -> str:
        return self.out.read_text()

    def address(self, label: str = "Draw a digit") -> str:
        return re.search(rf"^{label}: (\S+)$", self.printed(), re.MULTILINE)[1]

    def close(self) -> int:
        """Press Ctrl-C; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(timeout=30)
        finally:
            self.process.kill()


class Visitor:
    """Someone who comes to a page, and keeps its cookies."""

    def __init__(self) -> None:
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def fetch(self, address: str, data: bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        """Status and content of a GET, or of a POST of `data`."""
        request = urllib.request.Request(address, data, {"Content-Type": kind} if kind else {})
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def log_in(self, address: str, user: str, password: str) -> int:
        form = urllib.parse.urlencode({"username": user, "password": password}).encode()
        return self.fetch(f"{address}login", form, "application/x-www-form-urlencoded")[0]

    def send(self, address: str, drawing: str | None) -> tuple[int, dict]:
        """Ask the page's endpoint to read a drawing, a PNG data URL."""
        body = json.dumps({"data": [drawing]}).encode()
        status, content = self.fetch(f"{address}gradio_api/call/classify", body, "application/json")
        return status, json.loads(content)


def noting_browser(folder: Path) -> str:
    """A $BROWSER that shows nothing, and notes in `opened.txt` what it was to open."""
    program = folder / "browser"
    program.write_text(f"#!/bin/sh\necho \"$1\" >> '{folder}/opened.txt'\n")
    program.chmod(0o755)
    return f"'{program}' %s"


@pytest.fixture(scope="module")
def open_page(tmp_path_factory):
    """A page with all that stands beside it: Netron, a public link, a browser; on a free port.

    The tunnel program of the public link cannot be had without the internet. In its place stands
    a script that says what the real one says, and runs until it is stopped.
    """
    folder = tmp_path_factory.mktemp("open page")
    tunnel = folder / "home" / "gradio" / "frpc" / BINARY_FILENAME
    tunnel.parent.mkdir(parents=True)
    tunnel.write_text(
        f"#!/bin/sh\ntrap \"kill \\$!; touch '{folder}/tunnel stopped'; exit\" TERM\n"
        f"echo 'start proxy success: {LINK}'\nsleep 600 &\nwait\n"
    )
    tunnel.chmod(0o755)

    with ExitStack() as someone_else:
        # If another process already has the port, that serves the purpose, too.
        patience = time.monotonic() + 15
        while time.monotonic() < patience:
            with suppress(OSError):
                someone_else.enter_context(socket.create_server(("127.0.0.1", 7860)))
                break
            time.sleep(0.2)
        page = Page(
            folder,
            "--netron",
            "--share",
            "--feedback",
            HF_HOME=folder / "home",
            GRADIO_SHARE_SERVER_ADDRESS="127.0.0.1:7000",
            BROWSER=noting_browser(folder),
        )
        yield page
        page.close()


@pytest.fixture(scope="module")
def guarded_page(tmp_path_factory):
    """A page behind a login and a proxy, on a port of choice, on a computer that is offline."""
    folder = tmp_path_factory.mktemp("guarded page")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        page = Page(
            folder,
            *("--port", port, "--root-path", "/digits/"),
            *("--auth", "ada:love:lace", "--share", "--no-browser"),
            http_proxy=nowhere,
            https_proxy=nowhere,
            BROWSER=noting_browser(folder),
        )
        page.port, page.folder = port, folder
        yield page
        page.close()


@pytest.fixture(scope="module", params=["cut off", "left"])
def proxied(request, guarded_page):
    """The address of the guarded page behind a proxy that shows it at /digits/, with the path
    before it cut off, or left as it is; to the page each visitor comes from 203.0.113.9."""

    class Proxy(BaseHTTPRequestHandler):
        def forward(self) -> None:
            if not self.path.startswith("/digits/"):
                return self.send_error(404)
            path = self.path.removeprefix("/digits") if request.param == "cut off" else self.path
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            page = http.client.HTTPConnection("127.0.0.1", guarded_page.port)
            headers = dict(self.headers) | {"X-Forwarded-For": "203.0.113.9"}
            page.request(self.command, path, body, headers)
            answer = page.getresponse()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "transfer-encoding"):
                    self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):  # a browser leaves a stream when it has its answer
                while part := answer.read1():
                    self.wfile.write(part)
            page.close()

        do_GET = do_POST = forward  # noqa: N815

        def log_message(self, *_) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        proxy.daemon_threads = True
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_port}/digits/"
        proxy.shutdown()


def test_a_given_port_that_is_taken_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        line = f"error: port {port} is taken: choose another, or leave --port out\n"
        assert run("--port", port) == (1, "", line)


def test_a_host_that_is_not_ours_is_an_error():
    code, out, err = run("--host", "192.0.2.1", "--port", "7999")  # an address that no computer has
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("error: cannot listen on host 192.0.2.1, port 7999")


def test_without_a_port_the_next_free_one_is_taken_and_said(open_page):
    port = urllib.parse.urlsplit(open_page.address()).port
    assert 7861 <= port <= 7959
    assert open_page.printed().startswith(f"Port 7860 is taken: using port {port} instead.\n")


def test_the_page_is_served_whole_from_here(open_page):
    status, content = Visitor().fetch(open_page.address())
    page = content.decode()
    assert status == 200
    assert "<title>Draw a digit</title>" in page or '"title":"Draw a digit"' in page
    loaded = re.findall(r'<(?:script|link)[^>]+(?:src|href)="([^"]+)"', page)
    assert loaded
    assert [source for source in loaded if "//" in source] == []


def test_the_page_reads_a_drawing(open_page, seven):
    png = base64.b64encode(seven.read_bytes()).decode()
    address = open_page.address()
    status, event = Visitor().send(address, f"data:image/png;base64,{png}")
    assert status == 200
    answers = Visitor().fetch(f"{address}gradio_api/call/classify/{event['event_id']}")[1].decode()
    assert answers.startswith("event: complete\n")
    assert json.loads(answers.split("data: ")[1])[0]["label"] == "7"


def test_a_correction_is_kept_in_the_folder_feedback(open_page, seven):
    address, visitor = open_page.address(), Visitor()
    config = json.loads(visitor.fetch(f"{address}config")[1])
    parts = {part["id"]: part["props"] for part in config["components"]}
    (button,) = (id for id, props in parts.items() if props.get("value") == "1")
    (click,) = (
        event
        for event in config["dependencies"]
        if [button, "click"] in event["targets"] and event["inputs"]
    )
    drawing = Image.new("L", (280, 280), "white")
    drawing.paste(Image.open(seven), (0, 40))
    file = io.BytesIO()
    drawing.save(file, "PNG")
    url = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    values = {"sketchpad": url, "model": "mnist_model"}
    sent = [values[parts[id]["elem_id"]] for id in click["inputs"]]
    body = json.dumps({"data": sent, "fn_index": click["id"], "session_hash": "a-visit"}).encode()
    assert visitor.fetch(f"{address}gradio_api/run/predict", body, "application/json")[0] == 200
    table = open_page.out.parent / "feedback" / "corrections.csv"
    _, line = table.read_text().splitlines()
    name, answer, _, label, _ = line.split(",")
    assert (answer, label) == ("7", "1")
    assert (table.parent / name).is_file()


@pytest.mark.parametrize(
    ("wanted", "public", "folder"),
    [
        ([], False, Path("feedback")),
        (["--no-feedback"], False, None),
        ([], True, None),
        (["--feedback"], True, Path("feedback")),
    ],
)
def test_corrections_are_kept_at_home_and_on_a_public_page_when_asked(wanted, public, folder):
    assert feedback_folder(build_parser().parse_args(wanted).feedback, public) == folder


def test_a_public_page_shows_no_buttons_to_correct(guarded_page):
    address, visitor = guarded_page.address(), Visitor()
    assert visitor.log_in(address, "ada", "love:lace") == 200
    config = json.loads(visitor.fetch(f"{address}config")[1])
    values = [part["props"].get("value") for part in config["components"]]
    assert len(values) > 5
    assert not set("0123456789") & {value for value in values if isinstance(value, str)}


def test_netron_shows_the_model(open_page):
    address = open_page.address("The network in Netron")
    visitor = Visitor()
    status, page = visitor.fetch(address)
    assert status == 200
    assert b"<title>Netron</title>" in page
    server, _, model = address.partition("?url=")
    assert model == "mnist_model.keras"
    assert visitor.fetch(f"{server}{model}") == (200, MODEL.read_bytes())


def test_a_public_page_does_not_lead_its_visitors_to_netron(open_page):
    config = Visitor().fetch(f"{open_page.address()}config")[1].decode()
    assert "sketchpad" in config
    assert open_page.address("The network in Netron").rstrip("/") not in config


def test_page_and_netron_open_in_the_browser(open_page):
    opened = (open_page.out.parent / "opened.txt").read_text().split()
    assert opened == [open_page.address(), open_page.address("The network in Netron")]


def test_a_public_link_is_printed(open_page):
    link = open_page.address("Public link, valid for a week")
    assert link == "https://a-link-of-ones-own.gradio.live"


def test_ctrl_c_closes_everything_quietly(open_page):
    netron = urllib.parse.urlsplit(open_page.address("The network in Netron"))
    tunnel_stopped = open_page.out.parent / "tunnel stopped"
    assert not tunnel_stopped.exists()
    assert open_page.close() == 0
    assert "Closed.\n" in open_page.printed().partition(READY)[2]
    assert open_page.err.read_text() == ""
    for address in (open_page.address(), netron.geturl()):
        with pytest.raises(urllib.error.URLError):
            Visitor().fetch(address)
    deadline = time.monotonic() + 10
    while not tunnel_stopped.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert tunnel_stopped.exists()


def test_a_given_port_is_the_page_s(guarded_page):
    assert guarded_page.address() == f"http://127.0.0.1:{guarded_page.port}/"


def test_offline_the_page_goes_on_without_a_public_link(guarded_page):
    assert (
        "No public link (Could not get share link from Gradio API Server). Are you online? The "
        "page above works without it.\n"
    ) in guarded_page.printed()
    assert Visitor().fetch(guarded_page.address())[0] == 200
    assert guarded_page.err.read_text() == ""


def test_a_login_is_asked_for(guarded_page):
    address = guarded_page.address()
    visitor = Visitor()
    status, refusal = visitor.send(address, None)
    assert (status, refusal["detail"]["error"]) == (401, "Not authenticated")
    assert visitor.log_in(address, "ada", "love") == 400
    assert visitor.send(address, None)[0] == 401
    assert visitor.log_in(address, "ada", "love:lace") == 200
    assert visitor.send(address, None)[0] == 200


def test_behind_a_proxy_programs_log_in_and_get_answers(proxied, seven):
    visitor = Visitor()
    assert visitor.send(proxied, None)[0] == 401
    assert visitor.log_in(proxied, "ada", "love:lace") == 200
    assert visitor.send(proxied, None)[0] == 200
    client = Client(proxied, auth=("ada", "love:lace"), verbose=False)
    png = base64.b64encode(seven.read_bytes()).decode()
    answer, *_ = client.predict(f"data:image/png;base64,{png}", api_name="/classify")
    client.close()
    assert answer["label"] == "7"


def test_behind_a_proxy_a_person_logs_in_and_draws(proxied, chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        answers = []
        page.on("response", lambda answer: answers.append((answer.url, answer.status)))
        page.goto(proxied)
        page.get_by_label("username").fill("ada")
        page.get_by_label("password").fill("love:lace")
        page.get_by_role("button", name="Login").click()
        page.locator("#answer h2").wait_for()  # from then on nothing on the page moves
        box = page.locator("#sketchpad canvas").bounding_box()
        for number, (x, y) in enumerate([(80, 70), (200, 70), (120, 220)]):
            place = (box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280)
            page.mouse.move(*place, steps=5)
            if number == 0:
                page.mouse.down()
        page.mouse.up()
        expect(page.locator("#answer h2")).to_have_text("7", timeout=20_000)
        protocol = page.context.new_cdp_session(page)
        manifest = protocol.send("Page.getAppManifest")["manifest"]
        browser.close()
    assert len(answers) > 20
    # Packed modules are made on the page itself: their addresses are of the page's origin.
    packed = f"blob:{proxied.split('/', 3)[0]}//{proxied.split('/', 3)[2]}/"
    ours = (proxied, packed)
    assert [url for url, status in answers if status >= 400 or not url.startswith(ours)] == []
    assert (manifest["name"], manifest["startUrl"]) == ("Draw a digit", proxied)
    assert all(icon["url"].startswith(f"{proxied}icon-") for icon in manifest["icons"])


def test_a_public_page_has_limits(guarded_page):
    page = http.client.HTTPConnection("127.0.0.1", guarded_page.port)
    page.request("GET", "/", headers={"X-Forwarded-For": "203.0.113.66"})
    answer = page.getresponse()
    assert answer.read()
    assert "digits-visitor=" in answer.headers["set-cookie"]
    form = "username=ada&password=guess"
    kind = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": "203.0.113.66"}
    statuses = []
    for _ in range(12):
        page.request("POST", "/login", form, kind)
        statuses.append((answer := page.getresponse()).status)
        answer.read()
    assert statuses == [400] * 10 + [429] * 2
    page.close()


def test_no_browser_opens_when_none_is_wanted(guarded_page):
    assert guarded_page.address()  # by now the page is up, and a browser would have been opened
    assert not (guarded_page.folder / "opened.txt").exists()


def test_being_stopped_is_as_good_as_ctrl_c(guarded_page):
    guarded_page.process.terminate()
    assert guarded_page.process.wait(timeout=30) == 0
    assert guarded_page.err.read_text() == ""
