"""Answers: with which settings does the installation on this machine run?

In demo mode everything is remembered in `var/`: the database, the files, the secret of the sessions
and the day the clock was set to. Knows nothing of how programs are started.
"""

import secrets
import shutil
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app.config import Mode, Settings
from app.local.machine import LOOPBACK
from app.local.postgres import EmbeddedServer

DATABASE = "ky"
APP_ROLE = "ky_app"
# Assumes: rates are known to the end of 2026; a demo in 2027 could decide nothing.
DEMO_STARTS_AT = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))


class Installation:
    """What `./ky run` keeps between two runs (installation), in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "log"
        self.server = EmbeddedServer(folder / "pg")

    def erase(self) -> None:
        """Throw everything away, to begin again; refused while another `./ky` uses the database."""
        self.server.erase()
        shutil.rmtree(self.folder, ignore_errors=True)

    def settings(self, *, simulator_port: int) -> Settings:
        """Return the demo's settings; the server must be running, its address is part of them."""
        self.logs.mkdir(parents=True, exist_ok=True)
        return demo_settings(
            self.server,
            DATABASE,
            files_dir=self.folder / "files",
            simulator_port=simulator_port,
            secret_key=self._remembered("secret", secrets.token_urlsafe(48)),
            clock_offset_seconds=float(self._remembered("clock-offset", str(offset_of_demo()))),
        )

    def _remembered(self, name: str, first: str) -> str:
        """Return what was written at the first run."""
        file = self.folder / name
        if not file.exists():
            unfinished = file.with_suffix(".unfinished")
            unfinished.touch(mode=0o600)
            unfinished.write_text(first)
            unfinished.rename(file)
        return file.read_text()


def offset_of_demo() -> float:
    """Return how far the clock must be moved for the demo to begin now."""
    return round(DEMO_STARTS_AT.timestamp() - time.time(), 3)


def demo_settings(
    server: EmbeddedServer,
    database: str,
    *,
    files_dir: Path,
    simulator_port: int,
    secret_key: str,
    clock_offset_seconds: float,
) -> Settings:
    """Return settings on an embedded server, with the simulator as every register."""
    # Each adapter knows its service's path; the simulator answers them all at one address.
    simulator = f"http://{LOOPBACK}:{simulator_port}"
    return Settings(
        mode=Mode.DEMO,
        database_url=server.url(database, role=APP_ROLE),
        owner_url=server.url(database),
        secret_key=secret_key,
        files_dir=files_dir,
        cpr_url=simulator,
        income_url=simulator,
        payment_url=simulator,
        ledger_url=simulator,
        debtor_url=simulator,
        post_url=simulator,
        events_url=simulator,
        taxcard_url=simulator,
        index_url=simulator,
        simulator=True,
        receipts_seconds=2.0,
        clock_offset_seconds=clock_offset_seconds,
    )
