"""Tables from calculation to letter: what was worked out, heard, decided and told."""

from datetime import date, datetime

from sqlalchemy import JSON, Boolean, CheckConstraint, Date, Integer, Text
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

OUTCOMES = ("bevilget", "delvis", "afslag", "ukendt")
HELP_KINDS = ("forsoergelse", "engangshjaelp", "sanktion")


class CalculationRow(Identified, Model):
    """A calculation with its tree (beregning); never changed."""

    __tablename__ = "calculation"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("application", "application_id"),
        known("outcome", *OUTCOMES),
        known("help_kind", *HELP_KINDS),
        found_by("calculation_of_case", "case_id", "made_at"),
    )

    case_id: Mapped[str] = uuid_column()
    application_id: Mapped[str] = uuid_column()
    made_at: Mapped[datetime] = mapped_column(Moment)
    known_at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, object]] = mapped_column(JSON)
    """Rule versions, notes, and the months with conditions, lines and their trees."""
    help_kind: Mapped[str] = mapped_column(Text, server_default="forsoergelse")


class HearingRow(Identified, Model):
    """A party hearing (partshøring)."""

    __tablename__ = "hearing"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("calculation", "calculation_id"),
        known(
            "state",
            *("forberedt", "sendt", "besvaret", "frist_udloebet", "afsluttet", "bortfaldet"),
        ),
        found_by("hearing_of_case", "case_id", "opened_at"),
    )

    case_id: Mapped[str] = uuid_column()
    calculation_id: Mapped[str] = uuid_column()
    state: Mapped[str] = mapped_column(Text)
    statement: Mapped[str] = mapped_column(Text)
    days: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    deadline_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    conclusion: Mapped[str] = mapped_column(Text)
    changes_facts: Mapped[bool | None] = mapped_column(Boolean)
    subject_id: Mapped[str | None] = uuid_column(nullable=True)
    """The basis of a question of its own it is about; none when it is about the calculation."""


class ProposalRow(Identified, Model):
    """A proposed decision (forslag til afgørelse)."""

    __tablename__ = "proposal"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("calculation", "calculation_id"),
        belongs_to("hearing", "hearing_id"),
        known("outcome", *OUTCOMES),
        known("help_kind", *HELP_KINDS),
        found_by("proposal_of_case", "case_id", "proposed_at"),
        found_by("proposal_by_moment", "proposed_at"),
    )

    case_id: Mapped[str] = uuid_column()
    calculation_id: Mapped[str] = uuid_column()
    outcome: Mapped[str] = mapped_column(Text)
    reasoning: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[list[str]] = mapped_column(ARRAY(Text))
    repayment_condition: Mapped[str] = mapped_column(Text)
    hearing_id: Mapped[str | None] = uuid_column(nullable=True)
    hearing_exception: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    second_person_needed: Mapped[bool | None] = mapped_column(Boolean)
    approved_by: Mapped[str | None] = mapped_column(Text)
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    returned_reason: Mapped[str] = mapped_column(Text)
    help_kind: Mapped[str] = mapped_column(Text, server_default="forsoergelse")


class DecisionRow(Identified, Model):
    """A decision (afgørelse); only `sent_at` is noted afterwards, once."""

    __tablename__ = "decision"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("proposal", "proposal_id"),
        belongs_to("calculation", "calculation_id"),
        belongs_to("hearing", "hearing_id"),
        known("outcome", *OUTCOMES),
        known("help_kind", *HELP_KINDS),
        CheckConstraint("outcome <> 'ukendt'", name="outcome_decided"),
        CheckConstraint("NOT approved_by = ANY (contributors)", name="two_people"),
        found_by("decision_by_number", "number", unique=True),
        found_by("decision_of_proposal", "proposal_id", unique=True),
        found_by("decision_of_case", "case_id", "issued_at"),
    )

    case_id: Mapped[str] = uuid_column()
    proposal_id: Mapped[str] = uuid_column()
    calculation_id: Mapped[str] = uuid_column()
    number: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    reasoning: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[list[str]] = mapped_column(ARRAY(Text))
    repayment_condition: Mapped[str] = mapped_column(Text)
    appeal_instruction: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date | None] = mapped_column(Date)
    hearing_id: Mapped[str | None] = uuid_column(nullable=True)
    hearing_exception: Mapped[str] = mapped_column(Text)
    contributors: Mapped[list[str]] = mapped_column(ARRAY(Text))
    approved_by: Mapped[str | None] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    help_kind: Mapped[str] = mapped_column(Text, server_default="forsoergelse")


class DecidedLineRow(Municipal, Model):
    """What one person gets from a month on (bevilget ydelse); never changed."""

    __tablename__ = "decided_line"
    __table_args__ = (
        belongs_to("decision", "decision_id"),
        belongs_to("party", "party_id"),
        first_of_month("from_month"),
        CheckConstraint("amount_oere >= 0", name="amount_not_negative"),
    )

    decision_id: Mapped[str] = uuid_column(primary_key=True)
    party_id: Mapped[str] = uuid_column(primary_key=True)
    from_month: Mapped[date] = mapped_column(Date, primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    amount_oere: Mapped[int] = number_column()


class LetterRow(Identified, Model):
    """One letter to one party (brev); its words never change, its copy is noted once."""

    __tablename__ = "letter"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        belongs_to("document", "document_id"),
        known("state", "skrevet", "dannet", "bestilt", "afleveret", "afvist"),
        CheckConstraint("(document_id IS NULL) = (sha256 IS NULL)", name="copy_whole"),
        CheckConstraint("state = 'skrevet' OR sha256 IS NOT NULL", name="copy_kept"),
        found_by("letter_of_batch", "batch_id"),
        found_by("letter_of_case", "case_id", "composed_at"),
    )

    batch_id: Mapped[str] = uuid_column()
    case_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[str] = uuid_column()
    body: Mapped[dict[str, object]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(Text)
    composed_at: Mapped[datetime] = mapped_column(Moment)
    document_id: Mapped[str | None] = uuid_column(nullable=True)
    sha256: Mapped[str | None] = mapped_column(Text)
    channel: Mapped[str | None] = mapped_column(Text)
    ordered_at: Mapped[datetime | None] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    receipt_reference: Mapped[str] = mapped_column(Text)
    reason_code: Mapped[str] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(Integer)
