"""Answers: where does a test get a real PostgreSQL with our tables, and how is it emptied?

An embedded server for each test process, or the one `DATABASE_URL_TEST` names (as a superuser, in
SQLAlchemy's form). The database is made and migrated once; between tests only tables that hold
rows are emptied.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

from app.local.postgres import EmbeddedServer
from app.migrations.run import ensure_database, ensure_roles, upgrade
from app.security.row_level import APP_ROLE

KEPT = {"alembic_version"}


@dataclass(frozen=True)
class Database:
    """A migrated database of a test run; addresses for SQLAlchemy."""

    superuser: URL

    @property
    def name(self) -> str:
        """Its name on the server."""
        return str(self.superuser.database)

    @property
    def owner_url(self) -> str:
        """For migrations: somebody who may act as the owner."""
        return self.superuser.render_as_string(hide_password=False)

    @property
    def app_url(self) -> str:
        """For the application: the role that owns nothing."""
        url = self.superuser.set(username=APP_ROLE)
        return url.render_as_string(hide_password=False)

    def connect(self, *, role: str | None = None) -> psycopg.Connection[tuple[object, ...]]:
        """Open a plain connection, as the superuser or with another role's rights."""
        url = self.superuser.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(url, autocommit=True)
        if role:
            connection.execute(f"SET SESSION AUTHORIZATION {role}")
        return connection

    def empty(self) -> None:
        """Empty every table that holds a row, whoever owns it."""
        with self.connect() as connection:
            tables = [str(row[0]) for row in connection.execute(ALL_TABLES)]
            holds = " UNION ALL ".join(
                f"(SELECT '{table}' FROM {table} LIMIT 1)"  # noqa: S608 – from the catalogue
                for table in tables
                if table not in KEPT
            )
            # As a replica no foreign key is looked at, so the order does not matter; a few rows
            # are deleted sooner than a hundred files are truncated.
            connection.execute("SET session_replication_role = replica")
            for row in connection.execute(holds).fetchall():
                connection.execute(f"DELETE FROM {row[0]}")  # noqa: S608 – from the catalogue


ALL_TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
    ORDER BY relname
"""


@contextmanager
def running_server() -> Iterator[URL]:
    """Yield the superuser's address of a server that this test run may use."""
    if given := os.environ.get("DATABASE_URL_TEST"):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    with (
        tempfile.TemporaryDirectory(prefix="ky-test-", ignore_cleanup_errors=True) as folder,
        EmbeddedServer(Path(folder) / "pg", throw_away=True) as server,
    ):
        yield make_url(server.url("postgres"))


@contextmanager
def fresh_database(server: URL, name: str, *, template: str | None = None) -> Iterator[Database]:
    """Yield a new database, empty or a copy of another, and drop it afterwards."""
    database = Database(server.set(database=name))
    maintenance = Database(server)
    with maintenance.connect() as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        if template:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        else:
            ensure_database(connection, name)
            with database.connect() as inside:
                ensure_roles(inside)
    try:
        yield database
    finally:
        with maintenance.connect() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def migrated_database(server: URL, name: str) -> Iterator[Database]:
    """Yield a new database with our tables, and drop it afterwards."""
    with fresh_database(server, name) as database:
        upgrade(database.owner_url)
        yield database
