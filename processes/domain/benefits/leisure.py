"""Fritidstillæg: which months are paid, when receipts come or do not come. A fold over periods.

Every third month a third of what was paid must be documented by the 20th of the month after. Late
is a month lost; the right is there again the next month.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from processes.domain.money import Money, total
from processes.domain.periods import Month

PERIOD_MONTHS = 3
DEADLINE_DAY = 20
KEPT_AFTER_WORK = 3


@dataclass(frozen=True)
class Receipt:
    """A receipt (kvittering): shop, product, price and date can be read on it."""

    received_on: date
    amount: Money
    complete: bool
    """All four can be read."""


@dataclass(frozen=True)
class DocumentedPeriod:
    """Three months that were paid (dokumentationsperiode), and what is due for them."""

    first: Month
    paid: Money

    @property
    def months(self) -> tuple[Month, ...]:
        """The three months."""
        second = self.first.next()
        return (self.first, second, second.next())

    @property
    def deadline(self) -> date:
        """The 20th of the month after (frist)."""
        after = self.months[-1].next()
        return date(after.year, after.number, DEADLINE_DAY)

    @property
    def due(self) -> Money:
        """A third of what was paid; a part of an øre is not asked for."""
        return Money(self.paid.oere // 3)


@dataclass(frozen=True)
class Documentation:
    """What came of a period (dokumentation)."""

    period: DocumentedPeriod
    documented: Money
    """Received by the deadline, carried over from before included."""
    left: Money
    """What is above what was due: one receipt may cover several periods."""
    documented_on: date | None
    """The day there was enough; None while there is not."""

    @property
    def pays_next_month(self) -> bool:
        """Whether the month after the period is paid."""
        return self.documented_on is not None and self.documented_on <= self.period.deadline

    @property
    def lost(self) -> tuple[Month, ...]:
        """The month that is lost: the one after the period, when it was late."""
        return () if self.pays_next_month else (self.period.months[-1].next(),)


def document(
    periods: Iterable[DocumentedPeriod], receipts: Iterable[Receipt]
) -> tuple[Documentation, ...]:
    """Hold receipts against the periods in order, and carry over what is above (dokumentation).

    Law: LAS, fritidstillæg; first deadline 20 October 2025.
    """
    usable = sorted(
        (each for each in receipts if each.complete),
        key=lambda each: (each.received_on, each.amount),
    )
    found: list[Documentation] = []
    spent = Money(0)
    for period in sorted(periods, key=lambda each: each.first):
        needed = spent + period.due
        got = Money(0)
        enough_on: date | None = period.months[-1].first_day if not period.due else None
        for receipt in usable:
            got = got + receipt.amount
            if enough_on is None and got >= needed:
                enough_on = receipt.received_on
        in_time = total(each.amount for each in usable if each.received_on <= period.deadline)
        have = max(in_time - spent, Money(0))
        found.append(Documentation(period, have, max(have - period.due, Money(0)), enough_on))
        if enough_on is not None and enough_on <= period.deadline:
            spent = needed
    return tuple(found)


def kept_until(work_began: Month) -> Month:
    """Return the last month the supplement goes on after leaving for work (tre måneder)."""
    month = work_began
    for _ in range(KEPT_AFTER_WORK - 1):
        month = month.next()
    return month
