"""Tables of what a citizen is promised: an answer on help now, and an answer on time."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Integer, Text
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


class ImmediateHelpRow(Identified, Model):
    """The question of immediate help in one application (engangshjælp), and its answer."""

    __tablename__ = "immediate_help"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("application", "application_id"),
        belongs_to("calculation", "calculation_id"),
        known("state", "stillet", "ikke_noedvendig", "vurderet"),
        known("payout", "nemkonto", "kasse"),
        CheckConstraint("(state = 'stillet') = (answered_at IS NULL)", name="answered"),
        CheckConstraint(
            "(state = 'vurderet') = (calculation_id IS NOT NULL)", name="assessment_whole"
        ),
        found_by("immediate_help_of_application", "application_id", unique=True),
        found_by("immediate_help_of_case", "case_id", "asked_at"),
    )

    case_id: Mapped[str] = uuid_column()
    application_id: Mapped[str] = uuid_column()
    state: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text)
    means_oere: Mapped[int | None] = number_column(nullable=True)
    needs: Mapped[str] = mapped_column(Text)
    until_on: Mapped[date | None] = mapped_column(Date)
    payout: Mapped[str] = mapped_column(Text)
    calculation_id: Mapped[str | None] = uuid_column(nullable=True)
    answered_by: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)


class DeadlineSettingRow(Identified, Model):
    """How many days a municipality gives itself or a party (fristindstilling), by benefit."""

    __tablename__ = "deadline_setting"
    __table_args__ = (
        known("kind", "sagsbehandling", "dokumentation", "rykker", "partshoering", "ny_frist"),
        CheckConstraint("days BETWEEN 1 AND 366", name="days_sensible"),
        CheckConstraint("approved_by <> proposed_by", name="two_people"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approval_whole"),
        CheckConstraint("(dropped_by IS NULL) = (dropped_at IS NULL)", name="drop_whole"),
        CheckConstraint("approved_at IS NULL OR dropped_at IS NULL", name="one_answer"),
        found_by("deadline_setting_of_benefit", "benefit", "kind", "valid_from"),
    )

    benefit: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    days: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date] = mapped_column(Date)
    proposed_by: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    approved_by: Mapped[str | None] = mapped_column(Text)
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    dropped_by: Mapped[str | None] = mapped_column(Text)
    dropped_at: Mapped[datetime | None] = mapped_column(Moment)


class DelayNoticeRow(Identified, Model):
    """What a citizen is told when the case's deadline is not kept (fristbrev)."""

    __tablename__ = "delay_notice"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        found_by("delay_notice_of_deadline", "case_id", "deadline_at", unique=True),
    )

    case_id: Mapped[str] = uuid_column()
    deadline_at: Mapped[datetime] = mapped_column(Moment)
    new_deadline_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
