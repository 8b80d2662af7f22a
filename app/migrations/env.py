"""What Alembic runs around the migrations; started by `app.migrations.run`, never by hand."""

from typing import cast

from alembic import context
from sqlalchemy import Connection, text

from app.models.catalogue import METADATA
from app.security.row_level import OWNER_ROLE

ONE_AT_A_TIME = 7_203_001
"""The key of the lock that lets one migration run, when several machines start at once."""


def run() -> None:
    """Run the wanted migrations as the owner, in one transaction, waiting for no lock for long."""
    connection = cast(Connection, context.config.attributes["connection"])
    context.configure(connection=connection, target_metadata=METADATA)
    with connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        connection.execute(text(f"SET LOCAL ROLE {OWNER_ROLE}"))
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        connection.execute(text("SET LOCAL statement_timeout = '10min'"))
        with context.begin_transaction():
            context.run_migrations()


run()
