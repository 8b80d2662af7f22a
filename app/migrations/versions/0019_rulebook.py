"""Rates and rules are changed by process owners: drafts, approved changes, and what was tried.

Revision ID: 0019
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0019_rulebook.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0019_rulebook_down.sql")
