"""What others bear of the cost: the state by weeks or by share, and another municipality.

Law: lov om kommunernes finansiering af visse offentlige ydelser (steps by weeks), LAS § 107 (50 and
100 percent), RSL § 9 c (mellemkommunal refusion). The state's own system works the steps out from
eIndkomst; this is what it is checked against, and what an estimate is made with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from processes.domain.gates import Check, Gate
from processes.domain.money import ZERO, Money, total
from processes.domain.periods import Month, Period
from processes.domain.rates import RateBook

STEPS = ("refusion.trin1", "refusion.trin2", "refusion.trin3", "refusion.trin4")
WEEK = timedelta(days=7)


class Scheme(StrEnum):
    """How the state refunds a benefit (refusionsordning)."""

    BY_WEEKS = "refusionstrappe"
    """Help to live on: less the longer somebody has been helped."""
    SINGLE_COSTS = "enkeltydelser"
    """LAS §§ 81-85: a half; nothing for recipients of SHO before the reform."""
    SPECIAL_REFUGEES = "saerlige_flygtninge"
    """LAS § 107, stk. 3: all of it."""
    NONE = "ingen"


def step_of(week: int, day: date, *, rates: RateBook) -> int:
    """Return the state's share of a week in parts per million, by which week in all it is.

    Law: 80 percent to and with week 4, 40 to 26, 30 to 52, and 20 from then on.
    """
    if week < 1:
        raise ValueError(f"weeks are counted from 1, not {week}")
    for number, key in enumerate(STEPS[:-1], start=1):
        if week <= rates.on(f"refusion.trin{number}_til_uge", day).number:
            return rates.on(key, day).ppm
    return rates.on(STEPS[-1], day).ppm


@dataclass(frozen=True)
class WeekCost:
    """What was paid for one week (ugeudgift), with the Monday it begins."""

    monday: date
    amount: Money


@dataclass(frozen=True)
class Refund:
    """A cost and who bears it (refusion)."""

    on: date
    cost: Money
    state: Money
    municipality: Money
    ppm: int
    week: int | None = None
    """Which week in all it is; None where weeks do not count."""


def weeks_of(amount: Money, days: Period) -> tuple[WeekCost, ...]:
    """Spread an amount over the weeks it covers, day by day, to the øre (ugefordeling).

    How the state's system cuts a month into weeks was not read; days alone decide here.
    """
    if days.end is None:
        raise ValueError("an amount is for days that end")
    parts = amount.shared((days.end - days.start).days)
    weeks: dict[date, Money] = {}
    for number, part in enumerate(parts):
        day = days.start + timedelta(days=number)
        monday = day - timedelta(days=day.weekday())
        weeks[monday] = weeks.get(monday, Money(0)) + part
    return tuple(WeekCost(monday, part) for monday, part in weeks.items())


def by_weeks(
    costs: Iterable[WeekCost], *, weeks_before: int, rates: RateBook
) -> tuple[Refund, ...]:
    """Share the cost of weeks with the state, in the order of the weeks (refusionstrappe).

    `weeks_before` is how many weeks the person had public help before the first one: a fact of the
    state's register, since all benefits and municipalities count. A week without help is no week.
    """
    refunds: list[Refund] = []
    week = weeks_before
    for cost in sorted(costs, key=lambda each: each.monday):
        week += 1
        ppm = step_of(week, cost.monday, rates=rates)
        refunds.append(_shared(cost.monday, cost.amount, ppm, week))
    return tuple(refunds)


@dataclass(frozen=True)
class MonthRefund:
    """What a month of one or many persons costs, and what the state bears (månedens refusion)."""

    cost: Money = ZERO
    state: Money = ZERO

    def plus(self, other: MonthRefund) -> MonthRefund:
        """Add another person's."""
        return MonthRefund(self.cost + other.cost, self.state + other.state)


