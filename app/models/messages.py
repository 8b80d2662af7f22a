"""Tables of what citizens say: messages in a case, and the part that is the spouse's own."""

from datetime import date, datetime

from sqlalchemy import Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    Identified,
    Model,
    Moment,
    Municipal,
    belongs_to,
    found_by,
    known,
    uuid_column,
)


class CaseMessageRow(Identified, Model):
    """A message in a case (besked i sagen); its words never change."""

    __tablename__ = "case_message"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        known("kind", "fra_borger", "fra_kommune", "ventesvar"),
        found_by("case_message_of_case", "case_id", "at"),
    )

    case_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    kind: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)


class SpousePartRow(Municipal, Model):
    """The part of an application that is the spouse's own (ægtefællens del), one a case."""

    __tablename__ = "spouse_part"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        known("state", "forberedt", "oensket", "underskrevet", "udloebet", "ikke_spurgt"),
    )

    case_id: Mapped[str] = uuid_column(primary_key=True)
    party_id: Mapped[str] = uuid_column()
    state: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_on: Mapped[date | None] = mapped_column(Date)
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
