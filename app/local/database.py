"""Answers: does the database exist, with its roles, its tables and the demo's content?

Knows the embedded server and who may do what; the tables themselves are the migrations' business.
"""

import importlib
from typing import Any

import psycopg
from psycopg import sql

from app.config import Mode, Settings
from app.local.postgres import EmbeddedServer

OWNER = "ky_owner"  # owns every table; nobody logs in as it
CLAIMS = "ky_claims"  # owns the functions that claim work across municipalities
APP = "ky_app"  # what web and workers log in as; owns nothing

ROLES = {
    OWNER: "NOLOGIN NOSUPERUSER NOBYPASSRLS",
    CLAIMS: "NOLOGIN NOSUPERUSER NOBYPASSRLS",
    APP: "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE",
}


def create_roles(connection: psycopg.Connection[Any]) -> None:
    """Make the three roles, if they are missing; the same statements as in docs/runbook.md."""
    for role, rights in ROLES.items():
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        verb = "ALTER" if found else "CREATE"
        connection.execute(sql.SQL(f"{verb} ROLE {{}} {rights}").format(sql.Identifier(role)))
    # A migration hands the claiming functions over to their owner, so it must be a member.
    connection.execute(
        sql.SQL("GRANT {} TO {}").format(sql.Identifier(CLAIMS), sql.Identifier(OWNER))
    )


def create_database(server: EmbeddedServer, name: str) -> None:
    """Make the roles and an empty database that belongs to the owner role, if it is missing."""
    with server.connect() as connection:
        create_roles(connection)
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if found.fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                    sql.Identifier(name), sql.Identifier(OWNER)
                )
            )


def prepare(settings: Settings) -> None:
    """Bring the tables to their newest form; in demo mode also load what the demo shows."""
    if settings.owner_url is not None:
        importlib.import_module("app.migrations.run").upgrade(settings.owner_url)
    if settings.mode is Mode.DEMO:
        importlib.import_module("app.local.demo").load(settings)