def of_month(paid: Sequence[tuple[Month, Money]], month: Month, *, rates: RateBook) -> MonthRefund:
    """Estimate the state's share of what one person was paid for a month (refusion pr. måned).

    `paid` is everything the person was paid for, month by month. A week that lies in two months is
    one week in the count, and each month bears its own days of it. Weeks with help from others are
    not known here: the state's system knows them, and this is what it is held against.

    Rounds: the share of each week half up to the øre.
    """
    weeks = {amount.monday: None for each, cost in paid for amount in weeks_of(cost, each.period())}
    number = {monday: count for count, monday in enumerate(sorted(weeks), start=1)}
    found = MonthRefund()
    for each, cost in paid:
        if each != month:
            continue
        for week in weeks_of(cost, month.period()):
            ppm = step_of(number[week.monday], week.monday, rates=rates)
            found = found.plus(MonthRefund(week.amount, week.amount.share(ppm)))
    return found


def by_scheme(
    scheme: Scheme, cost: Money, on: date, *, recipient_of_sho: bool, rates: RateBook
) -> Refund:
    """Share one cost with the state by a fixed share (refusion med fast procent).

    Law: LAS § 107: 50 percent of §§ 81-85, but none for recipients of SHO before 1 July 2025, and
    100 percent for some refugees (stk. 3).
    """
    if scheme is Scheme.BY_WEEKS:
        raise ValueError("a cost by weeks needs its weeks")
    if scheme is Scheme.NONE:
        return _shared(on, cost, 0, None)
    key = f"refusion.{scheme.value}"
    if scheme is Scheme.SINGLE_COSTS and recipient_of_sho:
        key += "_sho"
    return _shared(on, cost, rates.on(key, on).ppm, None)


def _shared(on: date, cost: Money, ppm: int, week: int | None) -> Refund:
    state = cost.share(ppm)
    return Refund(on, cost, state, cost - state, ppm, week)


@dataclass(frozen=True)
class Correction:
    """What a correction back in time moves of the refund (refusionskorrektion)."""

    on: date
    """The week or day the cost belongs to: never the day it was corrected."""
    cost: Money
    state: Money


def corrections(before: Sequence[Refund], after: Sequence[Refund]) -> tuple[Correction, ...]:
    """Return what changed, dated by the time the cost belongs to (dateret korrektion).

    A late correction may move no refund any more; who judges that needs the origin's own date.
    """
    days = sorted({each.on for each in (*before, *after)})
    found = []
    for day in days:
        old = [each for each in before if each.on == day]
        new = [each for each in after if each.on == day]
        cost = total(each.cost for each in new) - total(each.cost for each in old)
        state = total(each.state for each in new) - total(each.state for each in old)
        if cost or state:
            found.append(Correction(day, cost, state))
    return tuple(found)


@dataclass(frozen=True)
class MoveFacts:
    """What is known of a move to another municipality (oplysninger om flytning)."""

    lives_in_covered_place: bool | None
    """In an institution or an offer like it, a forsorgshjem, a prison and the like."""
    former_took_part: bool | None
    """The former municipality or another authority took part (medvirkede) in the move."""
    claimed_in_time: bool | None
    """The payer was told before it could call it passivity (§ 9 c, stk. 6)."""


def intermunicipal_gate(move: MoveFacts) -> Gate:
    """Judge whether another municipality bears the cost (mellemkommunal refusion). RSL § 9 c."""
    return Gate(
        (
            Check(
                "omfattet_bosted",
                "Borgeren bor et sted, der er omfattet",
                "RSL § 9 c",
                move.lives_in_covered_place,
                "Se, hvilket tilbud det er.",
            ),
            Check(
                "medvirken",
                "Den tidligere kommune eller en anden myndighed har medvirket til flytningen",
                "RSL § 9 c",
                move.former_took_part,
                "Bed den tidligere kommune om sagens akter.",
            ),
            Check(
                "ikke_passivitet",
                "Kravet er rejst, før det er tabt ved passivitet",
                "RSL § 9 c, stk. 6",
                move.claimed_in_time,
                "Rejs kravet straks; spørg Ankestyrelsen, hvis kommunerne er uenige.",
            ),
        )
    )


def intermunicipal_claim(refunds: Iterable[Refund], gate: Gate) -> Money:
    """Return what the other municipality owes: the cost less what the state bears.

    Law: RSL § 9 c. Nothing while a condition is not met; an error while one is not known.
    """
    if gate.passed is False:
        return Money(0)
    gate.demand("Kravet kan ikke gøres op endnu.")
    return total(each.municipality for each in refunds)
