"""The books are held against each other every day.

Revision ID: 0024
"""

from alembic import op

from app.migrations.scripts import run_script

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), "0024_books.sql")


def downgrade() -> None:
    run_script(op.get_bind(), "0024_books_down.sql")
