"""Tables of what comes off payments: decisions, deductions, the parts of payments, and receipts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Integer, Text
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

KINDS = ("sanktion", "modregning_brutto", "modregning", "administration")


class DeductionDecisionRow(Identified, Model):
    """A decision to take something off payments (afgørelse om fradrag); its sending is noted."""

    __tablename__ = "deduction_decision"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        known("kind", *KINDS),
        CheckConstraint("law <> '' AND reasoning <> ''", name="reasoned"),
        CheckConstraint("decided_by NOT IN ('', 'system')", name="by_a_person"),
        CheckConstraint("approved_by IS NULL OR approved_by <> decided_by", name="two_people"),
        CheckConstraint(
            "hearing_id IS NOT NULL OR length(trim(hearing_exception)) >= 20", name="heard"
        ),
        found_by("deduction_decision_of_case", "case_id", "issued_at"),
    )

    case_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    law: Mapped[str] = mapped_column(Text)
    reasoning: Mapped[str] = mapped_column(Text)
    hearing_id: Mapped[str | None] = uuid_column(nullable=True)
    hearing_exception: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(Text)
    approved_by: Mapped[str | None] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)


class DeductionRow(Identified, Model):
    """One decided deduction (fradrag i udbetaling); never changed, only stopped."""

    __tablename__ = "payment_deduction"
    __table_args__ = (
        belongs_to("deduction_decision", "decision_id"),
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        CheckConstraint("amount_oere > 0", name="something"),
        CheckConstraint("to_month IS NULL OR to_month >= from_month", name="months"),
        CheckConstraint(
            "kind <> 'sanktion' OR to_month IS NOT DISTINCT FROM from_month",
            name="sanction_in_one_month",
        ),
        CheckConstraint(
            "kind <> 'administration' OR payee_kind IS NOT NULL", name="paid_to_somebody"
        ),
        known("payee_kind", "konto", "cvr", "ean", "cpr"),
        first_of_month("from_month"),
        found_by("payment_deduction_of_case", "case_id", "from_month"),
        found_by("payment_deduction_of_decision", "decision_id"),
        found_by("payment_deduction_of_source", "source_id"),
    )

    decision_id: Mapped[str] = uuid_column()
    case_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    kind: Mapped[str] = mapped_column(Text)
    amount_oere: Mapped[int] = number_column()
    from_month: Mapped[date] = mapped_column(Date)
    to_month: Mapped[date | None] = mapped_column(Date)
    law: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    source_id: Mapped[str] = mapped_column(Text)
    payee_kind: Mapped[str | None] = mapped_column(Text)
    payee_number: Mapped[str] = mapped_column(Text)
    payee_name: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    stopped_from: Mapped[date | None] = mapped_column(Date)


class PartRow(Identified, Model):
    """What one deduction took of one payment (betalingsdel); never changed."""

    __tablename__ = "payment_part"
    __table_args__ = (
        belongs_to("payment", "payment_id"),
        belongs_to("payment_deduction", "deduction_id"),
        CheckConstraint("amount_oere > 0", name="something"),
        found_by("payment_part_once", "payment_id", "deduction_id", unique=True),
        found_by("payment_part_of_deduction", "deduction_id"),
    )

    payment_id: Mapped[str] = uuid_column()
    deduction_id: Mapped[str] = uuid_column()
    kind: Mapped[str] = mapped_column(Text)
    amount_oere: Mapped[int] = number_column()


class PartReceiptRow(Numbered, Model):
    """An appended receipt of what another payee is paid (kvittering); never changed."""

    __tablename__ = "part_receipt"
    __table_args__ = (
        belongs_to("payment_part", "part_id"),
        known("state", "bestilt", "modtaget", "udbetalt", "afvist"),
        found_by("part_receipt_once", "part_id", "tries", "state", "reference", unique=True),
    )

    part_id: Mapped[str] = uuid_column()
    tries: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    reason_code: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
