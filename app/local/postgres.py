"""Answers: how does a real PostgreSQL run from plain binaries, without touching the machine?

One server, one data folder, one private socket folder, no TCP. Knows nothing of roles or tables.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote, urlencode

import psycopg

from app.local.server_programs import (
    NOBODY,
    ServerUnavailableError,
    as_nobody,
    binaries,
    folder_for_nobody,
    prefix,
    reachable_by_nobody,
    within_reach_of_nobody,
)
from app.local.terminal import LOG_TAIL_LINES

SUPERUSER = "postgres"
LONGEST_START_SECONDS = 60.0
LONGEST_STOP_SECONDS = 20.0
POLL_SECONDS = 0.02

ALWAYS = {"listen_addresses": "", "timezone": "UTC", "log_timezone": "UTC"}
# A database that is thrown away needs no safety against power cuts, only against crashed processes.
THROW_AWAY = {"fsync": "off", "full_page_writes": "off"}


class EmbeddedServer:
    """One PostgreSQL server that belongs to this process (indlejret server).

    Start it from the main thread: it is told to stop when the thread that started it ends.
    """

    def __init__(self, data: Path, *, throw_away: bool = False) -> None:
        self.binaries = binaries()
        self.data = data.resolve()
        self.settings = {**ALWAYS, **(THROW_AWAY if throw_away else {})}
        self.process: subprocess.Popen[bytes] | None = None
        self.socket_folder: Path | None = None
        self._lock: IO[bytes] | None = None
        if as_nobody():
            self._move_within_reach()
        self.log = self.data.with_name(self.data.name + ".log")

    def _move_within_reach(self) -> None:
        """Keep data and binaries where `nobody` can read them, if the usual places are closed."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        if not reachable_by_nobody(self.data.parent):
            self.data = folder_for_nobody(self.data)
        self.binaries = within_reach_of_nobody(self.binaries)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server, from nothing or from what an earlier one left, and wait for it."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        if not (self.data / "PG_VERSION").exists():
            self._make_data_folder()
        self._check_version()
        self._own_data_folder()
        self._make_socket_folder()
        deadline = time.monotonic() + LONGEST_START_SECONDS
        while True:
            self._clear_away_predecessor()
            self.launch()
            if self._wait_until_ready(deadline):
                return
            # Assumes: a killed server's children hold its shared memory for a moment longer.
            if time.monotonic() > deadline or "still in use" not in self._log_tail():
                raise ServerUnavailableError(f"PostgreSQL startede ikke.\n{self._log_tail()}")
            time.sleep(POLL_SECONDS)

    def running(self) -> subprocess.Popen[bytes]:
        """Return the running server, started again if it has died; what a supervisor calls."""
        if self.process is None or self.process.poll() is not None:
            self.start()
        assert self.process is not None  # noqa: S101 - start has just set it
        return self.process

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server program itself and return at once; `start` is what most want."""
        settings = self.settings | {"unix_socket_directories": str(self.socket_folder)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*prefix(), str(self.binaries / "postgres"), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                process_group=0,  # Ctrl-C is not for the server: it is stopped last
            )
        return self.process

    def stop(self) -> None:
        """Stop the server, keep the data, and let others have the folder."""
        if self.process is not None:
            self._end(self.process.pid, self.process.poll)
            self.process = None
        if self.socket_folder is not None:
            shutil.rmtree(self.socket_folder, ignore_errors=True)
            self.socket_folder = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def erase(self) -> None:
        """Delete all data; refused while another process runs a server on it."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        self._clear_away_predecessor()
        shutil.rmtree(self.data, ignore_errors=True)
        self.log.unlink(missing_ok=True)
        self.stop()

    def url(self, database: str, *, role: str = SUPERUSER) -> str:
        """Return SQLAlchemy's address of a database, as a role."""
        query = {"host": str(self.socket_folder)}
        return f"postgresql+psycopg://{quote(role)}@/{quote(database)}?{urlencode(query)}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """Open a connection as the superuser, each statement its own transaction."""
        return psycopg.connect(
            host=str(self.socket_folder), user=SUPERUSER, dbname=database, autocommit=True
        )

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        lock = self.data.with_name(self.data.name + ".lock").open("wb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise ServerUnavailableError(
                f"Databasen i {self.data} er i brug af en anden ./ky. Stop den først (Ctrl-C)."
            ) from None
        self._lock = lock

    def _make_data_folder(self) -> None:
        """Make the data folder beside its place and move it there when it is whole."""
        unfinished = self.data.with_name(self.data.name + "-unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if as_nobody():
            os.chown(unfinished, NOBODY, NOBODY)
        command = [*prefix(), str(self.binaries / "initdb"), "-D", str(unfinished), "-U", SUPERUSER]
        # Assumes: nobody else can reach the socket, so that no password is needed.
        command += [
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        ]
        made = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        if made.returncode != 0:
            raise ServerUnavailableError(f"initdb lykkedes ikke.\n{made.stdout}{made.stderr}")
        shutil.rmtree(self.data, ignore_errors=True)
        unfinished.rename(self.data)

    def _check_version(self) -> None:
        data_version = (self.data / "PG_VERSION").read_text().strip()
        answer = subprocess.run(
            [str(self.binaries / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=True,
        )
        version = answer.stdout.split()[2].split(".")[0]  # postgres (PostgreSQL) 17.10 (Debian …)
        if data_version != version:
            raise ServerUnavailableError(
                f"Databasen i {self.data} er lavet med PostgreSQL {data_version}, "
                f"men her er {version}. Begynd forfra med ./ky run --ny, eller sæt PG_BIN."
            )

    def _own_data_folder(self) -> None:
        """Hand the data to whoever runs the server today: the kernel may allow other ways now."""
        owner = NOBODY if as_nobody() else os.geteuid()
        if self.data.stat().st_uid != owner:
            for path in (self.data, *self.data.rglob("*")):
                os.chown(path, owner, owner, follow_symlinks=False)

    def _make_socket_folder(self) -> None:
        """Make a short private folder: a socket's path may have 107 bytes only."""
        if self.socket_folder is None:
            self.socket_folder = Path(tempfile.mkdtemp(prefix="ky-pg-"))
            if as_nobody():
                os.chown(self.socket_folder, NOBODY, NOBODY)

    def _wait_until_ready(self, deadline: float) -> bool:
        """Wait until the server answers; False when it has ended instead."""
        assert self.process is not None  # noqa: S101 - launch has just set it
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                return False
            try:
                self.connect().close()
            except psycopg.OperationalError:
                time.sleep(POLL_SECONDS)
            else:
                return True
        return False

    def _clear_away_predecessor(self) -> None:
        """Stop a server that outlived its owner; forget the lock file of one that did not.

        Assumes: we hold the folder's lock, so no living `./ky` owns what is found here. The file
        of a killed server can name a process number that something else has now.
        """
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        if self._is_our_server(pid):
            self._end(pid, lambda: None if self._is_our_server(pid) else 0)
        else:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _is_our_server(self, pid: int) -> bool:
        try:
            program = Path(f"/proc/{pid}/exe").readlink().name
            return (
                program.startswith("postgres") and Path(f"/proc/{pid}/cwd").readlink() == self.data
            )
        except OSError:
            return False

    @staticmethod
    def _end(pid: int, ended: Callable[[], int | None]) -> None:
        """Ask for a fast shutdown; if that takes too long, for an immediate one."""
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            deadline = time.monotonic() + LONGEST_STOP_SECONDS
            while time.monotonic() < deadline:
                if ended() is not None:
                    return
                time.sleep(POLL_SECONDS)

    def _log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])
