"""Sanctions, ends of help, and what the income register said of running help.

Revision ID: 0017
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0017_sanctions.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0017_sanctions_down.sql")
