"""Row-level security on every municipal table, and what the application's role may do.

Revision ID: 0002
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0002_walls.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0002_walls_down.sql")
