"""Money management (administration af hjælpen, LAS § 90): fixed bills paid out of a person's help.

By agreement or by decision. What is paid to others comes off last; whoever gets it is told amount,
reference and name, never why. Knows deductions. Knows nothing of banks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from processes.domain.deductions import DeductionKind, Payee, PayeeKind, PaymentDeduction
from processes.domain.errors import RuleError
from processes.domain.matters import Basis
from processes.domain.money import Money, total
from processes.domain.periods import Month

LAW = "LAS § 90"
FOLLOW_UP_DAYS = 180
"""How long money is managed before somebody looks at it again; a habit of ours, not the law's."""
REFERENCE_CHARACTERS = 40


@dataclass(frozen=True)
class Bill:
    """A fixed bill (fast regning) paid from the help each month."""

    name: str
    """What it is for, for the citizen: "Husleje"."""
    payee: Payee
    reference: str
    """What the payee reads; never the legal ground."""
    amount: Money

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise RuleError("Skriv, hvad regningen er for, fx Husleje.")
        if self.amount <= Money(0):
            raise RuleError(f"Beløbet for {self.name} skal være mere end 0 kr.")
        if not self.reference.strip() or len(self.reference) > REFERENCE_CHARACTERS:
            raise RuleError(
                f"Henvisningen for {self.name} skal være 1 til {REFERENCE_CHARACTERS} tegn, fx et"
                " lejer- eller kundenummer."
            )


@dataclass(frozen=True)
class ManagementPlan:
    """Which bills are paid, from when, and by whose wish (administrationsplan)."""

    bills: tuple[Bill, ...]
    """In the order they are paid when the help does not reach."""
    from_month: Month
    is_agreed: bool
    """Whether the citizen has agreed; otherwise it is decided."""
    evidence: str
    """How the agreement was given, or why the citizen cannot manage the money."""
    milder: str
    """What was tried or weighed that is less than this."""

    def __post_init__(self) -> None:
        if not self.bills:
            raise RuleError("Skriv mindst én regning, der skal betales af hjælpen.")
        if not self.is_agreed and not self.milder.strip():
            raise RuleError(
                "Skriv, hvilke mildere løsninger der er prøvet. Uden borgerens aftale skal det"
                " mindst indgribende vælges."
            )

    @property
    def amount(self) -> Money:
        """What is paid to others a month."""
        return total(bill.amount for bill in self.bills)


def to_body(plan: ManagementPlan) -> dict[str, object]:
    """Return a plan as plain data; `from_body` gives it back."""
    return {
        "bills": [
            {
                "name": bill.name,
                "payee_kind": bill.payee.kind.value,
                "payee_number": bill.payee.number,
                "payee_name": bill.payee.name,
                "reference": bill.reference,
                "amount": bill.amount.oere,
            }
            for bill in plan.bills
        ],
        "from_month": str(plan.from_month),
        "is_agreed": plan.is_agreed,
        "evidence": plan.evidence,
        "milder": plan.milder,
    }


def from_body(basis: Basis) -> ManagementPlan:
    """Return the plan `to_body` made plain."""
    body = basis.body
    bills = body["bills"]
    if not isinstance(bills, list):
        raise TypeError("a plan has bills")
    return ManagementPlan(
        bills=tuple(_bill(each) for each in bills),
        from_month=Month.parse(str(body["from_month"])),
        is_agreed=bool(body["is_agreed"]),
        evidence=str(body["evidence"]),
        milder=str(body["milder"]),
    )


def _bill(body: Mapping[str, str]) -> Bill:
    payee = Payee(PayeeKind(body["payee_kind"]), body["payee_number"], body["payee_name"])
    return Bill(body["name"], payee, body["reference"], Money(int(body["amount"])))


def deductions(
    plan: ManagementPlan,
    *,
    decision_id: str,
    case_id: str,
    party_id: str,
    source_id: str,
    new_id: Callable[[], str],
) -> tuple[PaymentDeduction, ...]:
    """Return what comes off the help each month, one a bill (fradrag)."""
    return tuple(
        PaymentDeduction(
            id=new_id(),
            decision_id=decision_id,
            case_id=case_id,
            party_id=party_id,
            kind=DeductionKind.ADMINISTRATION,
            amount=bill.amount,
            from_month=plan.from_month,
            to_month=None,
            law=LAW,
            label=f"{bill.name} til {bill.payee.name}",
            source_id=source_id,
            payee=bill.payee,
            reference=bill.reference,
        )
        for bill in plan.bills
    )


def first_month(wanted: Month, today: date) -> Month:
    """Return the first month that can be managed: the one wanted, never one that is over."""
    return max(wanted, Month.of(today))


def follow_up_day(today: date) -> date:
    """Return when somebody looks at the management again (opfølgning)."""
    return today + timedelta(days=FOLLOW_UP_DAYS)


def bills_in_words(bills: Sequence[Bill]) -> tuple[tuple[str, str], ...]:
    """Return the bills as rows: what and to whom, and how much."""
    return tuple((f"{bill.name} til {bill.payee.name}", bill.amount.danish()) for bill in bills)
