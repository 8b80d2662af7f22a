"""What every test may use: a real database with two municipalities, a clock, and no network."""

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import URL, Engine

from app.stores.engine import make_engine
from app.stores.unit_of_work import SqlUnitOfWorkFactory
from processes.ports.records import Municipality
from tests.database import Database, migrated_database, running_server
from tests.fakes.clock import FrozenClock

HERE = Municipality(999, "Egekøb Kommune", "99000015", ("Rådhuspladsen 1", "9999 Egekøb"), "")
NEXT_DOOR = Municipality(998, "Nabokøb Kommune", "99000023", ("Torvet 1", "9998 Nabokøb"), "")
LOOPBACK = ("127.", "::1", "localhost")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--long`: the large versions of tests marked `long` run only when asked for."""
    parser.addoption("--long", action="store_true", help="run the large versions of tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the large versions out unless they were asked for."""
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="only with --long"))


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Refuse every connection that leaves the machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def check(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if not host.startswith(LOOPBACK):
                self.close()  # whoever opened it expects an OSError, and closes it then only
                raise AssertionError(f"a test tried to reach {host}; use the simulator")

    def connect_nearby(self: socket.socket, address: Any) -> None:
        check(self, address)
        connect(self, address)

    def connect_ex_nearby(self: socket.socket, address: Any) -> int:
        check(self, address)
        return connect_ex(self, address)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket.socket, "connect", connect_nearby)
        patched.setattr(socket.socket, "connect_ex", connect_ex_nearby)
        yield


@pytest.fixture(scope="session")
def database_server() -> Iterator[URL]:
    """A PostgreSQL of this test process: embedded, or the one DATABASE_URL_TEST names."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(database_server: URL) -> Iterator[Database]:
    """A database with our tables, shared by this process; `database` is how a test gets it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with migrated_database(database_server, f"ky_test_{worker}_{os.getpid()}") as database:
        yield database


@pytest.fixture(scope="session")
def _engine_of_all(migrated: Database) -> Iterator[Engine]:
    engine = make_engine(migrated.app_url)
    yield engine
    engine.dispose()


@pytest.fixture
def database(migrated: Database, _engine_of_all: Engine) -> Iterator[Database]:
    """The database with municipalities 999 and 998 and nothing else; emptied after the test."""
    with SqlUnitOfWorkFactory(_engine_of_all)(HERE.id) as uow:
        uow.setup.put_municipality(HERE)
        uow.setup.put_municipality(NEXT_DOOR)
        uow.commit()
    yield migrated
    migrated.empty()


@pytest.fixture
def engine(database: Database, _engine_of_all: Engine) -> Engine:
    """The application's engine, as the role that owns nothing."""
    return _engine_of_all


@pytest.fixture
def uow_factory(engine: Engine) -> SqlUnitOfWorkFactory:
    """Opens units of work: `with uow_factory(999) as uow: …; uow.commit()`."""
    return SqlUnitOfWorkFactory(engine)


@pytest.fixture
def frozen_clock() -> FrozenClock:
    """A clock that stands at 2026-03-10 12:00 UTC until the test moves it."""
    return FrozenClock()
