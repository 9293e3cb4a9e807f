"""The one form in which guards refuse a request."""

from math import ceil

from starlette.responses import JSONResponse


def refusal(status: int, line: str, *, retry_after: float | None = None) -> JSONResponse:
    """Make a refusal: one line that names the fix, for people, for Gradio's page and its clients.

    Args:
        status: of HTTP.
        line: the line. Gradio's page reads it from "error", its Python client from "detail".
        retry_after: seconds after which the same request may succeed.
    """
    headers = {} if retry_after is None else {"Retry-After": str(max(1, ceil(retry_after)))}
    return JSONResponse({"detail": line, "error": line}, status, headers)
