"""Tables of what is asked to be taken or ended, and of what the income register said."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Date, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    Identified,
    Model,
    Moment,
    Municipal,
    belongs_to,
    first_of_month,
    found_by,
    known,
    number_column,
    uuid_column,
)


class SanctionRow(Identified, Model):
    """A request for a sanction (sanktionsanmodning), and what came of it."""

    __tablename__ = "sanction"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        belongs_to("calculation", "calculation_id"),
        belongs_to("decision", "decision_id"),
        known("paragraph", "36", "37", "37 a", "38", "39", "40", "40 a"),
        known("target_group", "jobparat", "uddannelsesparat", "aktivitetsparat"),
        known("source", "jobcenter", "sagsbehandler"),
        known("state", "modtaget", "afgjort", "ingen_sanktion", "bortfaldet"),
        CheckConstraint("contact_on > from_on", name="contact_after"),
        CheckConstraint("(state = 'modtaget') = (settled_at IS NULL)", name="settled"),
        CheckConstraint("state <> 'afgjort' OR decision_id IS NOT NULL", name="decided"),
        found_by("sanction_once", "case_id", "party_id", "message_id", unique=True),
        found_by("sanction_of_case", "case_id", "received_at"),
    )

    case_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    paragraph: Mapped[str] = mapped_column(Text)
    from_on: Mapped[date] = mapped_column(Date)
    contact_on: Mapped[date | None] = mapped_column(Date)
    target_group: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Moment)
    received_by: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    had_duty: Mapped[bool | None]
    guided_on: Mapped[date | None] = mapped_column(Date)
    convened_correctly: Mapped[bool | None]
    personal_contact_tried: Mapped[bool | None]
    furthers_availability: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(Text)
    sharpened_guided_on: Mapped[date | None] = mapped_column(Date)
    spouse_guided_on: Mapped[date | None] = mapped_column(Date)
    sanctioned_before: Mapped[bool | None]
    no_reasonable_ground: Mapped[bool | None]
    calculation_id: Mapped[str | None] = uuid_column(nullable=True)
    decision_id: Mapped[str | None] = uuid_column(nullable=True)
    conclusion: Mapped[str] = mapped_column(Text)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_by: Mapped[str] = mapped_column(Text)


class CessationRow(Identified, Model):
    """A wish or a reason to end running help (ophør), and what came of it."""

    __tablename__ = "cessation"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        belongs_to("calculation", "calculation_id"),
        belongs_to("decision", "decision_id"),
        known(
            "ground",
            "eget_oenske",
            "job",
            "uddannelse",
            "anden_ydelse",
            "formue",
            "flyttet",
            "udland",
            "ikke_raadighed",
            "andet",
        ),
        known("source", "borger", "sagsbehandler"),
        known("state", "modtaget", "afgjort", "frafaldet"),
        first_of_month("ends_on"),
        CheckConstraint("(state = 'modtaget') = (settled_at IS NULL)", name="settled"),
        CheckConstraint("state <> 'afgjort' OR decision_id IS NOT NULL", name="decided"),
        found_by("cessation_of_case", "case_id", "received_at"),
    )

    case_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    ground: Mapped[str] = mapped_column(Text)
    ends_on: Mapped[date] = mapped_column(Date)
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Moment)
    received_by: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    calculation_id: Mapped[str | None] = uuid_column(nullable=True)
    decision_id: Mapped[str | None] = uuid_column(nullable=True)
    conclusion: Mapped[str] = mapped_column(Text)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_by: Mapped[str] = mapped_column(Text)


class IncomeCheckRow(Identified, Model):
    """One look at a month's income of everybody with running help (indkomstopgørelse)."""

    __tablename__ = "income_check"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        first_of_month("month"),
        found_by("income_check_of_month", "month", unique=True),
    )

    case_id: Mapped[str] = uuid_column()
    month: Mapped[date] = mapped_column(Date)
    classes: Mapped[dict[str, str]] = mapped_column(JSON)
    """What the decision table calls each kind of income that was reported."""
    started_by: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Moment)


class IncomeBatchRow(Municipal, Model):
    """Some cases of a look, asked about together (portion)."""

    __tablename__ = "income_batch"
    __table_args__ = (belongs_to("income_check", "check_id"),)

    check_id: Mapped[str] = uuid_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_ids: Mapped[list[str]] = mapped_column(ARRAY(Uuid(as_uuid=False)))
    reported: Mapped[dict[str, list[dict[str, object]]]] = mapped_column(JSON)
    asked: Mapped[int] = mapped_column(Integer)
    unanswered: Mapped[int] = mapped_column(Integer)
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    compared_at: Mapped[datetime | None] = mapped_column(Moment)


class IncomeFindingRow(Identified, Model):
    """Where the register says something else than the help was calculated from (fund)."""

    __tablename__ = "income_finding"
    __table_args__ = (
        belongs_to("income_check", "check_id"),
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        known("difference", "mere", "mindre", "ukendt_slags"),
        known("state", "fundet", "register_gaelder", "oplyst_gaelder"),
        CheckConstraint("(state = 'fundet') = (settled_at IS NULL)", name="settled"),
        found_by("income_finding_once", "check_id", "case_id", "party_id", unique=True),
        found_by("income_finding_of_case", "case_id", "found_at"),
    )

    check_id: Mapped[str] = uuid_column()
    case_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    month: Mapped[date] = mapped_column(Date)
    difference: Mapped[str] = mapped_column(Text)
    lines: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    work_oere: Mapped[int] = number_column()
    other_oere: Mapped[int] = number_column()
    hours_hundredths: Mapped[int | None] = mapped_column(Integer)
    known_work_oere: Mapped[int | None] = number_column(nullable=True)
    known_other_oere: Mapped[int | None] = number_column(nullable=True)
    found_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(Text)
    conclusion: Mapped[str] = mapped_column(Text)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_by: Mapped[str] = mapped_column(Text)
