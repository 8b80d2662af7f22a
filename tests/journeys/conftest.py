"""A whole core on a real database with every register simulated over HTTP."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from app.config import Mode, Settings
from app.local import demo
from app.local.driver import Driver
from app.wiring import Core, build_core
from integrations.calls import Limits
from integrations.simulator import scenarios
from integrations.simulator.server import Running, start
from tests.database import Database
from tests.fakes.clock import FrozenClock

DENMARK = ZoneInfo("Europe/Copenhagen")
MORNING = datetime(2026, 3, 2, 9, 14, tzinfo=DENMARK)


@dataclass
class World:
    """The core, its team, its clock, and the registers (verden)."""

    core: Core
    driver: Driver
    clock: FrozenClock
    registers: Running

    def apply(self, who: str) -> str:
        """Hand in somebody's ready-made application; return the case."""
        self.core.intake.deliver(demo.delivered(who, submitted_at=self.clock.now()))
        cpr = scenarios.load("demo").applications[who]["applicant_cpr"]
        return self.core.cases.search(cpr, self.driver.team.caseworker)[0].id

    def move(self, **by: float) -> None:
        """Move the clock on, e.g. `days=15`, and let the worker see what has become due."""
        self.clock.forward(timedelta(**by))
        self.driver.settle()

    def forms(self, case_id: str) -> list[str]:
        """Return the forms of the open tasks."""
        return sorted(task.form_key for task in self.driver.open_tasks(case_id))

    def misbehave(self, service: str, mode: str, **more: Any) -> None:
        """Make a register slow, down or wrong."""
        self.control("mode", {"service": service, "mode": mode, **more})

    def control(self, word: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask the simulator's own desk."""
        answer = requests.post(
            f"{self.registers.url}/__control/{word}", json=body or {}, timeout=10
        )
        answer.raise_for_status()
        return answer.json()


@pytest.fixture
def registers() -> Iterator[Running]:
    """Every register, freshly started."""
    with start("demo") as running:
        yield running


@pytest.fixture
def make_core(database: Database, tmp_path: Path) -> Iterator[Callable[..., Core]]:
    """Build cores on this test's database, and close them afterwards."""
    made: list[Core] = []

    def make(registers: Running, clock: FrozenClock) -> Core:
        core = build_core(
            Settings(
                mode=Mode.TEST,
                database_url=database.app_url,
                secret_key="a-secret-of-the-tests-and-of-nobody-else",  # noqa: S106 – guards nothing
                files_dir=tmp_path,
                cpr_url=registers.url,
                income_url=registers.url,
                payment_url=registers.url,
                ledger_url=registers.url,
                debtor_url=registers.url,
                post_url=registers.url,
                events_url=registers.url,
                taxcard_url=registers.url,
                index_url=registers.url,
                simulator=True,
            ),
            clock=clock,
            limits=Limits(seconds=2, attempts=1, pause_seconds=0.01),
        )
        made.append(core)
        return core

    yield make
    for core in made:
        core.close()


@pytest.fixture
def world(make_core: Callable[..., Core], registers: Running) -> World:
    """The demo municipality with its staff and diagrams, and no case yet."""
    clock = FrozenClock(MORNING)
    core = make_core(registers, clock)
    demo.load_setup(core)
    return World(core, Driver(core, demo.team(core)), clock, registers)
