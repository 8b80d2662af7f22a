"""What may come off a payment (fradrag): decided, sent, and by whom it is asked for.

Sanctions, set-off and administration are decided by their own processes and come to the payment as
the same small record: how much, from which month to which, and the decision it stands on. What
stands on no sent decision is not read by a payment at all.
Knows months and amounts. Knows nothing of tax or banks, nor of how each was decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from processes.domain.errors import RuleError, SafeguardError
from processes.domain.money import Money
from processes.domain.periods import Month, danish_day

LEAST_REASON_CHARACTERS = 20
"""An exception from hearing of fewer characters names nothing."""


class DeductionKind(StrEnum):
    """Why something comes off (fradragsart), in the order the law takes them."""

    SANCTION = "sanktion"
    """LAS §§ 35-40 a: before tax."""
    SET_OFF_GROSS = "modregning_brutto"
    """LAS § 94: gross against gross, so before tax."""
    SET_OFF = "modregning"
    """An instalment or set-off of a debt (debitor): after tax."""
    ADMINISTRATION = "administration"
    """Money somebody else is paid on the citizen's behalf: after everything else."""


BEFORE_TAX = frozenset({DeductionKind.SANCTION, DeductionKind.SET_OFF_GROSS})

DEDUCTION_NAMES: dict[DeductionKind, str] = {
    DeductionKind.SANCTION: "Sanktion",
    DeductionKind.SET_OFF_GROSS: "Modregning før skat",
    DeductionKind.SET_OFF: "Modregning af gæld",
    DeductionKind.ADMINISTRATION: "Betalt til andre for dig",
}
"""What each is called to the citizen."""


class PayeeKind(StrEnum):
    """How somebody else than the citizen is paid (betalingsmodtagers nøgle)."""

    ACCOUNT = "konto"
    """Registration and account number, 14 digits."""
    CVR = "cvr"
    EAN = "ean"
    CPR = "cpr"


_DIGITS = {PayeeKind.ACCOUNT: 14, PayeeKind.CVR: 8, PayeeKind.EAN: 13, PayeeKind.CPR: 10}


@dataclass(frozen=True)
class Payee:
    """Somebody else than the citizen (anden betalingsmodtager): gets amount, reference and name."""

    kind: PayeeKind
    number: str
    name: str

    def __post_init__(self) -> None:
        if not self.number.isdecimal() or len(self.number) != _DIGITS[self.kind]:
            raise RuleError(
                f"'{self.number}' er ikke et nummer af {_DIGITS[self.kind]} cifre"
                f" ({self.kind.value}). Ret betalingsmodtageren."
            )
        if not self.name.strip():
            raise RuleError("Betalingsmodtageren har intet navn. Skriv, hvem der betales til.")


@dataclass(frozen=True)
class PaymentDeduction:
    """One decided deduction (fradrag i udbetaling); never changed, only stopped from a month on."""

    id: str
    decision_id: str
    """Of `DeductionDecision`; nothing comes off before that was sent."""
    case_id: str
    party_id: str
    kind: DeductionKind
    amount: Money
    """At most this a month; a month that cannot bear it all takes what it can."""
    from_month: Month
    to_month: Month | None
    """The last month; None is until it is stopped. A sanction is one month's."""
    law: str
    label: str
    """What the citizen reads: "Sanktion for udeblivelse den 3. marts"."""
    source_id: str = ""
    """The sanction, claim or agreement it comes from, in its own process."""
    payee: Payee | None = None
    """Who gets the money; None stays with the municipality."""
    reference: str = ""
    """What the payee reads on its account, at most 40 characters; never the legal ground."""
    stopped_from: Month | None = None
    """From here nothing comes off any more: it was withdrawn, paid or ended."""

    def __post_init__(self) -> None:
        if self.amount <= Money(0):
            raise RuleError("Et fradrag er mere end 0 kr. Ret beløbet.")
        if self.to_month is not None and self.to_month < self.from_month:
            raise RuleError("Fradraget slutter, før det begynder. Ret månederne.")
        if self.kind is DeductionKind.SANCTION and self.to_month != self.from_month:
            raise RuleError("En sanktion trækkes i én måned. Del den, hvis den er for flere.")
        if self.kind is DeductionKind.ADMINISTRATION and self.payee is None:
            raise RuleError("Skriv, hvem beløbet betales til.")

    def is_due(self, month: Month) -> bool:
        """Tell whether it comes off a month."""
        if self.stopped_from is not None and month >= self.stopped_from:
            return False
        return self.from_month <= month and (self.to_month is None or month <= self.to_month)


@dataclass(frozen=True)
class DeductionDecision:
    """The decision deductions stand on (afgørelse om fradrag): reasoned, heard, and sent first."""

    id: str
    """Its own, or the id of the decision of the process that made it."""
    case_id: str
    party_id: str
    kind: DeductionKind
    number: str
    """What people call it: the decision's number in the letter."""
    law: str
    reasoning: str
    hearing_id: str | None
    """A hearing that was sent and concluded; None with an exception."""
    hearing_exception: str
    """Why no hearing was needed (FVL § 19, stk. 2, or the citizen's own wish); 20 characters."""
    decided_by: str
    approved_by: str | None
    issued_at: datetime
    sent_at: datetime | None = None
    """When its letter left; noted once, and nothing comes off before it."""


@dataclass(frozen=True)
class DecidedDeduction:
    """A deduction with the decision it stands on (afgjort fradrag)."""

    deduction: PaymentDeduction
    decision: DeductionDecision


ORDER = tuple(DeductionKind)


def due(
    found: Iterable[DecidedDeduction], party_id: str, month: Month, pays_on: date
) -> list[DecidedDeduction]:
    """Return what comes off one person's month, in the order of the law (forfaldne fradrag).

    What was not sent before the day the money is there is left out: it waits for the next month
    where it may, and lapses where it may not.
    """
    mine = [
        each
        for each in found
        if each.deduction.party_id == party_id
        and each.deduction.is_due(month)
        and is_sent_before(each.decision, pays_on)
    ]
    return sorted(
        mine,
        key=lambda each: (
            ORDER.index(each.deduction.kind),
            each.decision.issued_at,
            each.deduction.id,
        ),
    )


def is_sent_before(decision: DeductionDecision, day: date) -> bool:
    """Tell whether a decision was sent before a day."""
    return decision.sent_at is not None and danish_day(decision.sent_at) < day


def check_decision(decision: DeductionDecision) -> None:
    """Refuse a decision to take something that no person made, gave reasons for and heard about.

    Law: FVL §§ 19 and 22-24.
    """
    if not decision.decided_by or decision.decided_by == "system":
        raise SafeguardError("Systemet må ikke selv trække noget fra. En person skal afgøre det.")
    if not decision.reasoning.strip() or not decision.law.strip():
        raise SafeguardError(
            "Afgørelsen om fradrag mangler hjemmel eller begrundelse. Skriv begge dele."
        )
    if decision.hearing_id is None and (
        len(decision.hearing_exception.strip()) < LEAST_REASON_CHARACTERS
    ):
        raise SafeguardError(
            "Parten er ikke hørt. Hold partshøring, eller begrund, hvorfor den ikke er nødvendig."
        )
