"""Rows to plans, payments, receipts and vouchers, and back; a state is derived from receipts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.models.payments import PaymentRow, PlanRow, ReceiptRow, VoucherEntryRow, VoucherRow
from app.stores.codecs import node_from_data, node_to_data
from app.stores.deductions import add_parts, amounts_of, taken_by
from app.stores.rows import Store, known_id
from processes.domain.money import Money
from processes.domain.payments import (
    BY_HAND,
    PaymentLine,
    PaymentPlan,
    PaymentReceipt,
    PaymentState,
)
from processes.domain.periods import Month
from processes.domain.pipeline import Taken
from processes.ports.records import VoucherRecord

PROGRESS = {
    PaymentState.PLANNED: 0,
    PaymentState.ORDERED: 1,
    PaymentState.ACCEPTED: 2,
    PaymentState.SETTLED: 3,
    PaymentState.REJECTED: 3,
}
"""A receipt that comes late does not take a payment back; of two last words the newer counts."""


def line_of(row: PaymentRow, taken: tuple[Taken, ...] = ()) -> PaymentLine:
    """Make a payment line of its row, and of what came off it."""
    return PaymentLine(
        id=row.id,
        plan_id=row.plan_id,
        case_id=row.case_id,
        decision_id=row.decision_id,
        party_id=row.party_id,
        month=Month.of(row.month),
        sequence=row.sequence,
        gross=Money(row.gross_oere),
        tax=Money(row.tax_oere),
        net=Money(row.net_oere),
        disposition_on=row.disposition_on,
        explanation=node_from_data(row.explanation),
        sanction=Money(row.sanction_oere),
        set_off_gross=Money(row.set_off_gross_oere),
        atp=Money(row.atp_oere),
        set_off=Money(row.set_off_oere),
        administration=Money(row.administration_oere),
        atp_municipality=Money(row.atp_municipality_oere),
        pension=Money(row.pension_oere),
        taken=taken,
    )


def state_of(receipts: Iterable[ReceiptRow]) -> PaymentState:
    """Return how far a payment is by what was appended to it."""
    latest = max(
        receipts,
        key=lambda row: (PROGRESS[PaymentState(row.state)], row.at, row.id),
        default=None,
    )
    return PaymentState.PLANNED if latest is None else PaymentState(latest.state)


def _rejection(receipts: Iterable[ReceiptRow]) -> str:
    """Return why a payment was last rejected, in the counterpart's words; empty if it was not."""
    rejections = (row for row in receipts if row.state == PaymentState.REJECTED.value)
    newest = max(rejections, key=lambda row: (row.at, row.id), default=None)
    return "" if newest is None else newest.reason_code


