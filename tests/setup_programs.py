"""Finds or installs the programs that the tests need besides Python packages, for `make test`.

The tests drive the real page in Chromium, and run the README's example with curl. What is missing
is installed if that is possible without a password: Playwright's own Chromium needs no special
rights, Debian's packages need root or a passwordless sudo.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

# Chromium without its windows does the same on the page, with half the work: so it comes first.
SHELL = "chromium-headless-shell"
BROWSERS = [
    SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
]  # fmt: skip
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def find_browser() -> str | None:
    """The path of a Chromium or Chrome that starts: the system's, else Playwright's own."""
    with sync_playwright() as playwright:
        installed = [*map(shutil.which, BROWSERS), MAC, playwright.chromium.executable_path]
        for program in installed:
            if program and Path(program).exists():
                try:
                    playwright.chromium.launch(
                        executable_path=program, args=["--no-sandbox"]
                    ).close()
                except Error:  # such as Ubuntu's `chromium-browser`, which only names a snap
                    continue
                return program
    return None


def get_browser() -> None:
    """Install Chromium: Playwright's build of it, else Debian's package."""
    print("No Chromium or Chrome found: installing one for the tests.", flush=True)
    playwright = [sys.executable, "-m", "playwright"]
    if succeeds(*playwright, "install", "--no-shell", "chromium") and find_browser():
        return
    if as_root() is not None:
        succeeds(*playwright, "install-deps", "chromium")  # the libraries that it needs
        for package in (SHELL, "chromium"):
            if not find_browser():
                get_package(package)


def get_package(name: str) -> None:
    """Install one of Debian's packages, where apt and the rights for it are there."""
    if (prefix := as_root()) is not None:
        apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
        apt += ["-o", "Acquire::http::Timeout=20", "-o", "Acquire::Retries=1"]  # or it waits long
        succeeds(*apt, "update")
        succeeds(*apt, "install", "--yes", "--no-install-recommends", name)


def as_root() -> list[str] | None:
    """What goes before a command so that apt may install; None where there is no way."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if succeeds("sudo", "-n", "true") else None


def succeeds(*command: str) -> bool:
    """Run a command in silence; whether it could be run and did what it was asked to."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
    except OSError:
        return False
    return done.returncode == 0


def main() -> int:
    """Find or get both programs; a line names what is missing. Returns the exit code."""
    missing = []
    if os.environ.get("CI") and not shutil.which(SHELL):
        get_package(SHELL)  # a machine for tests alone may have it besides another browser
    if not find_browser():
        get_browser()
        if not find_browser():
            missing.append("Chromium or Chrome (Debian's package: chromium)")
    if not shutil.which("curl"):
        get_package("curl")
        if not shutil.which("curl"):
            missing.append("curl")
    if missing:
        names = " and ".join(missing)
        print(f"error: {names} could not be installed: install by hand to run every test")
    return 1 if missing and os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
