"""The simulator over real HTTP, a clock that stands still, and calls that never wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from integrations.calls import Limits, Pacing
from integrations.simulator.scenarios import World
from integrations.simulator.server import start
from processes.domain.identifiers import Cvr

EGEKOEB = Cvr("99000015")
NABOKOEB = Cvr("99000023")
NOON = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)


@dataclass
class StoppedClock:
    """A clock that moves only when told to."""

    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        return self.moment.date()

    def pass_time(self, **passed: int) -> None:
        self.moment += timedelta(**passed)


@dataclass
class Pauses:
    """Remembers every pause instead of waiting."""

    seconds: list[float] = field(default_factory=list)

    def pacing(self) -> Pacing:
        return Pacing(sleep=self.seconds.append, jitter=lambda: 0.0)


@dataclass(frozen=True)
class Outside:
    """A running simulator, and its control."""

    url: str
    world: World

    def tell(self, control: str, **wanted: Any) -> Any:
        answer = requests.post(f"{self.url}/__control/{control}", json=wanted, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def behave(self, service: str, mode: str, **more: Any) -> None:
        self.tell("mode", service=service, mode=mode, **more)

    def effects(self, service: str) -> Mapping[str, int]:
        counted: Mapping[str, int] = self.tell("effects").get(service, {})
        return counted

    def asked(self, service: str) -> Mapping[str, int]:
        counted: Mapping[str, int] = self.tell("asked").get(service, {})
        return counted

    def cpr(self, key: str) -> str:
        return self.world.people[key].cpr


def _outside(world: str) -> Iterator[Outside]:
    with start(world) as running:
        yield Outside(running.url, running.simulator.world)


@pytest.fixture(scope="session")
def _demo() -> Iterator[Outside]:
    yield from _outside("demo")


@pytest.fixture(scope="session")
def edge() -> Iterator[Outside]:
    """The world of what seldom happens; read only."""
    yield from _outside("edge")


@pytest.fixture
def outside(_demo: Outside) -> Iterator[Outside]:
    """The demo world, as if nothing had happened yet."""
    _demo.tell("reset")
    yield _demo
    # Lets go of requests that still wait for a slow answer.
    _demo.tell("reset")


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def gateway(outside: Outside, clock: StoppedClock, pauses: Pauses) -> Callable[..., Any]:
    """Make a gateway to the demo world; keywords override the limits."""

    def make(kind: Callable[..., Any], **limits: Any) -> Any:
        return kind(outside.url, clock=clock, limits=Limits(**limits), pacing=pauses.pacing())

    return make
