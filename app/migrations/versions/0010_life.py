"""What happens in a citizen's life while a case is open.

Revision ID: 0010
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0010_life.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0010_life_down.sql")
