"""Migrations are numbered, have one head that a file names, go both ways, and make the models."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, create_engine, inspect

from app.migrations.run import FOLDER, HEAD, configuration, downgrade, upgrade
from app.models.catalogue import METADATA
from tests.database import Database, fresh_database


@pytest.fixture
def bare(database_server: URL) -> Iterator[Database]:
    with fresh_database(database_server, "ky_test_migrations") as database:
        yield database


def test_migrations_are_numbered_without_gap_and_the_head_file_names_the_last() -> None:
    files = sorted(path.stem for path in (FOLDER / "versions").glob("[0-9]*.py"))
    revisions = list(ScriptDirectory.from_config(configuration()).walk_revisions())[::-1]

    assert [name[:4] for name in files] == [f"{n:04d}" for n in range(1, len(files) + 1)]
    assert all(re.fullmatch(r"\d{4}(_[a-z]+)+", name) for name in files)
    assert [each.revision for each in revisions] == [name[:4] for name in files]
    assert HEAD.read_text().strip() == files[-1]


def test_every_migration_goes_up_down_and_up(bare: Database) -> None:
    numbers = sorted(path.stem[:4] for path in (FOLDER / "versions").glob("[0-9]*.py"))
    for earlier, number in zip(["base", *numbers], numbers, strict=False):
        upgrade(bare.owner_url, number)
        before = what_is_there(bare)
        downgrade(bare.owner_url, earlier)
        upgrade(bare.owner_url, number)
        assert what_is_there(bare) == before

    downgrade(bare.owner_url, "base")
    assert what_is_there(bare) == {"table alembic_version"}


def test_a_migration_needs_no_superuser(bare: Database) -> None:
    with bare.connect() as connection:
        connection.execute("CREATE ROLE ky_test_deployer LOGIN IN ROLE ky_owner")
    try:
        deployer = bare.superuser.set(username="ky_test_deployer")
        upgrade(deployer.render_as_string(hide_password=False))
        downgrade(deployer.render_as_string(hide_password=False), "base")
    finally:
        with bare.connect() as connection:
            connection.execute("DROP ROLE ky_test_deployer")


def what_is_there(database: Database) -> set[str]:
    """Return every table, index, constraint, function, trigger, policy and right of ours."""
    with database.connect() as connection:
        return {str(row[0]) for row in connection.execute(EVERYTHING) if row[0]}


EVERYTHING = """
    SELECT 'table ' || relname FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    UNION ALL SELECT 'index ' || indexdef FROM pg_indexes
     WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    UNION ALL SELECT 'constraint ' || conrelid::regclass || pg_get_constraintdef(oid)
      FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE 'alembic_version%'
    UNION ALL SELECT 'function ' || proname || proowner::regrole || coalesce(proacl::text, '')
      FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'policy ' || tablename || policyname || coalesce(qual, '') FROM pg_policies
    UNION ALL SELECT 'rights ' || relname || relacl::text || relforcerowsecurity FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
    UNION ALL SELECT 'rights ' || attrelid::regclass || attname || attacl::text FROM pg_attribute
     WHERE attacl IS NOT NULL AND attrelid IN (
        SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
"""


def test_the_database_is_what_the_models_say(migrated: Database) -> None:
    engine = create_engine(migrated.owner_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": False,
                "include_name": lambda name, kind, _: not is_partition(name, kind),
            },
        )
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def is_partition(name: str | None, kind: str) -> bool:
    """Tell whether a table is a month of a table the models know."""
    return kind == "table" and str(name).startswith("history_event_")


def test_every_check_of_the_models_is_in_the_database(migrated: Database) -> None:
    """Alembic compares no checks; the names are compared here, their words by the round trips."""
    engine = create_engine(migrated.owner_url)
    inspector: Any = inspect(engine)
    for table in METADATA.tables.values():
        wanted = {check.name for check in table.constraints if is_check(check)}
        held = {check["name"] for check in inspector.get_check_constraints(table.name)}
        assert held == wanted, table.name
    engine.dispose()


def is_check(constraint: Any) -> bool:
    return constraint.__visit_name__ in {"check_constraint", "table_or_column_check_constraint"}


def test_a_migration_waits_for_no_lock_for_long(migrated: Database) -> None:
    source = (FOLDER / "env.py").read_text()

    assert "lock_timeout = '5s'" in source
    assert "statement_timeout" in source
