"""A small daemon that speaks clamd's protocol over TCP, and finds the one virus made for tests."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The industry's harmless test file; in two parts, so that no scanner takes this file for it."""


class Daemon(socketserver.ThreadingTCPServer):
    """Looks through what it is sent, or says what a test wants it to say."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, says: bytes | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Line)
        self.says = says
        self.seen: list[bytes] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class Line(socketserver.StreamRequestHandler):
    """One connection: a command, chunks with their lengths, and an answer."""

    server: Daemon

    def handle(self) -> None:
        command = self._until_null()
        if command != b"zINSTREAM":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b"".join(self._chunks())
        self.server.seen.append(content)
        found = b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        self.wfile.write(self.server.says or found)

    def _until_null(self) -> bytes:
        said = b""
        while (byte := self.rfile.read(1)) not in {b"\0", b""}:
            said += byte
        return said

    def _chunks(self) -> Iterator[bytes]:
        while length := int.from_bytes(self.rfile.read(4), "big"):
            yield self.rfile.read(length)


@contextmanager
def running(says: bytes | None = None) -> Iterator[Daemon]:
    """Run a daemon while a test needs it."""
    with Daemon(says) as daemon:
        thread = threading.Thread(target=daemon.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield daemon
        finally:
            daemon.shutdown()
            thread.join()
