"""Answers: does the database exist, with its roles, its tables and the demo's content?

Knows the embedded server; roles and tables are the migrations' business.
"""

import importlib

from app.config import Mode, Settings
from app.local.postgres import EmbeddedServer
from app.migrations.run import ensure_database, ensure_roles, upgrade


def create_database(server: EmbeddedServer, name: str) -> None:
    """Make the roles and an empty database that belongs to the owner role, if it is missing."""
    with server.connect() as connection:
        ensure_database(connection, name)
    with server.connect(name) as connection:
        ensure_roles(connection)


def prepare(settings: Settings) -> None:
    """Bring the tables to their newest form; in demo mode also load what the demo shows."""
    if settings.owner_url is not None:
        upgrade(settings.owner_url)
    if settings.mode is Mode.DEMO:
        importlib.import_module("app.local.demo").load(settings)
