"""Hands out a document's exact bytes, and takes in what a form sends."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request
from werkzeug.datastructures import FileStorage

from processes.domain.documents import LARGEST_FILE_BYTES, too_large
from processes.domain.errors import RuleError

SHOWN_INLINE = frozenset({"application/pdf", "text/plain", "image/jpeg", "image/png"})
"""What a browser may open itself; the rest, HTML above all, is only ever saved."""

ENDINGS = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "text/plain": ".txt",
}
"""What a saved file is called after its title, so that a machine knows what opens it."""

SANDBOXED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"
"""For what others may have made: it loads and runs nothing, and is no part of our own site."""
LARGEST_UPLOAD = 64 * 1024 * 1024
"""What a page with files may send at once: one file too large shall not cost what was typed."""
DRAINED_BYTES = 256 * 1024 * 1024
"""How much of a request that is refused is read all the same, so that the answer is seen."""
CHUNK_BYTES = 256 * 1024


class TooLargeError(RuleError):
    """A file is larger than one may be; nothing of it was read."""


def download(content: bytes, media_type: str, title: str) -> Response:
    """Return a document with its name."""
    answer = Response(content, content_type=media_type)
    kind = "inline" if media_type in SHOWN_INLINE else "attachment"
    ending = ENDINGS.get(media_type.partition(";")[0], "")
    name = title if title.lower().endswith(ending) else f"{title}{ending}"
    # The plain name is for the oldest browsers; the other keeps every letter (RFC 6266).
    plain = "".join(
        each for each in name if each.isascii() and each.isprintable() and each not in '"\\'
    )
    answer.headers["Content-Disposition"] = (
        f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    answer.headers["Content-Security-Policy"] = SANDBOXED
    return answer


def uploaded(field: str) -> list[tuple[str, bytes]]:
    """Return the files a form sent, by name and content; an empty choice is none.

    One that is too large is refused before any of it is read into memory.
    """
    chosen = [each for each in request.files.getlist(field) if each.filename]
    try:
        for each in chosen:
            if (size := _size(each)) > LARGEST_FILE_BYTES:
                raise TooLargeError(too_large(each.filename or "Filen", size))
        return [(each.filename or "", each.stream.read()) for each in chosen]
    finally:
        for each in chosen:
            each.close()


def _size(file: FileStorage) -> int:
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    return size


def allow_large_upload() -> None:
    """Let this request bring files; for the pages that take some, before anything is read."""
    request.max_content_length = LARGEST_UPLOAD


def drain() -> None:
    """Read what is left of a refused request: a browser that still sends sees no answer."""
    source = request.input_stream
    left = min(request.content_length or 0, DRAINED_BYTES)
    while left > 0:
        chunk = source.read(min(CHUNK_BYTES, left))
        if not chunk:
            return
        left -= len(chunk)


def far_too_large() -> str:
    """Return what is said when the files are too large together."""
    most = LARGEST_UPLOAD // (1024 * 1024)
    each = LARGEST_FILE_BYTES // 1_000_000
    return (
        f"Det, du sendte, fylder over {most} MB tilsammen, så vi kunne ikke tage imod det."
        f" Send én fil ad gangen. En fil må højst fylde {each} MB."
    )
