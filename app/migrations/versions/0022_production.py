"""A team's work is counted straight from indexes.

Revision ID: 0022
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0022_production.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0022_production_down.sql")
