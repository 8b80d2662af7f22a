"""The whole system as processes that can be killed: database, registers, web and worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests

from app.config import Settings
from app.local import programs
from app.local.database import create_database
from app.local.installation import DATABASE, demo_settings
from app.local.machine import free_port
from app.local.postgres import EmbeddedServer
from app.migrations.run import upgrade

PATIENCE_SECONDS = 60.0
LEASE_SECONDS = 3
"""A killed worker's rows are free again so soon."""
SECRET = "a-secret-of-the-tests-and-of-nobody-else"  # noqa: S105 – guards nothing


def wait_until(what: str, true: Callable[[], bool]) -> None:
    """Wait until something holds; say what did not."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE_SECONDS:g} s for {what}")
        time.sleep(0.05)


def is_open(port: int) -> bool:
    """Tell whether something listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Stack:
    """Every process of one installation (driftsmiljø)."""

    server: EmbeddedServer
    settings: Settings
    web_port: int
    simulator_url: str
    web: programs.Program
    worker: programs.Program
    running: dict[str, subprocess.Popen[bytes]]

    @property
    def web_url(self) -> str:
        """Where people work."""
        return f"http://127.0.0.1:{self.web_port}"

    def kill(self, victim: str) -> None:
        """Kill `database`, `web` or `worker` as hard as can be; any thread may.

        It is dead on return, so that whoever looks afterwards does not find it dying.
        """
        if victim == "database":
            # Only the server itself: its children notice, as they would after the memory killer.
            if self.server.process is not None:
                self.server.process.kill()
                self.server.process.wait()
            return
        os.killpg(self.running[victim].pid, signal.SIGKILL)
        self.running[victim].wait()

    def revive(self) -> None:
        """Start again what is dead, as the supervisor would.

        By the main thread only: what it starts must not end with a thread that ends.
        """
        assert threading.current_thread() is threading.main_thread()
        if self.server.process is not None and self.server.process.poll() is not None:
            self.server.start()
        for name in ("web", "worker"):
            if self.running[name].poll() is not None:
                self.start(name)

    def start(self, name: str) -> None:
        """Start the web or the worker."""
        if name == "web":
            wait_until("the old web server's port to be free", lambda: not is_open(self.web_port))
        self.running[name] = (self.web if name == "web" else self.worker).start()

    def control(self, word: str, body: Mapping[str, object] | None = None) -> Any:
        """Ask the simulator's own desk."""
        answer = requests.post(
            f"{self.simulator_url}/__control/{word}", json=dict(body or {}), timeout=10
        )
        answer.raise_for_status()
        return answer.json()

    def effects(self) -> dict[str, dict[str, int]]:
        """Return what the registers accepted, by service and idempotency key."""
        return {service: dict(keys) for service, keys in self.control("effects").items()}


@contextmanager
def running_stack(home: Path, *, clock_offset_seconds: float) -> Iterator[Stack]:
    """Run everything in a folder, with the demo's setup and no case, and stop it afterwards."""
    web_port, simulator_port = free_port(8300), free_port(8400)
    running: dict[str, subprocess.Popen[bytes]] = {}
    with EmbeddedServer(home / "pg") as server:
        create_database(server, DATABASE)
        settings = demo_settings(
            server,
            DATABASE,
            files_dir=home / "files",
            simulator_port=simulator_port,
            secret_key=SECRET,
            clock_offset_seconds=clock_offset_seconds,
        )
        settings = replace(settings, lease_seconds=LEASE_SECONDS, receipts_seconds=0.3)
        assert settings.owner_url is not None
        upgrade(settings.owner_url)
        simulator = programs.Program(
            programs.simulator_command(simulator_port, home / "simulator.jsonl"),
            settings,
            log=home / "simulator.log",
        )
        stack = Stack(
            server,
            settings,
            web_port,
            f"http://127.0.0.1:{simulator_port}",
            programs.Program(programs.web_command(web_port), settings, log=home / "web.log"),
            programs.Program(programs.WORKER_COMMAND, settings, log=home / "worker.log"),
            running,
        )
        try:
            running["simulator"] = simulator.start()
            wait_until("the simulator", lambda: is_open(simulator_port))
            for name in ("web", "worker"):
                stack.start(name)
            wait_until("the web server", lambda: is_open(web_port))
            yield stack
        finally:
            for process in running.values():
                process.terminate()
            for process in running.values():
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
