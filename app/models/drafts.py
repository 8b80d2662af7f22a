"""The table of applications under way."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Model, Moment, Municipal, found_by, uuid_column


class ApplicationDraftRow(Municipal, Model):
    """An application under way, one a citizen (kladde til ansøgning); gone when it is sent."""

    __tablename__ = "application_draft"
    __table_args__ = (
        CheckConstraint(r"cpr ~ '^\d{10}$'", name="cpr_digits"),
        found_by("application_draft_by_moment", "saved_at"),
    )

    cpr: Mapped[str] = mapped_column(Text, primary_key=True)
    parts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)
    """Thrown away by its owner, who may still take it back."""
    notice_id: Mapped[str | None] = uuid_column(nullable=True)
    """The notice that it will go; a draft that is saved again has none."""
