"""The monthly payment run: lines, results, rulings, reports and reconciliations.

Revision ID: 0012
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0012_runs.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0012_runs_down.sql")
