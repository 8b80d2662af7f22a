"""The table of what happened in a citizen's life while a case was open."""

from datetime import date, datetime

from sqlalchemy import Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    Identified,
    Model,
    Moment,
    belongs_to,
    found_by,
    known,
    uuid_column,
)


class LifeEventRow(Identified, Model):
    """One thing that happened to a party of a case (hændelse)."""

    __tablename__ = "life_event"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        known("source", "CPR", "borger", "sagsbehandler"),
        known("state", "modtaget", "behandlet"),
        found_by("life_event_once", "case_id", "party_id", "message_id", unique=True),
    )

    case_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    kind: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[date] = mapped_column(Date)
    text: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Moment)
    received_by: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    conclusion: Mapped[str] = mapped_column(Text)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_by: Mapped[str] = mapped_column(Text)
