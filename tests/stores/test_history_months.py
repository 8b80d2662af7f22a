"""History is kept by month, behind the wall, and nothing is lost without a month."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import psycopg
import pytest
from sqlalchemy import Engine

from app.stores.sessions import CentralStore
from app.stores.unit_of_work import SqlUnitOfWorkFactory
from processes.ports.records import HistoryEvent
from tests.database import Database
from tests.stores import builders as a

MADE = ("history_event_2031_01", "history_event_2031_02")


@pytest.fixture
def months_made(database: Database) -> Iterator[Database]:
    yield database
    with database.connect() as connection:
        for month in MADE:
            connection.execute(f"DROP TABLE IF EXISTS {month}")


def count(database: Database, table: str) -> object:
    with database.connect() as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 – ours
    return row and row[0]


def record(uow_factory: SqlUnitOfWorkFactory, *moments: datetime) -> None:
    with uow_factory(999) as uow:
        instance = a.store_instance(uow)
        uow.processes.record(
            [HistoryEvent(instance.id, "e", "task", "entered", at, None, {}) for at in moments]
        )
        uow.commit()


def test_a_month_that_was_made_holds_its_own_and_the_rest_is_kept_too(
    uow_factory: SqlUnitOfWorkFactory, engine: Engine, months_made: Database
) -> None:
    central = CentralStore(engine)
    assert central.make_history_months(date(2031, 1, 15), date(2031, 2, 1)) == 2
    assert central.make_history_months(date(2031, 1, 1), date(2031, 2, 28)) == 0
    last_of_january = datetime(2031, 1, 31, 23, 59, 59, tzinfo=UTC)
    record(
        uow_factory,
        datetime(2031, 1, 1, tzinfo=UTC),
        last_of_january,
        datetime(2031, 2, 1, tzinfo=UTC),
        datetime(2039, 1, 1, tzinfo=UTC),
    )

    assert count(months_made, MADE[0]) == 2
    assert count(months_made, MADE[1]) == 1
    assert count(months_made, "history_event_default") == 1


def test_a_month_that_is_made_later_stands_behind_the_same_wall(
    engine: Engine, months_made: Database
) -> None:
    CentralStore(engine).make_history_months(date(2031, 1, 1), date(2031, 1, 1))

    with months_made.connect() as connection:
        connection.execute("SET ROLE ky_owner")
        with pytest.raises(psycopg.errors.UndefinedObject):
            connection.execute(f"SELECT count(*) FROM {MADE[0]}")  # noqa: S608 – ours
        connection.execute("SELECT set_config('app.municipality', '999', false)")
        connection.execute("RESET ROLE")
        connection.execute("SET ROLE ky_app")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT count(*) FROM {MADE[0]}")  # noqa: S608 – ours
