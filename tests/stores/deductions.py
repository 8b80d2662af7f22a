"""Decided deductions fit for the real tables: March of the case that the other builders make."""

from dataclasses import replace
from typing import Any

from processes.domain.deductions import (
    DeductionDecision,
    DeductionKind,
    Payee,
    PayeeKind,
    PaymentDeduction,
)
from processes.domain.money import Money
from processes.domain.payments import PaymentLine, PaymentReceipt, PaymentState, part_id
from processes.domain.periods import Month
from processes.domain.pipeline import Taken
from tests.stores import builders as a

MARCH, SIX_HUNDRED = Month(2026, 3), Money.kroner(600)
LANDLORD = Payee(PayeeKind.ACCOUNT, "12345678901234", "Egekøb Boligforening")
KIND = DeductionKind.ADMINISTRATION


def a_decision(kind: DeductionKind, **changes: Any) -> DeductionDecision:
    """Return a decision to take something, that was excepted from hearing with a reason."""
    decision = DeductionDecision(
        id=a.an_id(f"decision-{kind.value}"),
        case_id=a.CASE,
        party_id=a.ANNA,
        kind=kind,
        number="2026-000123-9",
        law="LAS § 36",
        reasoning="Du udeblev den 2. marts.",
        hearing_id=None,
        hearing_exception="Du har selv bedt om det den 1. marts.",
        decided_by="karin",
        approved_by=None,
        issued_at=a.NOW,
    )
    return replace(decision, **changes)


def a_deduction(kind: DeductionKind, **changes: Any) -> PaymentDeduction:
    """Return what such a decision takes of March."""
    deduction = PaymentDeduction(
        id=a.an_id(f"deduction-{kind.value}"),
        decision_id=a.an_id(f"decision-{kind.value}"),
        case_id=a.CASE,
        party_id=a.ANNA,
        kind=kind,
        amount=SIX_HUNDRED,
        from_month=MARCH,
        to_month=MARCH,
        law="LAS § 36",
        label="Sanktion",
        payee=LANDLORD if kind is DeductionKind.ADMINISTRATION else None,
    )
    return replace(deduction, **changes)


def a_payment_with_a_part() -> PaymentLine:
    """Return March with something the landlord gets."""
    line = a.a_payment()
    taken = Taken(a.an_id(f"deduction-{KIND.value}"), KIND, SIX_HUNDRED)
    return replace(line, administration=SIX_HUNDRED, net=line.net - SIX_HUNDRED, taken=(taken,))


def a_receipt() -> PaymentReceipt:
    """Return the receipt that the landlord's part was ordered."""
    part = part_id(a.an_id("payment"), a.an_id(f"deduction-{KIND.value}"))
    return PaymentReceipt(part, PaymentState.ORDERED, "", "", a.NOW)
