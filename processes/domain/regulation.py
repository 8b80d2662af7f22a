"""Answers: what does a rate become next year? And does the table that was published agree?

The rates of LAS follow the wages: LAS § 109 takes the growth of PSL § 20, less 0,3 point, since
it counts from 1,7 percent where PSL counts from 2,0, and less what another act says of the year.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from processes.domain.money import PPM, Money
from processes.domain.periods import ONE_DAY, Period
from processes.domain.rates import Confidence, Rate, RateBook

LESS_THAN_PSL_PPM = 3_000
"""LAS § 109, stk. 2 says 1,7 percent and PSL § 20 says 2,0 percent."""
KRONE = Money(100)


def las_growth(growth_ppm: int, *, less_ppm: int) -> int:
    """Return the percentage the rates rise by (satsreguleringsprocent), in parts per million.

    Law: LAS § 109, stk. 2. `growth_ppm` is the published growth under PSL § 20, `less_ppm` what is
    taken off that year.

    >>> las_growth(23_000, less_ppm=7_500)
    12500
    """
    return growth_ppm - LESS_THAN_PSL_PPM - less_ppm


def regulated(amount: Money, growth_ppm: int, *, nearest: Money = KRONE) -> Money:
    """Return next year's amount (regulering), from this year's published one.

    Law: LAS § 109. Rounds: half up to the nearest krone, or to `nearest`, such as 50 kr. for the
    limits of særlig støtte and 100 kr. for the wealth limit of helbredstillæg.

    >>> regulated(Money.kroner(15355), 12_500)
    Money(1554700)
    >>> regulated(Money.kroner(95800), 35_000, nearest=Money.kroner(100))
    Money(9920000)
    """
    exact = Decimal(amount.oere) * (PPM + growth_ppm) / PPM / nearest.oere
    return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)) * nearest.oere)


@dataclass(frozen=True)
class Disagreement:
    """A rate of the new table that is not the old one regulated (afvigelse)."""

    key: str
    before: Money
    expected: Money
    published: Money | None
    """None is: the new table does not have it."""

    @property
    def sentence(self) -> str:
        """Say it to the person who loads the table."""
        if self.published is None:
            return (
                f"Satsen '{self.key}' står ikke i den nye tabel. Reguleret bliver den"
                f" {self.expected.danish()}. Find den, eller bekræft, at den er ophævet."
            )
        return (
            f"Satsen '{self.key}' er {self.published.danish()} i den nye tabel, men"
            f" {self.before.danish()} bliver {self.expected.danish()}, når den reguleres."
            " Sammenlign med kilden, før satsen godkendes."
        )


def check_next_year(
    book: RateBook, published: Iterable[Rate], *, first_day: date, growth_ppm: int
) -> tuple[Disagreement, ...]:
    """Compare a published table with this year's rates regulated (kontrol af næste års satser).

    `first_day` is the first day of the new table. Rates that are not amounts are not regulated. A
    disagreement is for a person to look at: the published figure is what counts.
    """
    new = {rate.key: rate for rate in published if first_day in rate.valid}
    last_day = first_day - ONE_DAY
    found: list[Disagreement] = []
    for before in sorted(book, key=lambda rate: rate.key):
        ends = before.valid.end == first_day and last_day in before.valid
        if not ends or not isinstance(before.value, Money):
            continue
        expected = regulated(before.value, growth_ppm)
        after = new.get(before.key)
        amount = None if after is None else after.amount
        if amount != expected:
            found.append(Disagreement(before.key, before.value, expected, amount))
    return tuple(found)


class Standing(StrEnum):
    """How a rate stands to the one that was regulated (kontrol)."""

    AGREES = "stemmer"
    DIFFERS = "afviger"
    IS_MISSING = "mangler"


@dataclass(frozen=True)
class RegulatedRate:
    """One rate of this year with what it becomes (reguleret sats), and what the table says."""

    before: Rate
    expected: Money
    loaded: Rate | None
    """The row that is there for the new year; None while no table was loaded."""

    @property
    def standing(self) -> Standing:
        """Whether the table says what the regulation gives."""
        if self.loaded is None:
            return Standing.IS_MISSING
        same = self.loaded.value == self.expected
        return Standing.AGREES if same else Standing.DIFFERS

    def proposed(self, first_day: date, percent_ppm: int) -> Rate:
        """Return it as a row for the new year: derived, until somebody has read the table."""
        end = date(first_day.year + 1, 1, 1)
        return replace(
            self.before,
            id=f"{self.before.key}.{first_day.year}",
            value=self.expected,
            valid=Period(first_day, end),
            source=f"LAS § 109: {self.before.id} reguleret med {_percent(percent_ppm)}",
            confidence=Confidence.MEDIUM,
            derived=True,
        )


ACT = "LAS "
"""Only the rates of this act are regulated by it."""


def regulated_rates(
    book: RateBook, *, first_day: date, growth_ppm: int
) -> tuple[RegulatedRate, ...]:
    """Return every amount of the act that ends when the new year begins, regulated (LAS § 109)."""
    last_day = first_day - ONE_DAY
    found = (
        rate
        for rate in sorted(book, key=lambda each: each.key)
        if rate.valid.end == first_day
        and last_day in rate.valid
        and isinstance(rate.value, Money)
        and rate.law.startswith(ACT)
    )
    after = book.in_force(first_day)
    return tuple(
        RegulatedRate(rate, regulated(rate.amount, growth_ppm), after.get(rate.key))
        for rate in found
    )


def as_regulated(
    book: RateBook, rates: Iterable[RegulatedRate], *, first_day: date, percent_ppm: int
) -> tuple[RateBook, RateBook]:
    """Return the rates as if the year had brought nothing, and as it does (før og efter).

    Where no table is loaded the regulated amounts stand in for it.
    """
    keys = {each.before.key: each for each in rates}
    kept = [rate for rate in book if rate.key not in keys]
    older = [rate for rate in book if rate.key in keys and rate.valid.start < first_day]
    standing = [
        replace(rate, valid=Period(rate.valid.start)) if rate.valid.end == first_day else rate
        for rate in older
    ]
    new = [rate for rate in book if rate.key in keys and rate.valid.start >= first_day]
    new += [each.proposed(first_day, percent_ppm) for each in keys.values() if each.loaded is None]
    return RateBook([*kept, *standing]), RateBook([*kept, *older, *new])


def _percent(ppm: int) -> str:
    whole, rest = divmod(ppm, PPM // 100)
    digits = f"{rest:04d}".rstrip("0")
    return f"{whole},{digits} pct." if digits else f"{whole} pct."
