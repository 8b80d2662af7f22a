"""Messages in a case, a spouse's own part, whether a file was scanned, and a draft thrown away.

Revision ID: 0009
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0009_citizen.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0009_citizen_down.sql")
