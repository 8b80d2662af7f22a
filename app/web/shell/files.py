"""Hands out a document's exact bytes, and takes in what a form sends."""

from __future__ import annotations

from flask import Response, request

SHOWN_INLINE = frozenset({"application/pdf", "text/plain", "image/jpeg", "image/png"})
"""What a browser may open itself; the rest, HTML above all, is only ever saved."""

SANDBOXED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"
"""For what others may have made: it loads and runs nothing, and is no part of our own site."""


def download(content: bytes, media_type: str, title: str) -> Response:
    """Return a document with its name."""
    answer = Response(content, content_type=media_type)
    kind = "inline" if media_type in SHOWN_INLINE else "attachment"
    answer.headers.set("Content-Disposition", kind, filename=title)
    answer.headers["Content-Security-Policy"] = SANDBOXED
    return answer


def uploaded(field: str) -> list[tuple[str, bytes]]:
    """Return the files a form sent, by name and content; an empty choice is none."""
    chosen = [each for each in request.files.getlist(field) if each.filename]
    read = [(each.filename or "", each.stream.read()) for each in chosen]
    for each in chosen:
        each.close()
    return read
