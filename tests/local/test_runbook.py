"""What the runbook tells the person on duty to do works: its queries, and its backup."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL

from app.local.places import ROOT
from app.local.server_programs import binaries
from app.stores.unit_of_work import SqlUnitOfWorkFactory
from tests.database import ALL_TABLES, Database
from tests.stores.builders import a_payment, a_plan, an_item, store_case, store_decision

RUNBOOK = ROOT / "docs" / "runbook.md"
QUERIES = re.findall(r"```sql\n(.*?)```", RUNBOOK.read_text(), re.DOTALL)


def run(program: str, server: URL, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the server's superuser."""
    beside = binaries() / program
    address = server.set(drivername="postgresql")
    return subprocess.run(
        [
            str(beside if beside.exists() else shutil.which(program)),
            f"--dbname={address.render_as_string(hide_password=False)}",
            *arguments,
        ],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def backup_role(database: Database) -> Iterator[str]:
    """The role of the runbook, made by its own statements."""
    name = f"ky_backup_{os.getpid()}"
    statements = re.findall(
        r"^(?:CREATE ROLE ky_backup|GRANT pg_read_all_data).*;$", RUNBOOK.read_text(), re.MULTILINE
    )
    assert len(statements) == 2
    with database.connect() as connection:
        for statement in statements:
            connection.execute(statement.replace("ky_backup", name).encode())
        yield name
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.fixture
def cases_in_two_municipalities(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        store_decision(uow)
        uow.payments.add_plan(a_plan(a_payment()))
        uow.outbox.put(an_item())
        uow.commit()
    with uow_factory(998) as uow:
        store_case(uow)
        uow.commit()


@pytest.fixture
def empty_database(database: Database) -> Iterator[Database]:
    """A database beside the other, as `createdb` makes it."""
    name = f"{database.name}_back"
    with database.connect() as maintenance:
        maintenance.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield Database(database.superuser.set(database=name))
        maintenance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def content(database: Database) -> dict[str, int]:
    """Return how many rows each table holds."""
    with database.connect() as connection:
        tables = [str(row[0]) for row in connection.execute(ALL_TABLES.encode())]
        counts = {
            table: connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            ).fetchone()
            for table in tables
        }
    return {table: int(str(row[0])) for table, row in counts.items() if row is not None}


def walls(database: Database) -> list[tuple[object, ...]]:
    """Return each table's owner, whether its wall is forced, and each policy."""
    with database.connect() as connection:
        tables = connection.execute(
            "SELECT relname, relowner::regrole::text, relforcerowsecurity, relacl::text"
            " FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " ORDER BY relname"
        ).fetchall()
        policies = connection.execute(
            "SELECT tablename, policyname, roles::text, qual FROM pg_policies ORDER BY 1, 2"
        ).fetchall()
    return [*tables, *policies]


def test_the_runbook_has_queries() -> None:
    assert len(QUERIES) >= 2


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.usefixtures("cases_in_two_municipalities")
def test_a_query_of_the_runbook_runs_as_the_backup_role(
    query: str, database: Database, backup_role: str
) -> None:
    with database.connect(role=backup_role) as connection:
        connection.execute(query.replace(":month", "DATE '2026-03-01'").encode()).fetchall()


@pytest.mark.usefixtures("cases_in_two_municipalities")
def test_a_dump_by_the_backup_role_restores_every_municipality_and_every_wall(
    database: Database, empty_database: Database, backup_role: str, tmp_path: Path
) -> None:
    dump = str(tmp_path / "ky.dump")

    dumped = run("pg_dump", database.superuser, f"--role={backup_role}", "-Fc", f"--file={dump}")
    restored = run(
        "pg_restore",
        empty_database.superuser,
        "--exit-on-error",
        "--single-transaction",
        dump,
    )

    assert dumped.returncode == 0, dumped.stderr
    assert restored.returncode == 0, restored.stderr
    assert content(empty_database) == content(database)
    assert content(empty_database)["case_file"] == 2
    assert content(empty_database)["payment"] == 1
    assert walls(empty_database) == walls(database)


@pytest.mark.usefixtures("cases_in_two_municipalities")
def test_a_dump_by_a_role_behind_the_wall_is_refused_and_not_short(
    database: Database, tmp_path: Path
) -> None:
    for role in ("ky_app", "ky_owner"):
        dumped = run("pg_dump", database.superuser, f"--role={role}", f"--file={tmp_path / role}")

        assert dumped.returncode != 0, role


@pytest.mark.usefixtures("cases_in_two_municipalities")
def test_a_restored_database_still_refuses_a_query_without_a_municipality(
    database: Database, empty_database: Database, backup_role: str, tmp_path: Path
) -> None:
    dump = str(tmp_path / "ky.dump")
    run("pg_dump", database.superuser, f"--role={backup_role}", "-Fc", f"--file={dump}")
    run("pg_restore", empty_database.superuser, "--exit-on-error", dump)

    with (
        empty_database.connect(role="ky_app") as connection,
        pytest.raises(psycopg.errors.UndefinedObject, match=r"app\.municipality"),
    ):
        connection.execute("SELECT count(*) FROM case_file")
