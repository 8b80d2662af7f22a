"""Tables of papers: what a party is asked to send, and what was chosen but not yet sent."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    Identified,
    Model,
    Moment,
    belongs_to,
    found_by,
    known,
    number_column,
    uuid_column,
)


class DocumentRequestRow(Identified, Model):
    """A paper a party is asked to send (ønsket papir)."""

    __tablename__ = "document_request"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        known("state", "oensket", "modtaget", "godtaget", "frafaldet"),
        found_by("document_request_once", "case_id", "party_id", "kind", unique=True),
    )

    case_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_on: Mapped[date | None] = mapped_column(Date)
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(Text)


class UploadedFileRow(Identified, Model):
    """A file that was chosen and not yet sent (valgt fil); gone when it is sent or taken away."""

    __tablename__ = "uploaded_file"
    __table_args__ = (
        belongs_to("document_request", "request_id"),
        found_by("uploaded_file_of_case", "case_id", "uploaded_at"),
        found_by("uploaded_file_by_moment", "uploaded_at"),
    )

    request_id: Mapped[str] = uuid_column()
    case_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = number_column()
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
    is_scanned: Mapped[bool] = mapped_column(Boolean)
