"""`./ky run`, whole: everything starts, what is killed comes back, Ctrl-C leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Self

import pytest

from app.local.machine import answers
from app.local.places import ROOT

PATIENCE_SECONDS = 120.0


class Run:
    """One `./ky run` with a folder of its own, read line by line."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "app.local.cli", "run"]
        environment = os.environ | {"KY_VAR": str(folder), "PYTHONUNBUFFERED": "1"}
        environment.pop("DATABASE_URL", None)
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )
        self.told: list[str] = []
        self._lines: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(30)
        self._reader.join(30)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Return the first new line that matches."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                line = self._lines.get(timeout=1.0)
            except Empty:
                assert self.process.poll() is None, "".join(self.told)
                continue
            self.told.append(line)
            if match := re.search(pattern, line):
                return match
        raise AssertionError(f"never said {pattern!r}:\n{''.join(self.told)}")

    def wait_until_ready(self) -> int:
        """Wait until it says so, and return the port of the web."""
        port = int(self.wait_for(r"Ydelsessystemet\s+http://127.0.0.1:(\d+)/")[1])
        assert answers(port, "/sundhed")
        return port

    def programs(self) -> dict[str, int]:
        """Return the process numbers of what it looks after, by a word of their command."""
        found = {}
        for number in children(self.process.pid):
            command = Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            for word in ("gunicorn", "tasks.worker", "integrations.simulator", "postgres"):
                if word in command:
                    found[word] = number
        return found

    def stop(self) -> int:
        """Press Ctrl-C and return the exit code."""
        os.kill(self.process.pid, signal.SIGINT)
        return self.process.wait(60)


def children(number: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{number}/task/{number}/children").read_text().split()]


def is_alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # what nobody has asked about yet is dead all the same


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installation") / "var"


@pytest.fixture
def run(folder: Path) -> Iterator[Run]:
    with Run(folder) as running:
        yield running


@pytest.mark.xdist_group("run")
def test_what_is_killed_comes_back_and_ctrl_c_leaves_nothing_behind(run: Run) -> None:
    port = run.wait_until_ready()
    programs = run.programs()
    assert set(programs) == {"gunicorn", "tasks.worker", "integrations.simulator", "postgres"}

    for word, name in (
        ("tasks.worker", "arbejderen"),
        ("postgres", "databasen"),
        ("gunicorn", "web"),
    ):
        os.kill(programs[word], signal.SIGKILL)
        run.wait_for(rf"{name} stoppede \(SIGKILL\)\. Starter igen om 0.5 s")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while set(run.programs()) != set(programs) or not answers(port, "/log-ind"):
        assert time.monotonic() < deadline, "".join(run.told)
        threading.Event().wait(0.1)
    last = run.programs()

    assert run.stop() == 0
    assert not any(is_alive(number) for number in last.values())


@pytest.mark.xdist_group("run")
def test_a_second_start_keeps_the_data_and_a_killed_starter_takes_all_with_it(
    run: Run, folder: Path
) -> None:
    run.wait_until_ready()
    secret = (folder / "secret").read_text()
    programs = run.programs()

    run.process.kill()
    run.process.wait(30)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(is_alive(number) for number in programs.values()):
        assert time.monotonic() < deadline, "they outlived the one who started them"
        threading.Event().wait(0.05)

    with Run(folder) as again:
        again.wait_until_ready()
        assert (folder / "secret").read_text() == secret
        assert again.stop() == 0
