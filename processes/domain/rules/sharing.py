"""Answers: how much of a month's amount falls on some of its days? Knows no law and no rule.

Which way of counting is used is dated configuration: a rule with a value in law/rules.yaml names
it. Here is only what each name means.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from processes.domain.money import Money
from processes.domain.periods import ONE_DAY, SATURDAY, Month, Period

MONTHS_PER_YEAR = 12
WORKING_DAYS_PER_YEAR = 260


@dataclass(frozen=True)
class DayCount:
    """One way to turn days into a part of a month's amount (delingsmetode)."""

    name: str
    counted: str
    """What is counted, in Danish: `kalenderdage`."""
    count: Callable[[Period], int]
    per_day: Callable[[Month], tuple[int, int]]
    """What one counted day is of the month's amount, as a whole numerator and denominator."""

    def words(self, days: Period, month: Month) -> str:
        """Say the count: `16 af 31 kalenderdage`."""
        numerator, denominator = self.per_day(month)
        counted = self.count(days)
        if numerator == 1:
            return f"{counted} af {denominator} {self.counted}"
        return f"{counted} {self.counted} gange {numerator}/{denominator}"


def length(days: Period) -> int:
    """Count the calendar days of a period that has an end."""
    if days.end is None:
        raise ValueError("a period without an end has no length")
    return (days.end - days.start).days


def _working_days(days: Period) -> int:
    numbers = (days.start + ONE_DAY * offset for offset in range(length(days)))
    return sum(1 for day in numbers if day.weekday() < SATURDAY)


DAY_COUNTS = {
    each.name: each
    for each in (
        DayCount("kalenderdage", "kalenderdage", length, lambda month: (1, length(month.period()))),
        DayCount(
            "fem_dages_uge_260",
            "hverdage",
            _working_days,
            lambda _month: (MONTHS_PER_YEAR, WORKING_DAYS_PER_YEAR),
        ),
    )
}
"""The ways there are, by the name a rule gives."""


def share_of_days(amount: Money, days: Period, month: Month, by: DayCount) -> Money:
    """Return what some days of a month are of the month's amount (andel efter dage).

    Units: øre in, øre out.
    Rounds: the amount up to the last day and the amount up to the day before the first are each
    rounded half up to the øre, and the share is the difference. So days that follow each other
    always add up, wherever they are cut. A share is never more than the month's amount.

    >>> march = Month(2026, 3)
    >>> share_of_days(Money(100), Period(date(2026, 3, 16), date(2026, 4, 1)), march,
    ...               DAY_COUNTS["kalenderdage"])
    Money(52)
    """
    if amount < Money(0):
        raise ValueError("an amount of help to be shared by days is not negative")
    if days.end is None or not month.period().covers(days):
        raise ValueError(f"the days {days} are not all in {month}")
    share = _up_to(amount, days.end, month, by) - _up_to(amount, days.start, month, by)
    return min(share, amount)


def _up_to(amount: Money, day: date, month: Month, by: DayCount) -> Money:
    if day == month.first_day:
        return Money(0)
    numerator, denominator = by.per_day(month)
    exact = amount.oere * by.count(Period(month.first_day, day)) * numerator
    return Money((2 * exact + denominator) // (2 * denominator))


def spread_over(amount: Money, *, over: Period, days: Period) -> Money:
    """Return what falls on some days of an amount that covers a period, each day alike.

    Rounds: as `share_of_days`; the parts of the period add up to the amount.
    """
    clipped = over.clipped(days)
    if clipped is None or clipped.end is None:
        return Money(0)
    whole = length(over)

    def up_to(day: date) -> int:
        return (2 * amount.oere * (day - over.start).days + whole) // (2 * whole)

    return Money(up_to(clipped.end) - up_to(clipped.start))
