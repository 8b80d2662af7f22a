"""Answers: how is each program of the system started on this machine?

The image starts them too. Knows nothing of watching them.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from app.config import Settings
from app.local.machine import LOOPBACK, cores
from app.local.places import ROOT
from app.local.terminal import LOG_TAIL_LINES


def web_command(port: int, interface: str = LOOPBACK) -> list[str]:
    """Return the command of the web server."""
    return [
        *("-m", "gunicorn", "--worker-class", "gthread", "--workers", "1"),
        *("--threads", str(4 * cores()), "--bind", f"{interface}:{port}", "--no-control-socket"),
        *("--graceful-timeout", "10", "--log-level", "warning", "app.factory:create_app()"),
    ]


WORKER_COMMAND = ["-m", "tasks.worker"]
SIMULATOR_COMMAND = ["-m", "integrations.simulator"]


def start(
    command: list[str], settings: Settings, *, log: Path, **extra: str
) -> Callable[[], subprocess.Popen[bytes]]:
    """Return a function that starts one of our programs with these settings."""
    tied = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
    environment = {**os.environ, **settings.as_environment(), "PYTHONUNBUFFERED": "1", **extra}
    if "KY_EMBEDDED_URL" in environment:
        environment.pop("DATABASE_URL", None)

    def run() -> subprocess.Popen[bytes]:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            return subprocess.Popen(
                [*tied, sys.executable, *command],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,  # Ctrl-C is the supervisor's: it stops programs in order
            )

    return run


def last_words(log: Path) -> Callable[[], str]:
    """Return a function that tells how a program's log ends."""

    def words() -> str:
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return "\n".join(f"  | {line}" for line in lines[-LOG_TAIL_LINES:])

    return words
