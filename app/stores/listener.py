"""Waits for the database to say that there is work: LISTEN on a connection of its own."""

from __future__ import annotations

import logging
import time

import psycopg
from sqlalchemy import Engine

CHANNEL = "ky_work"
log = logging.getLogger(__name__)


class Listener:
    """Hears NOTIFY (lytter); a lost connection is opened again at the next wait."""

    def __init__(self, engine: Engine) -> None:
        self._dsn = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: psycopg.Connection | None = None

    def wait(self, timeout_seconds: float) -> bool:
        """Wait until somebody said there is work (True), or the time is up (False).

        Several notices at once are one. When the server is away this returns False after the
        time is up, so that whoever sweeps in between goes on sweeping.
        """
        try:
            connection = self._connection or self._open()
            heard = list(connection.notifies(timeout=timeout_seconds, stop_after=1))
        except psycopg.OperationalError:
            log.warning("the database is away; listening again when it is back")
            self.close()
            time.sleep(timeout_seconds)
            return False
        return bool(heard)

    def _open(self) -> psycopg.Connection:
        connection = psycopg.connect(self._dsn, autocommit=True, connect_timeout=5)
        connection.execute(f"LISTEN {CHANNEL}")
        self._connection = connection
        return connection

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
