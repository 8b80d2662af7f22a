"""Tables of money: plans, payments, their receipts, and the vouchers posted."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Date, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    Identified,
    Model,
    Moment,
    Municipal,
    Numbered,
    belongs_to,
    first_of_month,
    found_by,
    known,
    nothing_column,
    number_column,
    uuid_column,
)


class PlanRow(Identified, Model):
    """A payment plan (effektueringsplan); never changed."""

    __tablename__ = "payment_plan"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("decision", "decision_id"),
        found_by("payment_plan_of_decision", "decision_id", "made_at"),
    )

    case_id: Mapped[str] = uuid_column()
    decision_id: Mapped[str] = uuid_column()
    made_at: Mapped[datetime] = mapped_column(Moment)


class PaymentRow(Identified, Model):
    """One payment to one payee for one month (effektuering); never changed."""

    __tablename__ = "payment"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("payment_plan", "plan_id"),
        belongs_to("decision", "decision_id"),
        belongs_to("party", "party_id"),
        first_of_month("month"),
        CheckConstraint(
            "gross_oere >= 0 AND sanction_oere >= 0 AND set_off_gross_oere >= 0"
            " AND tax_oere >= 0 AND atp_oere >= 0 AND set_off_oere >= 0"
            " AND administration_oere >= 0 AND net_oere >= 0"
            " AND atp_municipality_oere >= 0 AND pension_oere >= 0",
            name="no_debt",
        ),
        CheckConstraint(
            "net_oere = gross_oere - sanction_oere - set_off_gross_oere - tax_oere - atp_oere"
            " - set_off_oere - administration_oere",
            name="net",
        ),
        CheckConstraint("sequence >= 0", name="sequence_counted"),
        # Stricter than one a plan: two plans of one decision must not pay a month twice.
        found_by("payment_once", "decision_id", "party_id", "month", "sequence", unique=True),
        found_by("payment_of_plan", "plan_id"),
        found_by("payment_of_case", "case_id", "month"),
        found_by("payment_by_day", "disposition_on"),
    )

    plan_id: Mapped[str] = uuid_column()
    case_id: Mapped[str] = uuid_column()
    decision_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    month: Mapped[date] = mapped_column(Date)
    sequence: Mapped[int] = mapped_column(Integer)
    gross_oere: Mapped[int] = number_column()
    tax_oere: Mapped[int] = number_column()
    net_oere: Mapped[int] = number_column()
    disposition_on: Mapped[date] = mapped_column(Date)
    explanation: Mapped[dict[str, object]] = mapped_column(JSON)
    sanction_oere: Mapped[int] = nothing_column()
    set_off_gross_oere: Mapped[int] = nothing_column()
    atp_oere: Mapped[int] = nothing_column()
    set_off_oere: Mapped[int] = nothing_column()
    administration_oere: Mapped[int] = nothing_column()
    atp_municipality_oere: Mapped[int] = nothing_column()
    pension_oere: Mapped[int] = nothing_column()


class ReceiptRow(Numbered, Model):
    """An appended receipt of a payment (kvittering); never changed."""

    __tablename__ = "payment_receipt"
    __table_args__ = (
        belongs_to("payment", "payment_id"),
        known("state", "bestilt", "modtaget", "udbetalt", "afvist"),
        found_by("payment_receipt_once", "payment_id", "state", "reference", unique=True),
    )

    payment_id: Mapped[str] = uuid_column()
    state: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    reason_code: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class VoucherRow(Identified, Model):
    """A voucher as posted (bilag); only the finance system's answer is noted afterwards."""

    __tablename__ = "voucher"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("payment_plan", "plan_id"),
        found_by("voucher_of_plan", "plan_id"),
        found_by("voucher_of_case", "case_id", "posted_on"),
    )

    plan_id: Mapped[str] = uuid_column()
    case_id: Mapped[str] = uuid_column()
    posted_on: Mapped[date] = mapped_column(Date)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    reference: Mapped[str] = mapped_column(Text)
    rejected_reason: Mapped[str] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(Integer)


class VoucherEntryRow(Municipal, Model):
    """One entry of a voucher (kontering): debit is positive; never changed."""

    __tablename__ = "voucher_entry"
    __table_args__ = (belongs_to("voucher", "voucher_id"),)

    voucher_id: Mapped[str] = uuid_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    account: Mapped[str] = mapped_column(Text)
    amount_oere: Mapped[int] = number_column()
    text: Mapped[str] = mapped_column(Text)
