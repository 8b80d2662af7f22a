"""A rejected voucher can be tried again, and it is counted how often.

Revision ID: 0005
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0005_voucher_tries.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0005_voucher_tries_down.sql")
