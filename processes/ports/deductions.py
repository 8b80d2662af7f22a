"""Where decided deductions are kept, for the processes that decide them and the payments they meet.

Use: when a sanction, set-off or administration is decided, `decide()` it together with everything
it takes; when its letter has left, `mark_sent()`. From then on the next payment and the next run
take it off by themselves. `stop()` ends it; what has come off stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from processes.domain.deductions import DecidedDeduction, DeductionDecision, Payee, PaymentDeduction
from processes.domain.money import Money
from processes.domain.payments import PaymentReceipt, PaymentState
from processes.domain.periods import Month


@dataclass(frozen=True)
class PartPayment:
    """A part of a payment on its way to another payee (betaling til anden modtager)."""

    id: str
    payment_id: str
    case_id: str
    payee: Payee
    amount: Money
    reference: str
    state: PaymentState
    tries: int = 0


class DeductionStore(Protocol):
    """DecidedDeduction deductions, what came off of them, and what others were paid."""

    def decide(self, decision: DeductionDecision, deductions: Sequence[PaymentDeduction]) -> None:
        """Save a decision with everything it takes; refused when it is not fit to be made."""

    def mark_sent(self, decision_id: str, at: datetime) -> None:
        """Note once that the decision's letter has left; a second time changes nothing."""

    def stop(self, deduction_ids: Sequence[str], *, month: Month) -> None:
        """Say that from a month on nothing comes off any more; noted once, never moved."""

    def of_case(self, case_id: str) -> Sequence[DecidedDeduction]:
        """Return every deduction of a case with its decision, sent or not, the oldest first."""

    def of_cases(self, case_ids: Sequence[str]) -> Mapping[str, Sequence[DecidedDeduction]]:
        """Return the deductions of some cases whose decision was sent, in one statement."""

    def taken(self, deduction_ids: Sequence[str]) -> Mapping[str, Mapping[Month, Money]]:
        """Return what has come off so far, by deduction and month; what was rejected has not."""

    def parts_of_case(self, case_id: str) -> Sequence[PartPayment]:
        """Return what others were paid in a case, the newest first."""

    def parts(self, part_ids: Sequence[str]) -> Sequence[PartPayment]:
        """Return some payments to others."""

    def parts_of_payments(self, payment_ids: Sequence[str]) -> Sequence[PartPayment]:
        """Return what others get of some payments."""

    def parts_under_way(self) -> bool:
        """Tell whether the bank has not answered about everything others are paid."""

    def append_receipts(
        self, receipts: Sequence[tuple[int, PaymentReceipt]]
    ) -> Sequence[PaymentReceipt]:
        """Append what the bank answered about payments to others, each with which try it was.

        Returns what was new; `payment_id` of a receipt is the part's.
        """
