"""Why a month is paid otherwise than the month before (afvigelser), step by step.

The difference of the net is split over the steps of a payment, so that the parts add up to it, to
the øre: another decision, a sanction, another tax card. Knows amounts only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from processes.domain.money import ZERO, Money, total


class DeviationKind(StrEnum):
    """What makes a month another than the one before (afvigelsesårsag)."""

    BEGUN = "begyndt"
    ENDED = "ophoert"
    DECISION = "afgoerelse"
    SANCTION = "sanktion"
    SET_OFF_GROSS = "modregning_brutto"
    TAX = "skat"
    ATP = "atp"
    SET_OFF = "modregning"
    ADMINISTRATION = "administration"


DEVIATION_NAMES: Mapping[DeviationKind, str] = {
    DeviationKind.BEGUN: "Får penge nu og ikke sidste måned",
    DeviationKind.ENDED: "Fik penge sidste måned og ikke nu",
    DeviationKind.DECISION: "Ny afgørelse om beløbet",
    DeviationKind.SANCTION: "Sanktioner",
    DeviationKind.SET_OFF_GROSS: "Modregning før skat",
    DeviationKind.TAX: "A-skat",
    DeviationKind.ATP: "ATP",
    DeviationKind.SET_OFF: "Modregning af gæld",
    DeviationKind.ADMINISTRATION: "Betalt til andre",
}


@dataclass(frozen=True)
class PaidOut:
    """What one person is paid in one month (månedens udbetaling), by the steps of the law."""

    gross: Money = ZERO
    sanction: Money = ZERO
    set_off_gross: Money = ZERO
    tax: Money = ZERO
    atp: Money = ZERO
    set_off: Money = ZERO
    administration: Money = ZERO

    @property
    def net(self) -> Money:
        """What is left for the citizen."""
        off = (self.sanction, self.set_off_gross, self.tax, self.atp)
        return self.gross - total(off) - self.set_off - self.administration

    def plus(self, other: PaidOut) -> PaidOut:
        """Add another payment of the same month."""
        return PaidOut(
            self.gross + other.gross,
            self.sanction + other.sanction,
            self.set_off_gross + other.set_off_gross,
            self.tax + other.tax,
            self.atp + other.atp,
            self.set_off + other.set_off,
            self.administration + other.administration,
        )


@dataclass(frozen=True)
class Deviation:
    """One reason why a net amount is another (afvigelse); less is negative."""

    kind: DeviationKind
    amount: Money


def deviations(now: PaidOut | None, before: PaidOut | None) -> tuple[Deviation, ...]:
    """Return why what is paid now is another than before; the amounts add up to the difference."""
    if now is None or before is None:
        kind = DeviationKind.ENDED if now is None else DeviationKind.BEGUN
        amount = (now or PaidOut()).net - (before or PaidOut()).net
        return (Deviation(kind, amount),) if amount else ()
    found = (
        (DeviationKind.DECISION, now.gross - before.gross),
        (DeviationKind.SANCTION, before.sanction - now.sanction),
        (DeviationKind.SET_OFF_GROSS, before.set_off_gross - now.set_off_gross),
        (DeviationKind.TAX, before.tax - now.tax),
        (DeviationKind.ATP, before.atp - now.atp),
        (DeviationKind.SET_OFF, before.set_off - now.set_off),
        (DeviationKind.ADMINISTRATION, before.administration - now.administration),
    )
    return tuple(Deviation(kind, amount) for kind, amount in found if amount)


@dataclass(frozen=True)
class DeviationSum:
    """One reason over everybody (afvigelser af en slags)."""

    kind: DeviationKind
    people: int
    amount: Money


def by_kind(found: Iterable[Iterable[Deviation]]) -> tuple[DeviationSum, ...]:
    """Add the reasons of everybody up, the largest first; together they are the difference."""
    people: dict[DeviationKind, int] = {}
    amounts: dict[DeviationKind, Money] = {}
    for one in found:
        for each in one:
            people[each.kind] = people.get(each.kind, 0) + 1
            amounts[each.kind] = amounts.get(each.kind, ZERO) + each.amount
    made = [DeviationSum(kind, people[kind], amounts[kind]) for kind in amounts]
    return tuple(sorted(made, key=lambda each: -abs(each.amount.oere)))
