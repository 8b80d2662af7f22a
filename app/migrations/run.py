"""Answers: how does a database come to have our roles and tables?

`ensure_roles` needs a superuser, once a database. `upgrade` and `downgrade` need somebody who may
act as `ky_owner`. Knows nothing of how the server was started.
"""

from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import NullPool, create_engine

FOLDER = Path(__file__).parent
HEAD = FOLDER / "head"
"""Names the newest migration, so that two branches meet in git and not in production."""


def ensure_roles(superuser: psycopg.Connection[Any]) -> None:
    """Make the three roles and hand them the connected database's schema; safe to run again."""
    superuser.execute((FOLDER / "roles.sql").read_bytes())


def ensure_database(superuser: psycopg.Connection[Any], name: str) -> bool:
    """Make the database unless it is there; tell whether it was made. Needs autocommit.

    The roles are then made from inside it: `ensure_roles` on a connection to the database.
    """
    found = superuser.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if found is None:
        superuser.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return found is None


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Bring the database to a revision, the newest when none is named."""
    _run(owner_url, lambda config: command.upgrade(config, revision))


def downgrade(owner_url: str, revision: str) -> None:
    """Take the database back to a revision; `base` leaves nothing."""
    _run(owner_url, lambda config: command.downgrade(config, revision))


def configuration() -> Config:
    """Return Alembic's configuration; there is no file of it."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("version_locations", str(FOLDER / "versions").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _run(owner_url: str, act: Any) -> None:
    engine = create_engine(owner_url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            config = configuration()
            config.attributes["connection"] = connection
            act(config)
    finally:
        engine.dispose()
