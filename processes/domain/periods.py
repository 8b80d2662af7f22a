"""Answers: which days, and how many of them count? Knows the calendar, asks no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DENMARK = ZoneInfo("Europe/Copenhagen")
DECEMBER = 12
SATURDAY = 5
ONE_DAY = timedelta(days=1)


def danish_day(moment: datetime) -> date:
    """Return the day in Denmark (dansk kalenderdag) that a moment lies in.

    >>> danish_day(datetime.fromisoformat("2026-03-31T22:30:00+00:00"))
    datetime.date(2026, 4, 1)
    """
    return moment.astimezone(DENMARK).date()


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month (måned).

    >>> Month(2026, 12).next()
    Month(year=2027, number=1)
    >>> str(Month.of(date(2026, 3, 14)))
    '2026-03'
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= DECEMBER:
            raise ValueError(f"a month is 1 to 12, not {self.number}")

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month a day lies in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Parse `"2026-03"`."""
        year, number = text.split("-")
        return cls(int(year), int(number))

    @property
    def first_day(self) -> date:
        """The first day."""
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """The last day."""
        return self.next().first_day - ONE_DAY

    def next(self) -> Month:
        """Return the month after."""
        if self.number == DECEMBER:
            return Month(self.year + 1, 1)
        return Month(self.year, self.number + 1)

    def previous(self) -> Month:
        """Return the month before."""
        return Month.of(self.first_day - ONE_DAY)

    def period(self) -> Period:
        """Return the days of the month as a half-open period."""
        return Period(self.first_day, self.next().first_day)


@dataclass(frozen=True, order=True)
class Period:
    """Days from `start` to before `end` (periode); no `end` is until further notice.

    >>> date(2026, 2, 1) in Period(date(2026, 1, 1), date(2026, 2, 1))
    False
    """

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"a period ends after it starts, not {self.start}..{self.end}")

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def covers(self, other: Period) -> bool:
        """Tell whether every day of the other lies in this one."""
        if other.start < self.start:
            return False
        return self.end is None or (other.end is not None and other.end <= self.end)

    def clipped(self, other: Period) -> Period | None:
        """Return the days both have, or None."""
        start = max(self.start, other.start)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends) if ends else None
        return None if end is not None and end <= start else Period(start, end)

    def months(self) -> Iterator[Month]:
        """Yield each month the period touches; it must have an end."""
        if self.end is None:
            raise ValueError("a period without an end has no last month")
        month = Month.of(self.start)
        while month.first_day < self.end:
            yield month
            month = month.next()


@dataclass(frozen=True)
class Calendar:
    """Danish closing days, as dated data (helligdage, bankernes lukkedage).

    `public` are public holidays, `bank` the days banks are shut besides. Both must cover every
    year asked about: `covers` is the half-open span the data was made for.
    """

    public: frozenset[date]
    bank: frozenset[date]
    covers: Period

    def is_working_day(self, day: date) -> bool:
        """Tell whether a day is Monday to Friday and no public holiday."""
        self._known(day)
        return day.weekday() < SATURDAY and day not in self.public

    def is_banking_day(self, day: date) -> bool:
        """Tell whether banks are open."""
        return self.is_working_day(day) and day not in self.bank

    def working_days_after(self, day: date, count: int) -> date:
        """Return the day that is `count` working days later (arbejdsdage)."""
        for _ in range(count):
            day += ONE_DAY
            while not self.is_working_day(day):
                day += ONE_DAY
        return day

    def banking_days_after(self, day: date, count: int) -> date:
        """Return the day that is `count` banking days later (bankdage)."""
        for _ in range(count):
            day += ONE_DAY
            while not self.is_banking_day(day):
                day += ONE_DAY
        return day

    def first_working_day_from(self, day: date) -> date:
        """Return the day itself, or the next working day: a deadline never ends on a holiday."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def last_banking_day(self, month: Month) -> date:
        """Return the last banking day of a month (dispositionsdag)."""
        day = month.last_day
        while not self.is_banking_day(day):
            day -= ONE_DAY
        return day

    def _known(self, day: date) -> None:
        if day not in self.covers:
            raise ValueError(
                f"the calendar covers {self.covers.start}..{self.covers.end}, not {day}"
            )
