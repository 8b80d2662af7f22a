"""The table of complaints."""

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Identified, Model, Moment, belongs_to, found_by, known, uuid_column


class ComplaintRow(Identified, Model):
    """A complaint about one decision (klage)."""

    __tablename__ = "complaint"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("decision", "decision_id"),
        known("channel", "min_side", "brev", "telefon", "fremmoede"),
        known(
            "state",
            "modtaget",
            "genvurderet",
            "spurgt",
            "sendes_videre",
            "hos_ankestyrelsen",
            "afsluttet",
        ),
        known("verdict", "medhold", "delvist", "fastholdt", "trukket"),
        known("cause", "oplysning", "begrundelse", "lovanvendelse", "beregning", "skoen", "nyt"),
        known("board_outcome", "stadfaestet", "aendret", "hjemvist", "afvist"),
        CheckConstraint("(verdict IS NULL) = (judged_at IS NULL)", name="judged_whole"),
        found_by("complaint_of_case", "case_id", "registered_at"),
        found_by("complaint_of_decision", "decision_id"),
    )

    case_id: Mapped[str] = uuid_column()
    decision_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    channel: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    received_on: Mapped[date] = mapped_column(Date)
    is_late: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(Text)
    registered_by: Mapped[str] = mapped_column(Text)
    registered_at: Mapped[datetime] = mapped_column(Moment)
    verdict: Mapped[str | None] = mapped_column(Text)
    reasons: Mapped[str] = mapped_column(Text)
    cause: Mapped[str | None] = mapped_column(Text)
    judged_by: Mapped[str] = mapped_column(Text)
    judged_at: Mapped[datetime | None] = mapped_column(Moment)
    forwarded_on: Mapped[date | None] = mapped_column(Date)
    board_reference: Mapped[str] = mapped_column(Text)
    board_outcome: Mapped[str | None] = mapped_column(Text)
    board_answered_on: Mapped[date | None] = mapped_column(Date)
