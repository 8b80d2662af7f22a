"""Papers a citizen is asked for, and files chosen but not yet sent.

Revision ID: 0007
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0007_papers.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0007_papers_down.sql")
