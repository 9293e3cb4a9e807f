"""Fuzzes what reads picture files, guided by the lines it reaches: `make fuzz` runs it for a while.

It needs Atheris, which is installed by hand, as there is none for some versions of Python.
"""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = int(os.environ.get("FUZZ_SECONDS", "300"))

try:
    import atheris
except ImportError:
    print("Atheris is not installed, so the decoders are not fuzzed with it: pip install atheris")
    sys.exit(0)

sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "images")]
with atheris.instrument_imports(include=["PIL", "digits.images"]):
    from test_properties import WHOLE, check_file, check_url, url_of


def check(data: bytes) -> None:
    """Whatever the bytes are, as a file and as a data URL they are answered or refused."""
    check_file(data)
    check_url(url_of(data))


def main() -> None:
    """Start from the whole files of the property tests; an input that fails is kept as `fuzz-*`."""
    with tempfile.TemporaryDirectory() as corpus:
        for number, data in enumerate(WHOLE):
            (Path(corpus) / str(number)).write_bytes(data)
        failures = f"-artifact_prefix={tempfile.gettempdir()}/fuzz-"
        limits = [f"-max_total_time={SECONDS}", "-timeout=10", "-rss_limit_mb=4000"]
        atheris.Setup([sys.argv[0], corpus, failures, *limits], check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
