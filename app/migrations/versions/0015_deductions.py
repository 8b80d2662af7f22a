"""Decided deductions, and the payments they come off.

Revision ID: 0015
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0015_deductions.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0015_deductions_down.sql")
