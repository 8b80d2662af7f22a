"""An inbox has filters people keep, and what a caseworker moves can be undone.

Revision ID: 0014
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0014_desk.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0014_desk_down.sql")
