"""Tables of the monthly payment run: lines, results, rulings, reports and reconciliations."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    Integer,
    LargeBinary,
    Text,
    text,
)
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


def _key() -> Mapped[int]:
    return mapped_column(Integer, primary_key=True, autoincrement=False)


class RunRow(Identified, Model):
    """One municipality's run for one month (udbetalingskørsel)."""

    __tablename__ = "payment_run"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        first_of_month("month"),
        CheckConstraint(
            "approved_by IS NULL OR (reviewed_by IS NOT NULL AND reviewed_by <> approved_by)",
            name="two_people",
        ),
        found_by("payment_run_once", "month", unique=True),
    )

    case_id: Mapped[str] = uuid_column()
    month: Mapped[date] = mapped_column(Date)
    blockers_at: Mapped[datetime] = mapped_column(Moment)
    freeze_at: Mapped[datetime] = mapped_column(Moment)
    review_by: Mapped[datetime] = mapped_column(Moment)
    send_at: Mapped[datetime] = mapped_column(Moment)
    disposition_on: Mapped[date] = mapped_column(Date)
    started_by: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Moment)
    frozen_at: Mapped[datetime | None] = mapped_column(Moment)
    change_percent: Mapped[int] = mapped_column(Integer)
    largest_oere: Mapped[int] = number_column()
    stop_reason: Mapped[str] = mapped_column(Text)
    reviewed_by: Mapped[str | None] = mapped_column(Text)
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)
    approved_by: Mapped[str | None] = mapped_column(Text)
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class RunBatchRow(Municipal, Model):
    """One batch of one phase of a run (portion)."""

    __tablename__ = "run_batch"
    __table_args__ = (belongs_to("payment_run", "run_id"),)

    run_id: Mapped[str] = uuid_column(primary_key=True)
    phase: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = _key()
    done_at: Mapped[datetime | None] = mapped_column(Moment)


class RunLineRow(Identified, Model):
    """One frozen grant of a run (kørselslinje); never changed, and its payment has its id."""

    __tablename__ = "run_line"
    __table_args__ = (
        belongs_to("payment_run", "run_id"),
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        belongs_to("decision", "decision_id"),
        first_of_month("month"),
        CheckConstraint("decided_oere > 0", name="something"),
        found_by("run_line_once", "run_id", "party_id", "month", unique=True),
        found_by("run_line_of_batch", "run_id", "batch"),
    )

    run_id: Mapped[str] = uuid_column()
    batch: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    decision_id: Mapped[str] = uuid_column()
    month: Mapped[date] = mapped_column(Date)
    decided_oere: Mapped[int] = number_column()


class RunResultRow(Municipal, Model):
    """What a line came to (kørselsresultat); never changed, a later version is another."""

    __tablename__ = "run_result"
    __table_args__ = (
        belongs_to("run_line", "line_id"),
        known("weight", "noteret", "skal_ses", "alvorlig"),
        CheckConstraint(
            "net_oere = gross_oere - sanction_oere - set_off_gross_oere - tax_oere - atp_oere"
            " - set_off_oere - administration_oere",
            name="net",
        ),
        CheckConstraint("gross_oere >= 0 AND tax_oere >= 0 AND net_oere >= 0", name="no_debt"),
    )

    line_id: Mapped[str] = uuid_column(primary_key=True)
    version: Mapped[int] = _key()
    calculated_oere: Mapped[int | None] = number_column(nullable=True)
    gross_oere: Mapped[int] = number_column()
    tax_oere: Mapped[int] = number_column()
    net_oere: Mapped[int] = number_column()
    is_payable: Mapped[bool] = mapped_column(Boolean)
    weight: Mapped[str] = mapped_column(Text)
    remarks: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    card_kind: Mapped[str] = mapped_column(Text)
    allowance_oere: Mapped[int] = number_column()
    explanation: Mapped[bytes] = mapped_column(LargeBinary)
    """The tree as compressed JSON; empty without one."""
    made_at: Mapped[datetime] = mapped_column(Moment)
    sanction_oere: Mapped[int] = nothing_column()
    set_off_gross_oere: Mapped[int] = nothing_column()
    atp_oere: Mapped[int] = nothing_column()
    set_off_oere: Mapped[int] = nothing_column()
    administration_oere: Mapped[int] = nothing_column()
    atp_municipality_oere: Mapped[int] = nothing_column()
    pension_oere: Mapped[int] = nothing_column()
    taken: Mapped[list[dict[str, object]]] = mapped_column(JSON, server_default=text("'[]'"))


class RunRulingRow(Numbered, Model):
    """What a person decided about a line (beslutning); never changed, the newest counts."""

    __tablename__ = "run_ruling"
    __table_args__ = (
        belongs_to("run_line", "line_id"),
        known("verdict", "frigivet", "tilbageholdt"),
        CheckConstraint("length(reason) >= 5", name="reasoned"),
        found_by("run_ruling_of_line", "line_id", "id"),
    )

    line_id: Mapped[str] = uuid_column()
    version: Mapped[int] = mapped_column(Integer)
    verdict: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    by_user: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class IncomeReportRow(Identified, Model):
    """One report to the income register (indberetning)."""

    __tablename__ = "income_report"
    __table_args__ = (belongs_to("payment_run", "run_id"),)

    run_id: Mapped[str | None] = uuid_column(nullable=True)
    made_at: Mapped[datetime] = mapped_column(Moment)


class IncomeReportLineRow(Municipal, Model):
    """One payment as reported (indberetningslinje); only the answer is noted afterwards."""

    __tablename__ = "income_report_line"
    __table_args__ = (
        belongs_to("income_report", "report_id"),
        belongs_to("payment", "payment_id"),
        found_by(
            "income_report_line_once", "payment_id", where="rejected_reason = ''", unique=True
        ),
    )

    report_id: Mapped[str] = uuid_column(primary_key=True)
    payment_id: Mapped[str] = uuid_column(primary_key=True)
    gross_oere: Mapped[int] = number_column()
    tax_oere: Mapped[int] = number_column()
    paid_on: Mapped[date] = mapped_column(Date)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    reference: Mapped[str] = mapped_column(Text)
    rejected_reason: Mapped[str] = mapped_column(Text)


class ReconciliationRowOfRun(Municipal, Model):
    """One time a run was reconciled (afstemning); never changed."""

    __tablename__ = "run_reconciliation"
    __table_args__ = (belongs_to("payment_run", "run_id"),)

    run_id: Mapped[str] = uuid_column(primary_key=True)
    number: Mapped[int] = _key()
    at: Mapped[datetime] = mapped_column(Moment)
    figures: Mapped[dict[str, int]] = mapped_column(JSON)


class DifferenceRow(Municipal, Model):
    """One thing that did not agree (difference); never changed."""

    __tablename__ = "run_difference"
    __table_args__ = (
        belongs_to("payment_run", "run_id"),
        belongs_to("payment", "payment_id"),
    )

    run_id: Mapped[str] = uuid_column(primary_key=True)
    number: Mapped[int] = _key()
    position: Mapped[int] = _key()
    kind: Mapped[str] = mapped_column(Text)
    payment_id: Mapped[str] = uuid_column()
    case_id: Mapped[str] = uuid_column()
    expected_oere: Mapped[int] = number_column()
    found_oere: Mapped[int] = number_column()
