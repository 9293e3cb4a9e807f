"""Looks for known vulnerabilities in the locked requirements, for `make audit`.

It asks the database of the Python Package Index. Where that cannot be reached, or answers for none
of the packages, a line says so, and that is no failure: nothing was found out.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
UNREACHABLE = "the database of vulnerabilities cannot be reached: nothing was checked"
NO_CONNECTION = ("ConnectionError", "ConnectTimeout", "ReadTimeout", "ProxyError", "ServiceError")


def main() -> int:
    """Run pip-audit, print what it found, and return the exit code: 1 for a vulnerability."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip_audit", "--requirement", LOCK, "--require-hashes"),
            *("--disable-pip", "--format", "json", "--progress-spinner", "off"),
        ],
        capture_output=True,
        text=True,
    )
    if done.stdout:
        return tell(json.loads(done.stdout)["dependencies"])
    if any(name in done.stderr for name in NO_CONNECTION):
        print(UNREACHABLE)
        return 0
    print(done.stderr.strip() or "pip-audit said nothing", file=sys.stderr)
    return 1


def tell(packages: list[dict[str, Any]]) -> int:
    """Print what is known of some packages, as pip-audit lists them; returns the exit code."""
    checked = [package for package in packages if "skip_reason" not in package]
    if not checked:
        print(UNREACHABLE)
        return 0
    found = 0
    for package in checked:
        for each in package["vulns"]:
            found += 1
            fixed = ", ".join(each["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {each['id']}, fixed in {fixed}")
    print(f"{len(checked)} of {len(packages)} packages checked: {found} vulnerabilities known")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
