"""The supervisor: starts again what dies, with longer pauses, and stops in order."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app.local.supervisor import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, Service, Supervisor
from app.local.terminal import SetupError

FOREVER = "import signal; signal.pause()"


class HandClock:
    """A clock that moves when the test moves it."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def program(code: str) -> Callable[[], subprocess.Popen[bytes]]:
    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-S", "-c", code], process_group=0)

    return start


def dies_at_once(name: str = "arbejderen") -> Service:
    return Service(name, program("raise SystemExit(3)"))


def look_until_dead(supervisor: Supervisor, service: Service) -> None:
    process = service.process
    assert process is not None
    process.wait(20)
    supervisor.look()


def test_what_dies_is_started_again_with_pauses_that_double() -> None:
    clock = HandClock()
    service = dies_at_once()
    supervisor = Supervisor(clock=clock)
    pauses = []

    supervisor.start(service)
    for _ in range(9):
        look_until_dead(supervisor, service)
        pauses.append(service.start_again_at - clock.seconds)
        clock.seconds = service.start_again_at
        supervisor.look()

    assert pauses[:3] == [FIRST_PAUSE_SECONDS, 2 * FIRST_PAUSE_SECONDS, 4 * FIRST_PAUSE_SECONDS]
    assert pauses[-1] == LONGEST_PAUSE_SECONDS
    look_until_dead(supervisor, service)


def test_it_is_not_started_before_its_pause_is_over() -> None:
    clock = HandClock()
    service = dies_at_once()
    supervisor = Supervisor(clock=clock)

    supervisor.start(service)
    look_until_dead(supervisor, service)
    clock.seconds = service.start_again_at - 0.01
    supervisor.look()

    assert service.process is None


def test_a_death_is_told_with_its_manner_and_the_next_try(
    capsys: pytest.CaptureFixture[str],
) -> None:
    service = Service("web", program(FOREVER), last_words=lambda: "  | Traceback: noget gik galt")
    supervisor = Supervisor()
    supervisor.start(service)
    assert service.process is not None

    os.kill(service.process.pid, signal.SIGKILL)
    look_until_dead(supervisor, service)

    told = capsys.readouterr().out
    assert "noget gik galt" in told
    assert "web stoppede (SIGKILL). Starter igen om 0.5 s (forsøg 1)." in told


def test_one_that_cannot_be_started_is_tried_again() -> None:
    tries = []

    def start() -> subprocess.Popen[bytes]:
        tries.append(1)
        if len(tries) == 1:
            raise SetupError("databasen er optaget")
        return program("pass")()

    clock = HandClock()
    service = Service("databasen", start)
    supervisor = Supervisor(clock=clock)

    supervisor.start(service)
    clock.seconds += 1
    supervisor.look()

    assert len(tries) == 2
    look_until_dead(supervisor, service)


def test_a_minute_without_dying_makes_the_next_pause_short_again() -> None:
    clock = HandClock()
    service = Service("web", program(FOREVER))
    service.failures = 6
    supervisor = Supervisor(clock=clock)
    supervisor.start(service)

    clock.seconds += 61
    supervisor.look()

    assert service.failures == 0
    assert service.process is not None
    service.process.kill()
    service.process.wait(20)


def test_services_start_in_order_and_stop_in_reverse(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = (
        "import signal, sys\n"
        "def end(*_):\n    open({log!r}, 'a').write('{name} stops\\n'); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "open({log!r}, 'a').write('{name} starts\\n')\n"
        "signal.pause()\n"
    )

    def written(name: str) -> Callable[[], bool]:
        return lambda: log.exists() and f"{name} starts" in log.read_text()

    services = [
        Service(name, program(code.format(log=str(log), name=name)), ready=written(name))
        for name in ("database", "web", "worker")
    ]
    with Supervisor() as supervisor:
        for service in services:
            supervisor.start(service)

    assert log.read_text().splitlines() == [
        "database starts",
        "web starts",
        "worker starts",
        "worker stops",
        "web stops",
        "database stops",
    ]


def test_ctrl_c_ends_the_watch_and_stops_everything() -> None:
    service = Service("web", program(FOREVER))
    before = signal.getsignal(signal.SIGINT)

    with Supervisor() as supervisor:
        supervisor.start(service)
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
        supervisor.watch()

    assert service.process is not None
    assert service.process.returncode == -signal.SIGTERM
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_while_starting_stops_what_has_been_started() -> None:
    started = Service("databasen", program(FOREVER))
    never_ready = Service("web", program(FOREVER), ready=lambda: False)

    def start_both() -> None:
        with Supervisor() as supervisor:
            supervisor.start(started)
            threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
            supervisor.start(never_ready)

    with pytest.raises(KeyboardInterrupt):
        start_both()

    for service in (started, never_ready):
        assert service.process is not None
        assert service.process.returncode == -signal.SIGTERM


def test_one_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    stubborn = (
        "import signal, pathlib\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"pathlib.Path({str(ready)!r}).touch()\n"
        "while True: signal.pause()\n"
    )
    service = Service("web", program(stubborn), ready=ready.exists, patience_seconds=0.1)

    with Supervisor() as supervisor:
        supervisor.start(service)

    assert service.process is not None
    assert service.process.returncode == -signal.SIGKILL


def test_one_that_dies_while_starting_is_tried_until_it_is_ready(tmp_path: Path) -> None:
    second_try = tmp_path / "second-try"
    code = (
        "import pathlib, signal\n"
        f"first = pathlib.Path({str(tmp_path / 'first-try')!r})\n"
        "if not first.exists():\n    first.touch()\n    raise SystemExit(1)\n"
        f"pathlib.Path({str(second_try)!r}).touch()\n"
        "signal.pause()\n"
    )
    service = Service("web", program(code), ready=second_try.exists)

    with Supervisor() as supervisor:
        supervisor.start(service)

        assert service.failures == 1
