"""Absence with a substitute, moves of tasks that can be undone, and inboxes by priority.

Revision ID: 0006
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0006_team.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0006_team_down.sql")
