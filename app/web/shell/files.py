"""Hands out a document's exact bytes."""

from __future__ import annotations

from flask import Response

SHOWN_INLINE = frozenset({"application/pdf", "text/plain", "image/jpeg", "image/png"})
"""What a browser may open itself; the rest, HTML above all, is only ever saved."""


def download(content: bytes, media_type: str, title: str) -> Response:
    """Return a document with its name."""
    answer = Response(content, content_type=media_type)
    kind = "inline" if media_type in SHOWN_INLINE else "attachment"
    answer.headers.set("Content-Disposition", kind, filename=title)
    return answer
