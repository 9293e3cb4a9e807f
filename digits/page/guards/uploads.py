"""Takes uploaded photos, one at a time, into a folder that belongs to the visitor.

Gradio keeps whatever is sent, any number of files at once, for an hour. Here each visitor has room
for a few photos, which push out the older ones, and all of them together have room for so many
bytes. A photo is only ever read by the visitor who sent it.
"""

import errno
import re
import secrets
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from digits.page.gradio_internals.routes import UPLOAD, UPLOAD_PROGRESS, route
from digits.page.gradio_internals.server import logged_in, upload_folder
from digits.page.guards.answers import refusal
from digits.page.guards.visitors import Visitor, visitor_of

MAX_FILE = 20_000_000  # bytes
PER_BROWSER = 3  # photos: the one on the page, and those of the last moments
PER_ADDRESS = 120  # photos: those of a class of forty
ADDRESS_BYTES = 400_000_000
IN_ALL_BYTES = 1_000_000_000
UPLOAD_FIRST = "Send the photo as a file that you have uploaded: upload it first."
ONE_FILE = "Send one photo at a time, as the form field 'files'."


class Uploads:
    """ASGI middleware that takes uploads in Gradio's place."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the uploads for `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an upload with the list of its path, as Gradio does."""
        path = route(scope) if scope["type"] == "http" else ""
        if path not in (UPLOAD, UPLOAD_PROGRESS):
            return await self.app(scope, receive, send)
        request = Request(scope, receive)
        if not await logged_in(request):
            answer: Response = refusal(401, "Log in first.")
        elif path == UPLOAD_PROGRESS:
            answer = finished()
        else:
            answer = await self.take(request)
        await answer(scope, receive, send)

    async def take(self, request: Request) -> Response:
        """Keep the one file of a form."""
        visitor = visitor_of(request.scope)
        try:
            async with request.form(max_files=1, max_fields=0) as form:
                files = form.getlist("files")
                if len(form) != 1 or len(files) != 1 or not isinstance(files[0], UploadFile):
                    return refusal(422, ONE_FILE)
                if (files[0].size or 0) > MAX_FILE:
                    return refusal(413, f"Too large: send at most {MAX_FILE // 10**6} MB.")
                kept = await run_in_threadpool(keep, files[0], visitor)
        except HTTPException as error:
            if error.status_code == 400:  # what the form's parser says of anything else
                return refusal(422, ONE_FILE)
            return refusal(error.status_code, error.detail)
        except OSError:
            return refusal(507, "There is no room for photos at the moment: try again later.")
        return JSONResponse([str(kept)])


def keep(file: UploadFile, visitor: Visitor) -> Path:
    """Write an uploaded file into its visitor's folder, and delete what it pushes out.

    Raises:
        OSError: there is no room for it.
    """
    folder = folder_of(visitor)
    address = folder.parent
    delete_all_but(PER_BROWSER - 1, photos_in(folder, "*/*"))
    others = photos_in(address, "*/*/*")
    delete_all_but(PER_ADDRESS - 1, others)
    while sum(map(size_of, others)) + MAX_FILE > ADDRESS_BYTES:
        shutil.rmtree(others.pop(0).parent, ignore_errors=True)
    everyone = photos_in(address.parent, "*/*/*/*")
    if sum(map(size_of, everyone)) + MAX_FILE > IN_ALL_BYTES:
        raise OSError(errno.ENOSPC, "the photos of all visitors fill their room")
    name = re.sub(r"[^\w.-]", "_", Path(file.filename or "").name, flags=re.ASCII)[-80:]
    path = folder / secrets.token_hex(16) / (name.lstrip(".") or "photo")
    path.parent.mkdir(parents=True, mode=0o700)
    try:
        with path.open("wb") as written:
            shutil.copyfileobj(file.file, written)
    except OSError:
        shutil.rmtree(path.parent, ignore_errors=True)
        raise
    return path


def own_file(value: Any, visitor: Visitor) -> dict[str, Any]:
    """Check that a value names a file that this visitor has uploaded; give it as Gradio wants it.

    Whatever else it names, the answer is the same: it does not tell what there is on this computer.

    Raises:
        ValueError: it does not.
    """
    try:
        path = Path(value["path"])
        folder = folder_of(visitor).resolve()
        inside = path.resolve().is_relative_to(folder) and not path.is_symlink()
        if not (inside and path.is_file()):  # a regular file, not a pipe, which would never end
            raise ValueError
        size = path.stat().st_size
    except (TypeError, KeyError, ValueError, OSError, RuntimeError):
        raise ValueError(UPLOAD_FIRST) from None
    return {
        "path": str(path),
        "orig_name": path.name,
        "size": size,
        "meta": {"_type": "gradio.FileData"},
    }


def folder_of(visitor: Visitor) -> Path:
    """Where a visitor's photos are kept; the names tell neither the address nor the cookie."""
    address, browser = (sha256(who.encode()).hexdigest()[:32] for who in reversed(visitor))
    return upload_folder() / "visitors" / address / browser


def photos_in(folder: Path, pattern: str) -> list[Path]:
    """The photos in a folder, the oldest first."""
    return sorted(folder.glob(pattern), key=age_of)


def age_of(path: Path) -> float:
    """When a file was written; 0 if it has just been deleted."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def size_of(path: Path) -> int:
    """The bytes of a file; 0 if it has just been deleted."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def delete_all_but(count: int, photos: list[Path]) -> None:
    """Delete the oldest photos, also from the list, until so many are left."""
    while len(photos) > count:
        shutil.rmtree(photos.pop(0).parent, ignore_errors=True)


def finished() -> StreamingResponse:
    """Tell that an upload is done: the page asks, and is soon told by the upload itself."""
    return StreamingResponse(iter(['data: {"msg": "done"}\n\n']), media_type="text/event-stream")
