"""The house is kept by the worker itself: once when it is ready, then every day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.security.sessions import WebSession
from app.wiring import Core
from tasks import housekeeping
from tasks.celery_app import celery
from tests.database import Database
from tests.journeys.conftest import World

AUTUMN_2027 = datetime.fromisoformat("2027-11-20T12:00:00+01:00")
"""The first migration made the months until the end of 2027."""
NEW_MONTHS = ["history_event_2028_01", "history_event_2028_02"]


@pytest.fixture
def core(world: World, monkeypatch: pytest.MonkeyPatch) -> Core:
    """The worker's core is this test's."""
    monkeypatch.setattr(housekeeping, "core", lambda: world.core)
    return world.core


@pytest.fixture
def months(database: Database) -> Iterator[Database]:
    """A database whose new months go with the test."""
    yield database
    with database.connect() as connection:
        for month in NEW_MONTHS:
            connection.execute(f"DROP TABLE IF EXISTS {month}")


def partitions(database: Database) -> list[str]:
    with database.connect() as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relname >= 'history_event_2028'"
            " AND relname LIKE 'history_event_20__\\___' ORDER BY relname"
        )
        return [row[0] for row in rows]


def a_login(token: str, *, expires_at: datetime) -> WebSession:
    return WebSession(
        token_digest=token,
        user_id="mette",
        body=b"",
        created_at=expires_at - timedelta(hours=1),
        seen_at=expires_at - timedelta(hours=1),
        expires_at=expires_at,
    )


def test_history_has_its_months_three_months_ahead(
    world: World, core: Core, months: Database
) -> None:
    world.clock.forward(AUTUMN_2027 - world.clock.now())

    housekeeping.keep_house()
    housekeeping.keep_house()

    assert partitions(months) == NEW_MONTHS


def test_expired_logins_are_forgotten_and_others_are_not(world: World, core: Core) -> None:
    now = world.clock.now()
    core.central.create_session(a_login("old", expires_at=now - timedelta(minutes=1)))
    core.central.create_session(a_login("new", expires_at=now + timedelta(minutes=1)))

    housekeeping.keep_house()

    long_ago = now - timedelta(days=1)
    assert core.central.session("old", now=long_ago) is None
    assert core.central.session("new", now=long_ago) is not None


@dataclass
class Consumer:
    """What a worker shows of itself when it is ready: its timer."""

    daily: list[tuple[float, Any]] = field(default_factory=list)

    @property
    def timer(self) -> "Consumer":
        return self

    def call_repeatedly(self, seconds: float, act: Any) -> None:
        self.daily.append((seconds, act))


def test_a_worker_that_is_ready_wakes_the_queue_at_once_and_every_day() -> None:
    consumer = Consumer()

    with celery.connection_for_read() as connection:
        queue = connection.SimpleQueue("housekeeping")
        housekeeping.wake_daily(sender=consumer)
        first = queue.get(timeout=5)
        first.ack()
        ((seconds, act),) = consumer.daily
        act()
        second = queue.get(timeout=5)
        second.ack()
        queue.close()

    assert seconds == 24 * 60 * 60
    assert {each.headers["task"] for each in (first, second)} == {"tasks.housekeeping"}
