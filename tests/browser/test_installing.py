"""The page can be installed as an app, with its name and icon."""

import io
import json
import urllib.error
import urllib.request

import pytest
from PIL import Image


def fetch(address: str) -> tuple[str, bytes]:
    """Kind and content of a file."""
    with urllib.request.urlopen(address, timeout=20) as response:
        return response.headers["Content-Type"], response.read()


def test_chromium_finds_all_that_it_needs_to_install_the_page(visit, address):
    """A name, an address to start at, a window of its own, and an icon of at least 144 pixels."""
    manifest = visit().protocol.send("Page.getAppManifest")
    assert (manifest["url"], manifest["errors"]) == (f"{address}manifest.json", [])
    app = manifest["manifest"]
    assert (app["name"], app["display"]) == ("Draw a digit", "kStandalone")
    assert (app["startUrl"], app["scope"]) == (address, address)
    usable = {icon["sizes"] for icon in app["icons"] if icon["type"] == "image/png"}
    assert usable == {"192x192", "512x512"}


def test_the_icons_are_here_and_as_large_as_the_manifest_says(address):
    kind, content = fetch(f"{address}manifest.json")
    assert kind == "application/manifest+json"
    assert b"//" not in content  # it names no other host
    icons = json.loads(content)["icons"]
    sizes = {icon["src"]: icon["sizes"] for icon in icons}
    assert sorted(sizes.values()) == ["192x192", "512x512", "512x512"]
    for name, size in (sizes | {"favicon.ico": "192x192"}).items():
        kind, content = fetch(address + name)
        assert kind == "image/png"
        assert "{}x{}".format(*Image.open(io.BytesIO(content)).size) == size


def test_nobody_can_have_an_icon_of_any_size_made(address):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetch(f"{address}pwa_icon/30000")
