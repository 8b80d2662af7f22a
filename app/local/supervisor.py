"""Answers: is everything that should run running, and does it stop in order?

Starts services, starts again what dies, with longer pauses each time, and says so. Knows nothing of
what the services do.
"""

import math
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Self

from app.local.terminal import SetupError, say

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
SECONDS_TO_TRUST = 60.0
POLL_SECONDS = 0.1


@dataclass
class Service:
    """One program the supervisor looks after (tjeneste).

    `start` returns the running program. `ready` tells when others may count on it.
    """

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    ready: Callable[[], bool] = lambda: True
    last_words: Callable[[], str] = str
    stop_signal: int = signal.SIGTERM
    patience_seconds: float = 15.0
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    failures: int = field(default=0, init=False)
    started_at: float = field(default=0.0, init=False)
    start_again_at: float = field(default=math.inf, init=False)

    @property
    def pause_seconds(self) -> float:
        """Return how long to wait before the next try: half a second, doubled each time."""
        return float(min(FIRST_PAUSE_SECONDS * 2 ** (self.failures - 1), LONGEST_PAUSE_SECONDS))


class Supervisor:
    """Keeps services running until it is told to stop (opsyn).

    A context: leaving it, also by an error or Ctrl-C, stops everything in reverse order.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._services: list[Service] = []
        self._clock = clock
        self._stopping = threading.Event()
        self._watching = False
        self._earlier: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._earlier = {each: signal.signal(each, self._asked_to_stop) for each in _STOP_SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        self._watching = True  # from here on, Ctrl-C means: no more patience
        self._stopping.set()
        self._stop_all()
        for number, handler in self._earlier.items():
            signal.signal(number, handler)

    def start(self, service: Service) -> None:
        """Start one service, wait until others may count on it, and look after it from now on."""
        self._services.append(service)
        self._launch(service)
        while not service.ready() and not self._stopping.wait(POLL_SECONDS):
            self.look()

    def watch(self) -> None:
        """Look after the services until told to stop."""
        self._watching = True
        while not self._stopping.wait(POLL_SECONDS):
            self.look()

    def stop(self) -> None:
        """Ask `watch` to end."""
        self._stopping.set()

    def look(self) -> None:
        """Look at each service once: note who died, start again those whose pause is over."""
        for service in self._services:
            if service.process is None:
                if self._clock() >= service.start_again_at:
                    self._launch(service)
            elif (code := service.process.poll()) is not None:
                self._note_death(service, _manner_of_death(code))
            elif self._clock() - service.started_at > SECONDS_TO_TRUST:
                service.failures = 0

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        if not self._watching:  # still starting: there is no watch to end
            raise KeyboardInterrupt
        if self._stopping.is_set():  # asked twice: no more patience
            for service in self._services:
                service.patience_seconds = 0.0
        self._stopping.set()

    def _launch(self, service: Service) -> None:
        service.started_at = self._clock()
        service.start_again_at = math.inf
        try:
            service.process = service.start()
        except (OSError, SetupError) as error:
            self._note_death(service, str(error))

    def _note_death(self, service: Service, manner: str) -> None:
        service.process = None
        service.failures += 1
        service.start_again_at = self._clock() + service.pause_seconds
        if service.failures == 1 and (words := service.last_words()):
            say(words)  # once: the same words every few seconds help nobody
        say(
            f"{service.name} stoppede ({manner}). Starter igen om {service.pause_seconds:g} s "
            f"(forsøg {service.failures})."
        )

    def _stop_all(self) -> None:
        for service in reversed(self._services):
            process = service.process
            if process is None or process.poll() is not None:
                continue
            process.send_signal(service.stop_signal)
            asked_at = time.monotonic()
            while process.poll() is None:
                if time.monotonic() - asked_at > service.patience_seconds:
                    say(f"{service.name} ville ikke stoppe og bliver afbrudt.")
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
                time.sleep(POLL_SECONDS / 5)


_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _manner_of_death(code: int) -> str:
    """Return how a program ended, in words."""
    if code < 0:
        return signal.Signals(-code).name
    return f"kode {code}"
