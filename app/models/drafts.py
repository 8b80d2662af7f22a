"""The table of applications under way."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Model, Moment, Municipal, found_by


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
