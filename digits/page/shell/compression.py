"""Compresses what Gradio sends as it is: its HTML, and what we send in the place of its modules."""

import gzip

from digits.page.gradio_internals.frontend import Compressor

QUICKLY, WELL = 5, 10  # what is made for each visitor; what is made once


def chosen(accepted: str) -> str | None:
    """Choose a compression among those that a browser accepts: "br", "gzip" or None."""
    names = {name.split(";")[0].strip() for name in accepted.lower().split(",")}
    return next((name for name in ("br", "gzip") if name in names), None)


def compressed(content: bytes, encoding: str | None, quality: int) -> bytes:
    """Compress in one of the ways that `chosen` gives.

    Args:
        content: what is sent.
        encoding: "br", "gzip", or None for no compression.
        quality: of Brotli, 0 to 11.
    """
    if encoding == "br":
        compressor = Compressor(quality=quality)
        return compressor.process(content) + compressor.finish()
    return gzip.compress(content, 9, mtime=0) if encoding == "gzip" else content