class SqlPaymentStore(Store):
    """Plans, payments, receipts and vouchers."""

    def add_plan(self, plan: PaymentPlan) -> None:
        """Save a plan with its lines; they never change."""
        row = {"id": plan.id, "case_id": plan.case_id, "decision_id": plan.decision_id}
        self.insert(PlanRow, [{**row, "made_at": plan.made_at}])
        self.add_lines(plan.lines)

    def plan(self, plan_id: str) -> PaymentPlan:
        """Return a plan with its lines."""
        wanted = select(PlanRow).where(PlanRow.id == known_id(plan_id, "Effektueringsplanen"))
        return self._with_lines(self.one(wanted, "Effektueringsplanen"))

    def plan_of_decision(self, decision_id: str) -> PaymentPlan | None:
        """Return the newest plan of a decision."""
        row = self.session.scalars(
            select(PlanRow)
            .where(PlanRow.decision_id == known_id(decision_id, "Afgørelsen"))
            .order_by(PlanRow.made_at.desc(), PlanRow.id.desc())
            .limit(1)
        ).first()
        return None if row is None else self._with_lines(row)

    def _with_lines(self, row: PlanRow) -> PaymentPlan:
        lines = self._lines(select(PaymentRow).where(PaymentRow.plan_id == row.id))
        return PaymentPlan(row.id, row.case_id, row.decision_id, row.made_at, tuple(lines))

    def _lines(self, statement: Select[PaymentRow]) -> list[PaymentLine]:
        ordered = statement.order_by(
            PaymentRow.month, PaymentRow.party_id, PaymentRow.sequence, PaymentRow.id
        )
        rows = self.session.scalars(ordered).all()
        taken = taken_by(self.session, rows)
        return [line_of(row, taken.get(row.id, ())) for row in rows]

    def add_lines(self, lines: Sequence[PaymentLine]) -> None:
        """Add lines to a plan: a rejected payment tried again under the next sequence."""
        self.insert(
            PaymentRow,
            [
                {
                    "id": line.id,
                    "plan_id": line.plan_id,
                    "case_id": line.case_id,
                    "decision_id": line.decision_id,
                    "party_id": line.party_id,
                    "month": line.month.first_day,
                    "sequence": line.sequence,
                    "disposition_on": line.disposition_on,
                    "explanation": node_to_data(line.explanation),
                }
                | amounts_of(line)
                for line in lines
            ],
        )
        add_parts(self.session, lines)

    def append_receipt(self, receipt: PaymentReceipt) -> bool:
        """Append a receipt; False when the same one was there already."""
        appended = (
            upsert(ReceiptRow)
            .values(
                payment_id=receipt.payment_id,
                state=receipt.state.value,
                reference=receipt.reference,
                reason_code=receipt.reason_code,
                at=receipt.at,
            )
            .on_conflict_do_nothing(
                index_elements=["municipality_id", "payment_id", "state", "reference"]
            )
            .returning(ReceiptRow.id)
        )
        return self.session.execute(appended).first() is not None

    def reason_code(self, payment_id: str) -> str:
        """Return why a payment was rejected, in the counterpart's words; empty if it was not."""
        newest = (
            select(ReceiptRow.reason_code)
            .where(
                ReceiptRow.payment_id == known_id(payment_id, "Udbetalingen"),
                ReceiptRow.state == PaymentState.REJECTED.value,
            )
            .order_by(ReceiptRow.at.desc(), ReceiptRow.id.desc())
            .limit(1)
        )
        return self.session.scalars(newest).first() or ""

    def is_by_hand(self, payment_id: str) -> bool:
        """Tell whether the money was handed over, and not sent to an account."""
        found = select(ReceiptRow.id).where(
            ReceiptRow.payment_id == known_id(payment_id, "Udbetalingen"),
            ReceiptRow.state == PaymentState.SETTLED.value,
            ReceiptRow.reason_code == BY_HAND,
        )
        return self.session.scalars(found.limit(1)).first() is not None

    def mark_ordered(self, payment_id: str, at: datetime) -> None:
        """Append that a payment was ordered; a second time changes nothing."""
        self.append_receipt(PaymentReceipt(payment_id, PaymentState.ORDERED, "", "", at))

    def states(self, plan_id: str) -> Mapping[str, PaymentState]:
        """Return each line's state, derived from its receipts."""
        lines = self.plan(plan_id).lines
        return self._states([line.id for line in lines])

    def _states(self, payment_ids: Sequence[str]) -> dict[str, PaymentState]:
        wanted = select(ReceiptRow).where(ReceiptRow.payment_id.in_(payment_ids))
        receipts: dict[str, list[ReceiptRow]] = {each: [] for each in payment_ids}
        for row in self.session.scalars(wanted):
            receipts[row.payment_id].append(row)
        return {each: state_of(rows) for each, rows in receipts.items()}

    def of_case(self, case_id: str) -> Sequence[tuple[PaymentLine, PaymentState]]:
        """Return a case's payments with their states, newest first."""
        return [(line, state) for line, state, _ in self.progress_of_case(case_id)]

    def progress_of_case(self, case_id: str) -> Sequence[tuple[PaymentLine, PaymentState, str]]:
        """Return a case's payments, newest first, with state and why one was rejected."""
        wanted = (
            select(PaymentRow, ReceiptRow)
            .outerjoin(ReceiptRow, ReceiptRow.payment_id == PaymentRow.id)
            .where(PaymentRow.case_id == known_id(case_id, "Sagen"))
            .order_by(
                PaymentRow.month.desc(),
                PaymentRow.party_id.desc(),
                PaymentRow.sequence.desc(),
                PaymentRow.id.desc(),
            )
        )
        found: dict[str, tuple[PaymentRow, list[ReceiptRow]]] = {}
        for row, receipt in self.session.execute(wanted):
            receipts = found.setdefault(row.id, (row, []))[1]
            receipts += [] if receipt is None else [receipt]
        taken = taken_by(self.session, [row for row, _ in found.values()])
        return [
            (line_of(row, taken.get(row.id, ())), state_of(receipts), _rejection(receipts))
            for row, receipts in found.values()
        ]

    def unsettled(self) -> Sequence[PaymentLine]:
        """Return lines that are ordered or accepted, not settled or rejected.

        But for those a monthly run sent: their plan has their own id, and the run waits for them.
        """
        under_way = select(ReceiptRow.payment_id).where(
            ReceiptRow.state.in_([PaymentState.ORDERED.value, PaymentState.ACCEPTED.value])
        )
        over = select(ReceiptRow.payment_id).where(
            ReceiptRow.state.in_([PaymentState.SETTLED.value, PaymentState.REJECTED.value])
        )
        return self._lines(
            select(PaymentRow).where(
                PaymentRow.id.in_(under_way),
                PaymentRow.id.not_in(over),
                PaymentRow.id != PaymentRow.plan_id,
            )
        )

    def line(self, payment_id: str) -> PaymentLine:
        """Return one payment line."""
        wanted = known_id(payment_id, "Udbetalingen")
        return line_of(self.one(select(PaymentRow).where(PaymentRow.id == wanted), "Udbetalingen"))

    def save_voucher(self, voucher: VoucherRecord) -> None:
        """Insert a voucher or write the finance system's answer."""
        answer = {
            "accepted_at": voucher.accepted_at,
            "reference": voucher.reference,
            "rejected_reason": voucher.rejected_reason,
            "tries": voucher.tries,
        }
        changed = self.count_changed(
            update(VoucherRow).where(VoucherRow.id == voucher.id).values(answer)
        )
        if not changed:
            key = {
                "id": voucher.id,
                "plan_id": voucher.plan_id,
                "case_id": voucher.case_id,
                "posted_on": voucher.posted_on,
            }
            self.insert(VoucherRow, [key | answer])
            self._insert_entries(voucher)

    def _insert_entries(self, voucher: VoucherRecord) -> None:
        self.insert(
            VoucherEntryRow,
            [
                {
                    "voucher_id": voucher.id,
                    "position": position,
                    "account": entry["account"],
                    "amount_oere": entry["amount_oere"],
                    "text": entry["text"],
                }
                for position, entry in enumerate(voucher.entries)
            ],
        )

    def vouchers(self, plan_id: str) -> Sequence[VoucherRecord]:
        """Return the vouchers of a plan."""
        wanted = known_id(plan_id, "Effektueringsplanen")
        return self._vouchers(select(VoucherRow).where(VoucherRow.plan_id == wanted))

    def voucher(self, voucher_id: str) -> VoucherRecord:
        """Return one voucher."""
        wanted = select(VoucherRow).where(VoucherRow.id == known_id(voucher_id, "Bilaget"))
        return self._with_entries([self.one(wanted, "Bilaget")])[0]

    def vouchers_of_case(self, case_id: str) -> Sequence[VoucherRecord]:
        """Return a case's vouchers, newest first."""
        wanted = known_id(case_id, "Sagen")
        return self._vouchers(select(VoucherRow).where(VoucherRow.case_id == wanted))

    def _vouchers(self, statement: Select[VoucherRow]) -> Sequence[VoucherRecord]:
        newest = statement.order_by(VoucherRow.posted_on.desc(), VoucherRow.id)
        return self._with_entries(self.session.scalars(newest).all())

    def _with_entries(self, rows: Sequence[VoucherRow]) -> list[VoucherRecord]:
        wanted = select(VoucherEntryRow).where(
            VoucherEntryRow.voucher_id.in_([row.id for row in rows])
        )
        entries: dict[str, list[Mapping[str, object]]] = {}
        for entry in self.session.scalars(wanted.order_by(VoucherEntryRow.position)):
            entries.setdefault(entry.voucher_id, []).append(
                {"account": entry.account, "amount_oere": entry.amount_oere, "text": entry.text}
            )
        return [
            VoucherRecord(
                id=row.id,
                plan_id=row.plan_id,
                case_id=row.case_id,
                posted_on=row.posted_on,
                entries=tuple(entries.get(row.id, [])),
                accepted_at=row.accepted_at,
                reference=row.reference,
                rejected_reason=row.rejected_reason,
                tries=row.tries,
            )
            for row in rows
        ]
