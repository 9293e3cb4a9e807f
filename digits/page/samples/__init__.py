"""The sample photos of the Upload tab, for who has no paper at hand; `make assets` takes them."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

HERE = Path(__file__).parent


class Sample(NamedTuple):
    """A photo that a visitor may try."""

    file: str  # beside this module
    shows: str  # what is on it


SAMPLES = (
    Sample("four.jpg", "A 4 on ruled paper"),
    Sample("seven.jpg", "A 7 in chalk"),
    Sample("numbers.jpg", "A page of numbers"),
)


def routes() -> list[Route]:
    """Make the routes of these files."""
    return [Route(f"/samples/{sample.file}", _serve(sample)) for sample in SAMPLES]


def _serve(sample: Sample) -> Callable[[Request], FileResponse]:
    def answer(request: Request) -> FileResponse:
        return FileResponse(HERE / sample.file, media_type="image/jpeg")

    return answer
