"""The table of daily reconciliations."""

from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Identified, Model, Moment, belongs_to, found_by, uuid_column


class BookReconciliationRow(Identified, Model):
    """One day's reconciliation with what did not agree (daglig afstemning); never changed."""

    __tablename__ = "book_reconciliation"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        found_by("book_reconciliation_by_moment", "at"),
    )

    case_id: Mapped[str | None] = uuid_column(nullable=True)
    at: Mapped[datetime] = mapped_column(Moment)
    figures: Mapped[dict[str, int]] = mapped_column(JSON)
    differences: Mapped[list[dict[str, object]]] = mapped_column(JSON)
