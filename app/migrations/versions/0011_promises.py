"""Immediate help, deadlines by municipality, and notices of delay.

Revision ID: 0011
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0011_promises.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0011_promises_down.sql")
