"""The 225-hours rule (225-timersreglen, LAS §§ 13 f-13 g), until 30 June 2025: a fold over months.

It only says what may be decided and from when. Nothing is lowered before a person has heard the
party, decided and sent the letter; once, a system did it by itself, and 13 million kr. went back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from processes.domain.gates import Check, Gate
from processes.domain.periods import ONE_DAY, Month, Period
from processes.domain.rates import RateBook
from processes.domain.timeline import Timeline

REPEALED = date(2025, 7, 1)


@dataclass(frozen=True)
class Window:
    """The time hours are counted in (optjeningsperiode)."""

    counted: Period
    extended_days: int
    """Days of illness and the like, by which the end was moved."""
    lapses_on: date
    """The 1st of a month: the first day the help can be lower (bortfaldsdato)."""


def months_before(day: date, count: int) -> tuple[Month, ...]:
    """Return the whole months before the month of a day, the newest last."""
    month = Month.of(day)
    found: list[Month] = []
    for _ in range(count):
        month = Month.of(month.first_day - ONE_DAY)
        found.append(month)
    return tuple(reversed(found))


def is_under_the_rule(helped: Collection[Month], day: date, *, rates: RateBook) -> bool:
    """Tell whether somebody has had help for a year within three years (omfattet).

    Law: LAS § 13 f: one year in all within the last three years. A month with help counts whole.
    """
    years = months_before(day, rates.on("timeregel.inden_for_maaneder", day).number)
    needed = rates.on("timeregel.hjaelp_maaneder", day).number
    return len(set(years) & set(helped)) >= needed


def extended_days(window: Period, exempt: Iterable[Period]) -> int:
    """Return the days of a window that do not count (forlængelse): each day once."""
    clipped = [each.clipped(window) for each in exempt]
    edges = sorted(
        (each for each in clipped if each is not None), key=lambda each: (each.start, each.end)
    )
    days = 0
    reached = window.start
    for each in edges:
        end = each.end or each.start
        start = max(each.start, reached)
        if end > start:
            days += (end - start).days
            reached = end
    return days


def next_first(day: date) -> date:
    """Return the 1st of a month a reduction may begin on, when the window ends on a day.

    Law: reduction and loss always begin on the 1st (principafgørelse 33-18).
    """
    return day if day.day == 1 else Month.of(day).next().first_day


def window(first: date, exempt: Collection[Period], *, rates: RateBook) -> Window:
    """Return the window that ends where help would be lower, moved by what does not count.

    `first` is the 1st of the month the help would be lower from without extension. The end is moved
    one day for each day that does not count, and days that do not count in the days it was moved
    over move it again. The reduction begins on the 1st after the moved end.
    """
    counted = Period(
        months_before(first, rates.on("timeregel.vindue_maaneder", first).number)[0].first_day,
        first,
    )
    moved = 0
    while True:
        now = extended_days(Period(counted.start, first + timedelta(days=moved)), exempt)
        if now == moved:
            break
        moved = now
    end = first + timedelta(days=moved)
    return Window(Period(counted.start, end), moved, next_first(end))


@dataclass(frozen=True)
class HoursNeeded:
    """How many hours there are and how many there must be (timekrav)."""

    worked: int
    needed: int

    @property
    def met(self) -> bool:
        """Whether there are enough."""
        return self.worked >= self.needed


def hours_in(
    worked: Mapping[Month, int], counted: Period, day: date, *, rates: RateBook
) -> HoursNeeded:
    """Add up the ordinary hours of the months a window touches.

    Hours are reported by month, so a month that lies only partly in the window counts whole: the
    reading that never is to the citizen's harm.
    """
    months = set(counted.months())
    needed = rates.on("timeregel.timer", day).number
    return HoursNeeded(sum(h for month, h in worked.items() if month in months), needed)


@dataclass(frozen=True)
class Warned:
    """What was told before (vejledning og høring); None is not known."""

    guided: bool | None
    """Told of the rule and of what is exempt."""
    exempt: bool | None
    """Limited ability to work or another ground of exception."""
    heard: bool | None
    decided: bool | None
    """A decision was made and sent."""


def reduction_gate(
    helped: Collection[Month],
    worked: Mapping[Month, int],
    exempt: Collection[Period],
    warned: Warned,
    *,
    first: date,
    rates: RateBook,
) -> Gate:
    """Judge whether help may be lower from the 1st of a month (betingelser for nedsættelse).

    Law: LAS §§ 13 f and 13 g; FVL § 19. After 30 June 2025 there is no such rule.
    """
    if first >= REPEALED:
        repealed = Check(
            "i_kraft",
            "Reglen er i kraft",
            "LAS § 13 f",
            met=False,
            way_out="225-timersreglen blev ophævet den 1. juli 2025.",
        )
        return Gate((repealed,))
    moved = window(first, exempt, rates=rates)
    hours = hours_in(worked, moved.counted, first, rates=rates)
    return Gate(
        (
            Check(
                "omfattet",
                "Har fået hjælp i et år inden for tre år",
                "LAS § 13 f",
                is_under_the_rule(helped, first, rates=rates),
                "Reglen gælder ikke endnu.",
            ),
            Check(
                "vindue_slut",
                "Perioden, timerne tælles i, er slut",
                "LAS § 13 f",
                moved.lapses_on <= first,
                f"Perioden er forlænget; tidligst den {moved.lapses_on:%d.%m.%Y}.",
            ),
            Check(
                "timer_mangler",
                f"Der er færre end {hours.needed} timer",
                "LAS § 13 f",
                not hours.met,
                f"Der er {hours.worked} timer.",
            ),
            Check(
                "ikke_undtaget",
                "Er ikke undtaget",
                "LAS § 13 f",
                None if warned.exempt is None else not warned.exempt,
                "Vurdér, om arbejdsevnen er begrænset.",
            ),
            Check("vejledt", "Er vejledt om reglen", "LAS § 13 f", warned.guided, "Vejled først."),
            Check("hoert", "Er hørt", "FVL § 19", warned.heard, "Send partshøring."),
            Check(
                "afgjort",
                "Afgørelsen er truffet og sendt",
                "FVL § 22",
                warned.decided,
                "Træf afgørelse, og send brevet, før noget ændres.",
            ),
        )
    )


def lower_months(
    decided: Iterable[tuple[date, date | None]],
) -> Timeline[bool]:
    """Return when help is lower: each from its 1st until the day the hours were there again."""
    return Timeline((Period(start, end), True) for start, end in decided)
