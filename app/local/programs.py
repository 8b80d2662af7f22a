"""Answers: how is each program of the system started on this machine?

The image starts them too. Knows nothing of watching them.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from app.config import EMBEDDED_URL, Settings
from app.local.machine import LOOPBACK, cores
from app.local.places import ROOT
from app.local.terminal import LOG_TAIL_LINES

WORKER_COMMAND = ["-m", "tasks.worker"]


def web_command(port: int, interface: str = LOOPBACK) -> list[str]:
    """Return the command of the web server."""
    return [
        *("-m", "gunicorn", "--worker-class", "gthread", "--workers", "1"),
        *("--threads", str(4 * cores()), "--bind", f"{interface}:{port}", "--no-control-socket"),
        *("--graceful-timeout", "10", "--log-level", "warning", "app.factory:create_app()"),
    ]


def simulator_command(port: int, state: Path) -> list[str]:
    """Return the command of the simulator; `state` keeps what it has accepted."""
    return ["-m", "integrations.simulator", "--port", str(port), "--state", str(state)]


class Program:
    """One of our programs with its settings and its log (program)."""

    def __init__(self, command: list[str], settings: Settings, *, log: Path) -> None:
        tied = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
        self._command = [*tied, sys.executable, *command]
        self._environment = {**os.environ, **settings.as_environment(), "PYTHONUNBUFFERED": "1"}
        if EMBEDDED_URL in self._environment:
            self._environment.pop("DATABASE_URL", None)
        self._log = log
        self._starts_in_log = 0
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")

    def start(self) -> subprocess.Popen[bytes]:
        """Start it; what it writes goes to its log."""
        with self._log.open("ab") as output:
            self._starts_in_log = output.tell()
            return subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,  # Ctrl-C is the supervisor's: it stops programs in order
            )

    def last_words(self) -> str:
        """Return how the log of the last start ends."""
        written = self._log.read_bytes()[self._starts_in_log :].decode(errors="replace")
        return "\n".join(f"  | {line}" for line in written.splitlines()[-LOG_TAIL_LINES:])
