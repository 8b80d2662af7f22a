"""The virus scanner (virusscanner): ClamAV's daemon, spoken to over TCP.

A file goes as chunks after `zINSTREAM`, each with its length before it, and an empty one last. The
answer is one line: `stream: OK`, `stream: <name> FOUND`, or what went wrong.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from processes.domain.errors import OutsideError
from processes.ports.gateways import ContentScanner, ScanAnswer

SYSTEM = "Virusscanner"
CHUNK_BYTES = 64 * 1024
USUAL_PORT = 3310
LONGEST_ANSWER_BYTES = 4096
FOUND = re.compile(r"stream: (?P<virus>.+) FOUND")


class NoScanner:
    """Stands where an installation has no scanner: nothing is looked through, and that is said."""

    def scan(self, content: bytes) -> ScanAnswer:
        """Return that nobody has looked."""
        return ScanAnswer(is_scanned=False)


class Clamd:
    """ClamAV's daemon at an address like `tcp://127.0.0.1:3310`."""

    def __init__(self, url: str, *, seconds: float) -> None:
        place = urlsplit(url)
        if place.scheme != "tcp" or not place.hostname:
            raise ValueError(f"a scanner stands at tcp://host:port, not at {url!r}")
        self.address = (place.hostname, place.port or USUAL_PORT)
        self.seconds = seconds

    def scan(self, content: bytes) -> ScanAnswer:
        """Look a file through; one the scanner cannot judge is an error, never clean."""
        said = self._asked(content)
        if said == "stream: OK":
            return ScanAnswer(is_scanned=True)
        if found := FOUND.fullmatch(said):
            return ScanAnswer(is_scanned=True, virus=found["virus"])
        raise OutsideError(
            "Virusscanneren kunne ikke se filen efter.",
            system=SYSTEM,
            code="invalid_answer",
            retryable=False,
        )

    def _asked(self, content: bytes) -> str:
        try:
            with socket.create_connection(self.address, timeout=self.seconds) as line:
                line.sendall(b"zINSTREAM\0")
                for chunk in _chunks(content):
                    line.sendall(len(chunk).to_bytes(4, "big") + chunk)
                line.sendall((0).to_bytes(4, "big"))
                return _line(line)
        except OSError as error:
            raise OutsideError(
                "Virusscanneren svarer ikke.",
                system=SYSTEM,
                code="unavailable",
                retryable=True,
            ) from error


def scanner_at(url: str | None, *, seconds: float) -> ContentScanner:
    """Return the scanner an installation has, or the one that says there is none."""
    return Clamd(url, seconds=seconds) if url else NoScanner()


def _chunks(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]


def _line(line: socket.socket) -> str:
    """Read up to the null byte that ends an answer, or until the other side hangs up."""
    said = b""
    while b"\0" not in said and len(said) < LONGEST_ANSWER_BYTES:
        more = line.recv(LONGEST_ANSWER_BYTES)
        if not more:
            break
        said += more
    return said.split(b"\0")[0].decode("utf-8", "replace").strip()
