"""A complaint about a decision is kept with what became of it.

Revision ID: 0023
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0023_complaints.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0023_complaints_down.sql")
