"""Rows to decided deductions, parts of payments and their receipts, and back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.models.deductions import (
    DeductionDecisionRow,
    DeductionRow,
    PartReceiptRow,
    PartRow,
)
from app.models.payments import PaymentRow
from app.stores.rows import Store, known_id
from processes.domain.deductions import (
    DecidedDeduction,
    DeductionDecision,
    DeductionKind,
    Payee,
    PayeeKind,
    PaymentDeduction,
    check_decision,
)
from processes.domain.money import Money
from processes.domain.payments import PaymentLine, PaymentReceipt, PaymentState, part_id
from processes.domain.periods import Month
from processes.domain.pipeline import Taken
from processes.ports.deductions import PartPayment

PARTS = """
    SELECT part.id, part.payment_id, payment.case_id, deduction.payee_kind,
           deduction.payee_number, deduction.payee_name, deduction.reference, part.amount_oere,
           coalesce(newest.tries, 0) AS tries, coalesce(newest.state, 'planlagt') AS state
    FROM payment_part AS part
    JOIN payment ON payment.id = part.payment_id
    JOIN payment_deduction AS deduction ON deduction.id = part.deduction_id
    LEFT JOIN LATERAL (
        SELECT receipt.state, receipt.tries FROM part_receipt AS receipt
        WHERE receipt.part_id = part.id
        ORDER BY receipt.tries DESC,
                 CASE receipt.state WHEN 'bestilt' THEN 1 WHEN 'modtaget' THEN 2 ELSE 3 END DESC,
                 receipt.at DESC, receipt.id DESC
        LIMIT 1
    ) AS newest ON true
    WHERE deduction.payee_kind IS NOT NULL
