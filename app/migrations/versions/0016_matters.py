"""Questions of their own in a case: repayment, money management, and what becomes of claims.

Revision ID: 0016
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0016_matters.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0016_matters_down.sql")
