"""What runs can be watched, paused and moved by hand, and a draft tried on what has run.

Revision ID: 0018
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0018_cockpit.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0018_cockpit_down.sql")