"""
"""What others are paid, each with how far its newest try is."""


def deduction_of(row: DeductionRow) -> PaymentDeduction:
    """Make a deduction of its row."""
    payee = None
    if row.payee_kind is not None:
        payee = Payee(PayeeKind(row.payee_kind), row.payee_number, row.payee_name)
    return PaymentDeduction(
        id=row.id,
        decision_id=row.decision_id,
        case_id=row.case_id,
        party_id=row.party_id,
        kind=DeductionKind(row.kind),
        amount=Money(row.amount_oere),
        from_month=Month.of(row.from_month),
        to_month=None if row.to_month is None else Month.of(row.to_month),
        law=row.law,
        label=row.label,
        source_id=row.source_id,
        payee=payee,
        reference=row.reference,
        stopped_from=None if row.stopped_from is None else Month.of(row.stopped_from),
    )


def decision_of(row: DeductionDecisionRow) -> DeductionDecision:
    """Make a decision about deductions of its row."""
    return DeductionDecision(
        id=row.id,
        case_id=row.case_id,
        party_id=row.party_id,
        kind=DeductionKind(row.kind),
        number=row.number,
        law=row.law,
        reasoning=row.reasoning,
        hearing_id=row.hearing_id,
        hearing_exception=row.hearing_exception,
        decided_by=row.decided_by,
        approved_by=row.approved_by,
        issued_at=row.issued_at,
        sent_at=row.sent_at,
    )


def taken_by(session: Session, rows: Sequence[PaymentRow]) -> Mapping[str, tuple[Taken, ...]]:
    """Return what came off some payments; nothing is asked for where nothing did."""
    wanted = [
        row.id
        for row in rows
        if row.sanction_oere
        or row.set_off_gross_oere
        or row.set_off_oere
        or row.administration_oere
    ]
    if not wanted:
        return {}
    found: dict[str, list[Taken]] = {}
    for part in session.scalars(select(PartRow).where(PartRow.payment_id.in_(wanted))):
        found.setdefault(part.payment_id, []).append(
            Taken(part.deduction_id, DeductionKind(part.kind), Money(part.amount_oere))
        )
    order = list(DeductionKind)
    return {
        payment_id: tuple(sorted(parts, key=lambda each: order.index(each.kind)))
        for payment_id, parts in found.items()
    }


def amounts_of(line: PaymentLine) -> dict[str, int]:
    """Return the columns of a payment from gross to net."""
    return {
        "gross_oere": line.gross.oere,
        "tax_oere": line.tax.oere,
        "net_oere": line.net.oere,
        "sanction_oere": line.sanction.oere,
        "set_off_gross_oere": line.set_off_gross.oere,
        "atp_oere": line.atp.oere,
        "set_off_oere": line.set_off.oere,
        "administration_oere": line.administration.oere,
        "atp_municipality_oere": line.atp_municipality.oere,
        "pension_oere": line.pension.oere,
    }


def add_parts(session: Session, lines: Sequence[PaymentLine]) -> None:
    """Save what came off some payments; the same twice is kept once."""
    parts = [
        {
            "id": part_id(line.id, each.deduction_id),
            "payment_id": line.id,
            "deduction_id": each.deduction_id,
            "kind": each.kind.value,
            "amount_oere": each.amount.oere,
        }
        for line in lines
        for each in line.taken
    ]
    if parts:
        session.execute(
            upsert(PartRow).on_conflict_do_nothing(index_elements=["municipality_id", "id"]), parts
        )


class SqlDeductionStore(Store):
    """Decided deductions, what came off of them, and what others were paid."""

    def decide(self, decision: DeductionDecision, deductions: Sequence[PaymentDeduction]) -> None:
        """Save a decision with everything it takes; refused when it is not fit to be made."""
        check_decision(decision)
        self.insert(
            DeductionDecisionRow,
            [
                {
                    "id": decision.id,
                    "case_id": decision.case_id,
                    "party_id": decision.party_id,
                    "kind": decision.kind.value,
                    "number": decision.number,
                    "law": decision.law,
                    "reasoning": decision.reasoning,
                    "hearing_id": decision.hearing_id,
                    "hearing_exception": decision.hearing_exception,
                    "decided_by": decision.decided_by,
                    "approved_by": decision.approved_by,
                    "issued_at": decision.issued_at,
                    "sent_at": None,
                }
            ],
        )
        self.insert(DeductionRow, [_row(each) for each in deductions])

    def mark_sent(self, decision_id: str, at: datetime) -> None:
        """Note once that the decision's letter has left; a second time changes nothing."""
        self.session.execute(
            update(DeductionDecisionRow)
            .where(
                DeductionDecisionRow.id == known_id(decision_id, "Afgørelsen"),
                DeductionDecisionRow.sent_at.is_(None),
            )
            .values(sent_at=at)
        )

    def stop(self, deduction_ids: Sequence[str], *, month: Month) -> None:
        """Say that from a month on nothing comes off any more; noted once, never moved."""
        self.session.execute(
            update(DeductionRow)
            .where(
                DeductionRow.id.in_([known_id(each, "Fradraget") for each in deduction_ids]),
                DeductionRow.stopped_from.is_(None),
            )
            .values(stopped_from=month.first_day)
        )

    def of_case(self, case_id: str) -> Sequence[DecidedDeduction]:
        """Return every deduction of a case with its decision, sent or not, the oldest first."""
        return self._decided(DeductionRow.case_id == known_id(case_id, "Sagen"))

    def of_cases(self, case_ids: Sequence[str]) -> Mapping[str, Sequence[DecidedDeduction]]:
        """Return the deductions of some cases whose decision was sent, in one statement."""
        found: dict[str, list[DecidedDeduction]] = {}
        for each in self._decided(
            DeductionRow.case_id.in_(case_ids), DeductionDecisionRow.sent_at.is_not(None)
        ):
            found.setdefault(each.deduction.case_id, []).append(each)
        return found

    def _decided(self, *wanted: ColumnElement[bool]) -> list[DecidedDeduction]:
        rows = self.session.execute(
            select(DeductionRow, DeductionDecisionRow)
            .join(DeductionDecisionRow, DeductionDecisionRow.id == DeductionRow.decision_id)
            .where(*wanted)
            .order_by(DeductionDecisionRow.issued_at, DeductionRow.from_month, DeductionRow.id)
        )
        return [
            DecidedDeduction(deduction_of(row), decision_of(decision)) for row, decision in rows
        ]

    def taken(self, deduction_ids: Sequence[str]) -> Mapping[str, Mapping[Month, Money]]:
        """Return what has come off so far, by deduction and month."""
        found: dict[str, dict[Month, Money]] = {}
        rows = self.session.execute(
            select(PartRow.deduction_id, PaymentRow.month, func.sum(PartRow.amount_oere))
            .join(PaymentRow, PaymentRow.id == PartRow.payment_id)
            .where(PartRow.deduction_id.in_(deduction_ids))
            .group_by(PartRow.deduction_id, PaymentRow.month)
            .order_by(PartRow.deduction_id, PaymentRow.month)
        )
        for deduction_id, month, oere in rows:
            found.setdefault(deduction_id, {})[Month.of(month)] = Money(int(oere))
        return found

    def parts_of_case(self, case_id: str) -> Sequence[PartPayment]:
        """Return what others were paid in a case, the newest first."""
        return self._parts(
            "AND payment.case_id = CAST(:case_id AS uuid) ORDER BY payment.month DESC, part.id",
            {"case_id": known_id(case_id, "Sagen")},
        )

    def parts(self, part_ids: Sequence[str]) -> Sequence[PartPayment]:
        """Return some payments to others."""
        return self._parts(
            "AND part.id = ANY(CAST(:ids AS uuid[])) ORDER BY part.id", {"ids": list(part_ids)}
        )

    def parts_of_payments(self, payment_ids: Sequence[str]) -> Sequence[PartPayment]:
        """Return what others get of some payments."""
        return self._parts(
            "AND part.payment_id = ANY(CAST(:ids AS uuid[])) ORDER BY part.id",
            {"ids": list(payment_ids)},
        )

    def parts_under_way(self) -> bool:
        """Tell whether the bank has not answered about everything others are paid."""
        return bool(
            self.session.execute(
                text(
                    f"SELECT EXISTS (SELECT FROM ({PARTS}) AS part"  # noqa: S608 – our own words, and nothing from outside
                    " WHERE part.state IN ('bestilt', 'modtaget'))"
                )
            ).scalar_one()
        )

    def _parts(self, narrowed: str, values: Mapping[str, object]) -> list[PartPayment]:
        rows = self.session.execute(text(PARTS + narrowed), dict(values)).mappings()
        return [
            PartPayment(
                id=str(row["id"]),
                payment_id=str(row["payment_id"]),
                case_id=str(row["case_id"]),
                payee=Payee(PayeeKind(row["payee_kind"]), row["payee_number"], row["payee_name"]),
                amount=Money(row["amount_oere"]),
                reference=row["reference"],
                state=PaymentState(row["state"]),
                tries=row["tries"],
            )
            for row in rows
        ]

    def append_receipts(
        self, receipts: Sequence[tuple[int, PaymentReceipt]]
    ) -> Sequence[PaymentReceipt]:
        """Append what the bank answered about payments to others; returns what was new."""
        once = {
            (each.payment_id, tries, each.state, each.reference): each for tries, each in receipts
        }
        if not once:
            return ()
        appended = self.session.execute(
            upsert(PartReceiptRow)
            .values(
                [
                    {
                        "part_id": each.payment_id,
                        "tries": tries,
                        "state": each.state.value,
                        "reference": each.reference,
                        "reason_code": each.reason_code,
                        "at": each.at,
                    }
                    for (_, tries, _, _), each in once.items()
                ]
            )
            .on_conflict_do_nothing(
                index_elements=["municipality_id", "part_id", "tries", "state", "reference"]
            )
            .returning(
                PartReceiptRow.part_id,
                PartReceiptRow.tries,
                PartReceiptRow.state,
                PartReceiptRow.reference,
            )
        )
        return [once[row[0], row[1], PaymentState(row[2]), row[3]] for row in appended]


def _row(each: PaymentDeduction) -> dict[str, object]:
    payee = each.payee
    return {
        "id": each.id,
        "decision_id": each.decision_id,
        "case_id": each.case_id,
        "party_id": each.party_id,
        "kind": each.kind.value,
        "amount_oere": each.amount.oere,
        "from_month": each.from_month.first_day,
        "to_month": None if each.to_month is None else each.to_month.first_day,
        "law": each.law,
        "label": each.label,
        "source_id": each.source_id,
        "payee_kind": None if payee is None else payee.kind.value,
        "payee_number": "" if payee is None else payee.number,
        "payee_name": "" if payee is None else payee.name,
        "reference": each.reference,
        "stopped_from": None if each.stopped_from is None else each.stopped_from.first_day,
    }
