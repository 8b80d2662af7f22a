"""Answers: which tables are there, and which of them belong to no municipality?"""

from sqlalchemy import MetaData

from app.models import (
    books,
    cases,
    cockpit,
    complaints,
    decisions,
    deductions,
    drafts,
    life,
    matters,
    messages,
    migrations,
    papers,
    payments,
    processes,
    promises,
    rulebook,
    sanctions,
    security,
    setup,
    team,
    workbench,
)
from app.models.base import db

MODULES = (
    books,
    cases,
    complaints,
    cockpit,
    decisions,
    deductions,
    drafts,
    life,
    matters,
    messages,
    migrations,
    papers,
    payments,
    processes,
    promises,
    rulebook,
    sanctions,
    security,
    setup,
    team,
    workbench,
)
"""Imported so that their tables are known."""

METADATA: MetaData = db.metadata

CENTRAL_TABLES = frozenset(
    {
        "alembic_version",
        "decision_table",
        "law_change",
        "law_draft",
        "law_draft_event",
        "municipality",
        "process_definition",
        "process_definition_file",
        "process_draft",
        "process_draft_event",
        "process_draft_file",
        "process_retirement",
        "rate",
        "user_account",
        "user_role",
        "web_session",
    }
)
"""The only tables without row-level security; a new one is added here with a reason in review."""
