"""Answers: which rate (sats) is in force on a day? A day without a rate is an error, never zero."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from processes.domain.errors import BrokenStateError, RateMissingError
from processes.domain.money import Money
from processes.domain.periods import ONE_DAY, Period
from processes.domain.rate_labels import RATE_LABELS as RATE_LABELS  # part of this module's words
from processes.domain.timeline import InForce

PPM_PER_HUNDREDTH = 100
"""Parts per million in a hundredth of a percent."""


class Confidence(StrEnum):
    """How sure a rate or rule is (sikkerhed)."""

    HIGH = "hoej"
    MEDIUM = "mellem"
    LOW = "lav"


YEAR_OF_AN_ID = re.compile(r"\.[0-9]{4}(_reform|_v[0-9]+)?$")
"""What an id has more than its key: the year, the year from the reform on, or a later version."""
AMOUNTS = ("DKK", "kr.")
"""How the unit of an amount begins."""


@dataclass(frozen=True)
class Rate:
    """A dated rate (sats) with its legal source."""

    id: str
    """The row: `kh.grundsats.2026`."""
    key: str
    """What is asked for: `kh.grundsats`."""
    value: Money | int
    """An amount; in percent whole parts per million; else a whole number of what is counted."""
    unit: str
    valid: Period
    law: str
    source: str
    confidence: Confidence
    derived: bool
    """Computed by us, not read in a published table: marked, and not paid in production."""

    @property
    def is_provisional(self) -> bool:
        """Whether a second person must confirm it before it is paid in production."""
        return self.derived or self.confidence is Confidence.LOW

    @property
    def amount(self) -> Money:
        """The amount (beløb)."""
        if not isinstance(self.value, Money):
            raise BrokenStateError(f"rate {self.id} is {self.unit}, no amount")
        return self.value

    @property
    def ppm(self) -> int:
        """The share (andel) in parts per million."""
        if not isinstance(self.value, int) or not is_share(self.unit):
            raise BrokenStateError(f"rate {self.id} is {self.unit}, no share")
        return self.value

    @property
    def number(self) -> int:
        """The whole number (antal)."""
        if not isinstance(self.value, int) or is_share(self.unit):
            raise BrokenStateError(f"rate {self.id} is {self.unit}, no whole number")
        return self.value

    @property
    def whole(self) -> int:
        """The value as a whole number of its smallest part: øre, parts per million, or pieces."""
        return self.value.oere if isinstance(self.value, Money) else self.value


def is_share(unit: str) -> bool:
    """Tell whether a rate in this unit is a share (procent)."""
    return unit.startswith("percent")


def value_of(unit: str, whole: int) -> Money | int:
    """Make a rate's value of its whole number, the other way of `Rate.whole`."""
    return Money(whole) if unit.startswith(AMOUNTS) else whole


class RateBook:
    """Every rate, asked by key and day (satsbog)."""

    def __init__(self, rates: Iterable[Rate]) -> None:
        self._by_key: dict[str, list[Rate]] = {}
        for rate in rates:
            self._by_key.setdefault(rate.key, []).append(rate)
        for key, rows in self._by_key.items():
            rows.sort(key=lambda rate: rate.valid.start)
            for earlier, later in pairwise(rows):
                if earlier.valid.clipped(later.valid):
                    raise ValueError(f"rate '{key}': {earlier.id} and {later.id} overlap")
        self._in_force = InForce((rate.key, rate.valid, rate) for rate in self)

    def in_force(self, day: date) -> Mapping[str, Rate]:
        """Return every rate in force on a day, by key."""
        return self._in_force.on(day)

    def of(self, key: str) -> tuple[Rate, ...]:
        """Return every row of a key, the oldest first."""
        return tuple(self._by_key.get(key, ()))

    def changes(self, within: Period) -> tuple[date, ...]:
        """Return the days inside a period on which a rate begins or ends."""
        return self._in_force.changes(within)

    def on(self, key: str, day: date) -> Rate:
        """Return the rate in force on a day, or say which gap the day falls in."""
        found = self.in_force(day).get(key)
        if found is not None:
            return found
        rows = self._by_key.get(key, [])
        known = "; ".join(f"{rate.valid.start}–{rate.valid.end or 'videre'}" for rate in rows)
        raise RateMissingError(
            f"Der er ingen sats '{key}' på {day:%d.%m.%Y}; kendte perioder: {known or 'ingen'}."
            " Indlæs satsen i central opsætning, eller ret den periode, der regnes på."
        )

    def __iter__(self) -> Iterator[Rate]:
        return iter([rate for rows in self._by_key.values() for rate in rows])


def rate_from_row(row: Mapping[str, str]) -> Rate:
    """Read one row of the rate table; `valid_to` there is the last day in force.

    The key is the id without its year: `kh.grundsats.2026` is asked for as `kh.grundsats`.
    """
    last_day = row.get("valid_to", "")
    return Rate(
        id=row["id"],
        key=YEAR_OF_AN_ID.sub("", row["id"]),
        value=_read(row["value"], row["unit"]),
        unit=row["unit"],
        valid=Period(
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(last_day) + ONE_DAY if last_day else None,
        ),
        law=row["law"],
        source=row["source"],
        confidence=Confidence(row["confidence"]),
        derived=row["derived"] == "true",
    )


def _read(text: str, unit: str) -> Money | int:
    if is_share(unit):
        return Money.kroner(text).oere * PPM_PER_HUNDREDTH
    return Money.kroner(text) if isinstance(value_of(unit, 0), Money) else int(text)
