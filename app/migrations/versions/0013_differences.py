"""A month that was paid before is paid the difference up.

Revision ID: 0013
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0013_differences.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0013_differences_down.sql")
