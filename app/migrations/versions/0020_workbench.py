"""Drafts of processes and tables, who may approve them, and processes that are taken out of use.

Revision ID: 0020
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0020_workbench.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0020_workbench_down.sql")
