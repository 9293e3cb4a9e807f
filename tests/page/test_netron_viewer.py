"""The Netron viewer serves the page's models, and no other files."""

import shutil
import urllib.error
import urllib.request

import pytest

from digits.page.netron_viewer import address_of, netron_viewer
from digits.saving import DEFAULT_MODEL


def fetch(address: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "other one.keras").write_bytes(b"other")
    (folder / "half.part.keras").write_bytes(b"being saved")
    (folder / "notes.txt").write_bytes(b"notes")
    (tmp_path / "secret.keras").write_bytes(b"secret")
    return folder


def test_every_model_of_the_page_has_its_address(folder):
    with netron_viewer(DEFAULT_MODEL, folder) as viewer:
        server = viewer.partition("?")[0]
        assert viewer == f"{server}?url=mnist_model.keras"
        assert fetch(f"{server}mnist_model.keras") == (200, DEFAULT_MODEL.read_bytes())
        assert address_of(viewer, folder / "other one.keras") == (
            f"{server}?url=other%2520one.keras"
        )
        assert fetch(f"{server}other%20one.keras") == (200, b"other")
        (folder / "later.keras").write_bytes(b"later")
        assert fetch(f"{server}later.keras") == (200, b"later")
        (folder / "later.keras").write_bytes(b"trained again")
        assert fetch(f"{server}later.keras") == (200, b"trained again")
        (folder / "later.keras").unlink()
        assert fetch(f"{server}later.keras")[0] == 404


@pytest.mark.parametrize(
    "path", ["secret.keras", "..%2Fsecret.keras", "half.part.keras", "notes.txt", "none.keras"]
)
def test_no_other_file_is_served(folder, path):
    with netron_viewer(DEFAULT_MODEL, folder) as viewer:
        assert fetch(viewer.partition("?")[0] + path)[0] == 404


def test_it_answers_under_its_own_name_only(folder):
    """Another site may give its own name the address of this computer."""
    with netron_viewer(DEFAULT_MODEL, folder) as viewer:
        address = f"{viewer.partition('?')[0]}mnist_model.keras"
        request = urllib.request.Request(address, headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError, match="421"):
            urllib.request.urlopen(request, timeout=20)


def test_the_own_model_comes_before_another_of_its_name(folder, tmp_path):
    own = tmp_path / "other one.keras"
    own.write_bytes(b"own")
    with netron_viewer(own, folder) as viewer:
        server = viewer.partition("?")[0]
        assert fetch(f"{server}other%20one.keras") == (200, b"own")
        own.unlink()
        assert fetch(f"{server}other%20one.keras")[0] == 404


def test_without_a_folder_there_is_the_own_model_alone(folder):
    own = shutil.copy(folder / "other one.keras", folder / "own.h5")
    with netron_viewer(own) as viewer:
        server = viewer.partition("?")[0]
        assert viewer == f"{server}?url=own.h5"
        assert fetch(f"{server}own.h5") == (200, b"other")
        assert fetch(f"{server}other%20one.keras")[0] == 404
