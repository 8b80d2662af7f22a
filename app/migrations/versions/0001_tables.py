"""Every table of the first release.

Revision ID: 0001
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0001_tables.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0001_tables_down.sql")
