"""An application under way is kept between logins.

Revision ID: 0008
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0008_drafts.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0008_drafts_down.sql")
