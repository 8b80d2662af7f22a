"""Work is claimed across municipalities by functions that see nothing else, and wakes workers.

Revision ID: 0004
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0004_claims.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0004_claims_down.sql")
