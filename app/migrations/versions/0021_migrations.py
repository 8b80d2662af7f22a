"""Running instances can be moved to another version of their process, and back.

Revision ID: 0021
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0021_migrations.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0021_migrations_down.sql")
