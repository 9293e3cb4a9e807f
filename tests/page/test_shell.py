"""The page's HTML and its frontend, as the server sends them."""

import gzip
import io
import re
import urllib.request

import brotli
import pytest
from PIL import Image

from digits.page.shell.page_html import page_html

GRADIO = '<head><script type="module" crossorigin src="./assets/index-A1.js"></script></head>'


def fetch(address: str, accepted: str = "identity") -> tuple[dict[str, str], bytes]:
    """Headers and body of an answer, as it was sent."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": accepted})
    with urllib.request.urlopen(request, timeout=60) as response:
        return {name.lower(): value for name, value in response.headers.items()}, response.read()


@pytest.fixture(scope="module")
def html(address) -> str:
    return fetch(address)[1].decode()


def test_links_to_the_page_have_its_own_name_words_and_picture(html, address):
    found = dict(re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)"', html))
    assert html.count("og:title") == html.count("twitter:card") == html.count("<title>") == 1
    assert "<title>Draw a digit</title>" in html
    assert found["og:title"] == found["og:site_name"] == "Draw a digit"
    assert found["og:url"] == address
    assert found["twitter:card"] == "summary_large_image"
    assert "gradio" not in (found["og:description"] + found["og:image"]).lower()
    assert found["og:description"] == found["description"]
    kind, picture = fetch(found["og:image"])
    assert kind["content-type"] == "image/png"
    size = (found["og:image:width"], found["og:image:height"])
    assert size == ("1200", "630")
    assert Image.open(io.BytesIO(picture)).size == (1200, 630)


def test_the_html_is_the_same_however_it_is_compressed(html, address):
    sizes = {}
    for accepted, unpack in [("gzip", gzip.decompress), ("br;q=1.0, gzip", brotli.decompress)]:
        headers, body = fetch(address, accepted)
        assert headers["content-encoding"] == accepted.split(";")[0]
        assert headers["vary"] == "Accept-Encoding, Accept-Language"
        # Gradio gives each visitor's page an identity of its own.
        assert len(unpack(body).decode()) == pytest.approx(len(html), abs=20)
        sizes[accepted] = len(body)
    assert max(sizes.values()) < len(html) / 3


def test_the_frontend_comes_in_one_piece_that_browsers_keep(html, address):
    (script,) = re.findall(r'src="\./(assets/page-\w+\.js)"', html)
    (styles,) = re.findall(r'href="\./(assets/page-\w+\.css)"', html)
    assert '<script type="module"' not in html
    for name, kind in [(script, "text/javascript"), (styles, "text/css")]:
        headers, body = fetch(address + name, "br")
        assert headers["content-type"].startswith(kind)
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["content-encoding"] == "br"
        assert brotli.decompress(body) == fetch(address + name)[1]
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetch(f"{address}assets/page-0123456789abcdef.js")


def test_a_frontend_that_is_built_in_another_way_is_left_as_it_is():
    html = page_html(GRADIO, None, "http://127.0.0.1/")
    assert 'src="./assets/index-A1.js"' in html
    assert "<title>Draw a digit</title>" in html


def test_an_address_with_quotes_does_not_leave_its_place():
    html = page_html(GRADIO, None, 'http://a"><script>alert(1)</script>/')
    assert "<script>alert" not in html
