"""What a server installs: the locked packages, the container, the check for vulnerabilities.

The container itself is not built here. Its parts are compared with what they refer to.
"""

import re
from pathlib import Path

import pytest
from audit import UNREACHABLE, tell
from documents import ROOT, read
from packaging.requirements import Requirement
from packaging.version import Version

LOCK = read(ROOT / "requirements.lock")
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
NOT_SERVED = {"jupyter"}


def wanted() -> list[Requirement]:
    """What requirements.txt asks for and a server needs."""
    lines = read(ROOT / "requirements.txt").splitlines()
    found = [Requirement(line.split("#")[0]) for line in lines if line and line[0] not in "#-"]
    return [each for each in found if not each.url and each.name not in NOT_SERVED]


def locked(python: str) -> dict[str, Version]:
    """What the lock installs on Linux with a Python."""
    here = {
        "python_version": python,
        "python_full_version": f"{python}.4",
        "sys_platform": "linux",
        "platform_machine": "x86_64",
    }
    found = {}
    for line in re.findall(r"^([a-z].*?) \\$", LOCK, re.MULTILINE):
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(here):
            assert requirement.name not in found
            (pin,) = requirement.specifier
            assert pin.operator == "=="
            found[requirement.name] = Version(pin.version)
    return found


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_has_a_version_that_the_requirements_allow(python):
    versions = locked(python)
    assert len(versions) > 50
    assert [
        str(each) for each in wanted() if not each.specifier.contains(versions[each.name])
    ] == []
    assert not {"jupyter", "jupyterlab", "ipykernel"} & set(versions)


def test_every_locked_package_has_hashes_and_no_place_to_come_from():
    entries = [entry for entry in re.split(r"\n(?=\S)", LOCK) if not entry.startswith("#")]
    assert len(entries) > 50
    line = r"    --hash=sha256:[0-9a-f]{64}"
    for entry in entries:
        assert re.fullmatch(rf"[a-z0-9-]+==[^\s/]+( ; [^\n/]+)? \\\n({line} \\\n)*{line}\n?", entry)


# ---- the container


def instructions(name: str) -> list[str]:
    """The arguments of every such instruction of the Dockerfile."""
    text = re.sub(r"\\\n\s*", "", read(ROOT / "Dockerfile"))
    return re.findall(rf"^{name} (.+)$", text, re.MULTILINE)


def test_the_container_copies_what_there_is():
    copied = [name for line in instructions("COPY") for name in line.split()[:-1]]
    assert {"requirements.lock", "digits"} <= set(copied)
    assert [name for name in copied if not (ROOT / name).exists()] == []
    let_in = re.findall(r"^!(.+)$", read(ROOT / ".dockerignore"), re.MULTILINE)
    assert [name for name in copied if not any(Path(name).match(each) for each in let_in)] == []


def test_the_container_installs_the_lock():
    (line,) = (line for line in instructions("RUN") if "pip" in line)
    assert line.endswith("--require-hashes --requirement requirements.lock")
    (image,) = instructions("FROM")
    assert re.fullmatch(r"python:(\S+)-slim", image)[1] in PYTHONS


def test_the_container_runs_as_nobody_in_particular_and_is_watched():
    assert instructions("USER") == ["digits"]
    assert instructions("VOLUME") == ["/data"]
    port = instructions("EXPOSE")[0]
    command = instructions("CMD")[0]
    assert command.startswith('["uvicorn", "digits.page.asgi:app"')
    assert command.endswith(f'"--port", "{port}"]')
    assert f"http://127.0.0.1:{port}/health" in instructions("HEALTHCHECK")[0]


# ---- known vulnerabilities


def test_without_the_database_one_line_says_so(capsys):
    skipped = {"name": "numpy", "skip_reason": "Dependency not found"}
    assert tell([skipped, skipped]) == 0
    assert capsys.readouterr().out == f"{UNREACHABLE}\n"


def test_a_known_vulnerability_is_named_and_fails(capsys):
    known = {"id": "CVE-2026-1", "fix_versions": ["2.1"]}
    packages = [
        {"name": "numpy", "version": "2.0", "vulns": [known]},
        {"name": "keras", "version": "3.12", "vulns": []},
        {"name": "gradio", "skip_reason": "Dependency not found"},
    ]
    assert tell(packages) == 1
    assert capsys.readouterr().out == (
        "numpy 2.0: CVE-2026-1, fixed in 2.1\n2 of 3 packages checked: 1 vulnerabilities known\n"
    )
    assert tell(packages[1:]) == 0
