"""What was decided, paid, written and posted stays as it was, whatever the code above does.

Revision ID: 0003
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0003_safeguards.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0003_safeguards_down.sql")
