"""Tables of questions of their own in a case, of claims, and of what became of them."""

from datetime import date, datetime

from sqlalchemy import JSON, Boolean, CheckConstraint, Date, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    Identified,
    Model,
    Moment,
    Numbered,
    belongs_to,
    first_of_month,
    found_by,
    known,
    number_column,
    uuid_column,
)

KINDS = ("tilbagebetaling", "administration")


class MatterRow(Identified, Model):
    """A question of its own in a case (spørgsmål)."""

    __tablename__ = "matter"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        known("kind", *KINDS),
        known("state", "rejst", "frafaldet", "afgjort", "ophoert"),
        found_by("matter_of_case", "case_id", "raised_at"),
    )

    case_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    kind: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    raised_by: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(Text)
    closed_because: Mapped[str] = mapped_column(Text)


class MatterBasisRow(Identified, Model):
    """What is to be decided, as a person assessed it (grundlag); never changed."""

    __tablename__ = "matter_basis"
    __table_args__ = (
        belongs_to("matter", "matter_id"),
        belongs_to("case_file", "case_id"),
        belongs_to("calculation", "calculation_id"),
        CheckConstraint("amount_oere >= 0", name="amount_not_negative"),
        found_by("matter_basis_of_matter", "matter_id", "made_at"),
    )

    matter_id: Mapped[str] = uuid_column()
    case_id: Mapped[str] = uuid_column()
    calculation_id: Mapped[str] = uuid_column()
    amount_oere: Mapped[int] = number_column()
    is_adverse: Mapped[bool] = mapped_column(Boolean)
    legal_basis: Mapped[list[str]] = mapped_column(ARRAY(Text))
    body: Mapped[dict[str, object]] = mapped_column(JSON)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)


class MatterProposalRow(Identified, Model):
    """A proposed answer (forslag)."""

    __tablename__ = "matter_proposal"
    __table_args__ = (
        belongs_to("matter", "matter_id"),
        belongs_to("matter_basis", "basis_id"),
        belongs_to("case_file", "case_id"),
        belongs_to("hearing", "hearing_id"),
        CheckConstraint("approved_by <> proposed_by", name="two_people"),
        found_by("matter_proposal_of_matter", "matter_id", "proposed_at"),
    )

    matter_id: Mapped[str] = uuid_column()
    basis_id: Mapped[str] = uuid_column()
    case_id: Mapped[str] = uuid_column()
    reasoning: Mapped[str] = mapped_column(Text)
    hearing_id: Mapped[str | None] = uuid_column(nullable=True)
    hearing_exception: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    approved_by: Mapped[str | None] = mapped_column(Text)
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    returned_reason: Mapped[str] = mapped_column(Text)


class MatterDecisionRow(Identified, Model):
    """A decision on a question (afgørelse); only `sent_at` is noted afterwards, once."""

    __tablename__ = "matter_decision"
    __table_args__ = (
        belongs_to("matter", "matter_id"),
        belongs_to("matter_proposal", "proposal_id"),
        belongs_to("matter_basis", "basis_id"),
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        belongs_to("hearing", "hearing_id"),
        known("kind", *KINDS),
        CheckConstraint("NOT approved_by = ANY (contributors)", name="two_people"),
        found_by("matter_decision_by_number", "number", unique=True),
        found_by("matter_decision_of_proposal", "proposal_id", unique=True),
        found_by("matter_decision_of_matter", "matter_id", "issued_at"),
    )

    matter_id: Mapped[str] = uuid_column()
    proposal_id: Mapped[str] = uuid_column()
    basis_id: Mapped[str] = uuid_column()
    case_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    amount_oere: Mapped[int] = number_column()
    is_adverse: Mapped[bool] = mapped_column(Boolean)
    legal_basis: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reasoning: Mapped[str] = mapped_column(Text)
    appeal_instruction: Mapped[str] = mapped_column(Text)
    hearing_id: Mapped[str | None] = uuid_column(nullable=True)
    hearing_exception: Mapped[str] = mapped_column(Text)
    contributors: Mapped[list[str]] = mapped_column(ARRAY(Text))
    approved_by: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)


class DebtClaimRow(Identified, Model):
    """A claim for repayment (debitorkrav); never changed."""

    __tablename__ = "debt_claim"
    __table_args__ = (
        belongs_to("matter_decision", "decision_id"),
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        first_of_month("from_month"),
        first_of_month("to_month"),
        CheckConstraint("amount_oere > 0", name="something"),
        found_by("debt_claim_once", "decision_id", unique=True),
        found_by("debt_claim_of_case", "case_id", "made_at"),
    )

    decision_id: Mapped[str] = uuid_column()
    case_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    amount_oere: Mapped[int] = number_column()
    claim_type: Mapped[str] = mapped_column(Text)
    from_month: Mapped[date] = mapped_column(Date)
    to_month: Mapped[date] = mapped_column(Date)
    founded_on: Mapped[date] = mapped_column(Date)
    limitation_on: Mapped[date] = mapped_column(Date)
    made_at: Mapped[datetime] = mapped_column(Moment)


class ClaimEventRow(Numbered, Model):
    """What became of a claim (kravhændelse); appended."""

    __tablename__ = "claim_event"
    __table_args__ = (
        belongs_to("debt_claim", "claim_id"),
        known(
            "kind",
            *("registreret", "afvist", "indbetalt", "modregnet", "afskrevet", "rykket"),
            *("overdraget", "bortfaldet", "politianmeldt", "ikke_politianmeldt"),
        ),
        found_by("claim_event_once", "claim_id", "kind", "reference", unique=True),
    )

    claim_id: Mapped[str] = uuid_column()
    kind: Mapped[str] = mapped_column(Text)
    on_day: Mapped[date] = mapped_column(Date)
    amount_oere: Mapped[int] = number_column()
    reference: Mapped[str] = mapped_column(Text)
    by_user: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(Text)


class ClaimArrangementRow(Identified, Model):
    """How a claim is paid from a day on (betalingsordning); appended."""

    __tablename__ = "claim_arrangement"
    __table_args__ = (
        belongs_to("debt_claim", "claim_id"),
        known("kind", "henstand", "afdrag", "samlet"),
        CheckConstraint("(kind = 'henstand') = (first_due_on IS NULL)", name="due"),
        CheckConstraint("(kind = 'afdrag') = (monthly_oere > 0)", name="monthly"),
        found_by("claim_arrangement_of_claim", "claim_id", "at"),
    )

    claim_id: Mapped[str] = uuid_column()
    kind: Mapped[str] = mapped_column(Text)
    monthly_oere: Mapped[int] = number_column()
    first_due_on: Mapped[date | None] = mapped_column(Date)
    recheck_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    by_user: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
