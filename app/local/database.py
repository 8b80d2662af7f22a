"""Answers: does the database exist, with its roles, its tables and the demo's content?

Knows the embedded server; roles and tables are the migrations' business.
"""

from app.config import Mode, Settings
from app.local import demo, history
from app.local.postgres import EmbeddedServer
from app.migrations.run import ensure_database, ensure_roles, upgrade


def create_database(server: EmbeddedServer, name: str) -> None:
    """Make the roles and an empty database that belongs to the owner role, if it is missing."""
    with server.connect() as connection:
        ensure_database(connection, name)
    with server.connect(name) as connection:
        ensure_roles(connection)


def create_tables(settings: Settings) -> None:
    """Bring the tables to their newest form, if these settings know who may."""
    if settings.owner_url is not None:
        upgrade(settings.owner_url)


def prepare(settings: Settings) -> None:
    """Make the tables and, in demo mode, what the demo shows; the registers must be running."""
    create_tables(settings)
    if settings.mode is Mode.DEMO:
        history.begin(settings)
        demo.load(settings)
        history.make(settings)
        demo.populate(settings)
