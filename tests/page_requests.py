"""Plain HTTP requests to a page, as tests send them."""

import http.client
import io
import json
import socket

from PIL import Image

RUN = "/gradio_api/run/classify"
PHOTO = "/gradio_api/run/classify_photo"
JOIN = "/gradio_api/queue/join"
FORM = "multipart/form-data; boundary=x"


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def ask(
    netloc: str, method: str, path: str, body=None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(netloc, timeout=30)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), content


def post(netloc: str, path: str, sent, **headers: str) -> tuple[int, str]:
    """Send JSON; the status, and the line of a refusal or all that was answered."""
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    status, _, content = ask(netloc, "POST", path, body, Content_Type="application/json", **headers)
    facts = json.loads(content)
    if status != 200:
        assert set(facts) <= {"detail", "error"}
        assert facts["detail"].count("\n") == 0
        return status, facts["detail"]
    return status, content.decode()


def png(side: int = 40) -> bytes:
    """A picture with a bar in it."""
    image = Image.new("L", (side, side), 255)
    image.paste(0, (side // 2 - 3, 5, side // 2 + 3, side - 5))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def upload(netloc: str, *files: bytes, name: str = "a.png", **headers: str) -> tuple[int, str]:
    """Send files as a browser's form does; the status, and the path or the line of a refusal."""
    head = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    body = b"".join(head.encode() + file + b"\r\n" for file in files) + b"--x--\r\n"
    status, _, content = ask(
        netloc, "POST", "/gradio_api/upload", body, Content_Type=FORM, **headers
    )
    facts = json.loads(content)
    return status, facts[0] if status == 200 else facts["detail"]
