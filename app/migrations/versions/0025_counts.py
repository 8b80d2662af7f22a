"""An inbox is counted from its indexes alone.

Revision ID: 0025
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0025_counts.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0025_counts_down.sql")
