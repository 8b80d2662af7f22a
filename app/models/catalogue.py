"""Answers: which tables are there, and which of them belong to no municipality?"""

from sqlalchemy import MetaData

from app.models import (
    cases,
    decisions,
    drafts,
    life,
    messages,
    papers,
    payments,
    processes,
    promises,
    security,
    setup,
    team,
)
from app.models.base import db

MODULES = (
    cases,
    decisions,
    drafts,
    life,
    messages,
    papers,
    payments,
    processes,
    promises,
    security,
    setup,
    team,
)
"""Imported so that their tables are known."""

METADATA: MetaData = db.metadata

CENTRAL_TABLES = frozenset(
    {
        "alembic_version",
        "decision_table",
        "municipality",
        "process_definition",
        "process_definition_file",
        "rate",
        "user_account",
        "user_role",
        "web_session",
    }
)
"""The only tables without row-level security; a new one is added here with a reason in review."""
