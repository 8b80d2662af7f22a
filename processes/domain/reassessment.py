"""What a new look at a decided case changes (revurdering): more, less or nothing, month by month.

Knows decisions, calculations and what was paid. A debit is never collected here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from processes.domain.calculation import Calculation, Outcome
from processes.domain.decisions import DecidedLine, Decision, decided_lines
from processes.domain.facts import MONTHLY_KINDS, Fact, Facts
from processes.domain.life import NOT_CALCULATED_FROM
from processes.domain.money import Money
from processes.domain.payments import NOTHING_PAID, Paid, decided_amount
from processes.domain.periods import Month


class Effect(StrEnum):
    """What a reassessment does to the help (virkning af revurderingen)."""

    SAME = "samme"
    MORE = "mere"
    LESS = "mindre"
    """Less for anybody in any month, whatever else there is more of."""


def effect_of(calculation: Calculation, standing: Decision) -> Effect:
    """Compare what was decided with what comes out now, for each person and month calculated."""
    now = () if calculation.outcome is Outcome.REFUSED else decided_lines(calculation)
    changes = [
        _amount(now, month.party_id, month.month)
        - _amount(standing.lines, month.party_id, month.month)
        for month in calculation.months
    ]
    if any(change < Money(0) for change in changes):
        return Effect.LESS
    if any(change > Money(0) for change in changes):
        return Effect.MORE
    return Effect.SAME


def lowered(calculation: Calculation, before: Sequence[DecidedLine]) -> tuple[Month, ...]:
    """Return the months in which somebody would get less than a sent decision gave them."""
    if calculation.outcome is Outcome.UNKNOWN:
        return ()
    now = () if calculation.outcome is Outcome.REFUSED else decided_lines(calculation)
    return tuple(
        sorted(
            {
                month.month
                for month in calculation.months
                if _amount(now, month.party_id, month.month)
                < _amount(before, month.party_id, month.month)
            }
        )
    )


def differences(decision: Decision, paid: Paid) -> dict[tuple[str, Month], Money]:
    """Return decided minus paid, before tax, for everybody in the months something was paid for."""
    people = {line.party_id for line in decision.lines} | {party_id for party_id, _ in paid}
    return {
        (party_id, month): _amount(decision.lines, party_id, month)
        - paid.get((party_id, month), NOTHING_PAID).gross
        for party_id in sorted(people)
        for month in sorted({month for _, month in paid})
        # What a decision says nothing of, stands as it was decided before.
        if decided_amount(decision.lines, party_id, month) is not None
    }


def is_more(decision: Decision, paid: Paid) -> bool:
    """Tell whether the decision gives more than was paid, or anything where nothing was paid."""
    if not paid:
        return any(line.amount > Money(0) for line in decision.lines)
    return any(amount > Money(0) for amount in differences(decision, paid).values())


def months_to_reassess(
    first: Sequence[Month], facts: Iterable[Fact], *, decided_at: datetime, last: Month
) -> tuple[Month, ...]:
    """Return the months a new look speaks of: the first ones, and each in which something changes.

    What was learned since the decision changes a month where it begins, and another where it ends;
    between two of them every month is like the first. `last` is the latest month looked at.
    """
    edges = {
        Month.of(day)
        for fact in facts
        if fact.known_from > decided_at and fact.kind not in NOT_CALCULATED_FROM
        for day in (fact.valid.start, fact.valid.end)
        if day is not None
    }
    start = min(first)
    return tuple(sorted({*first, *(month for month in edges if start < month <= last)}))


def known_months(
    calculation: Calculation, months: Sequence[Month], *, keep: int
) -> tuple[Month, ...]:
    """Return the months without the last ones nobody can know yet; the first `keep` always stay.

    They go on as decided before: what one month's income was says nothing of the next.
    """
    left = list(months)
    while len(left) > keep and any(
        each.missing for each in calculation.months if each.month == left[-1]
    ):
        left.pop()
    return tuple(left)


def lines_after(
    lines: Sequence[DecidedLine],
    standing: Sequence[DecidedLine],
    calculation: Calculation,
    facts: Facts,
) -> tuple[DecidedLine, ...]:
    """Return decided lines with what goes on as before, and what ends, said in lines of their own.

    A person who had help and is refused has a line of zero: nothing said would leave it running.
    Where the last month calculated had an income of that month only, the decision before holds
    again from the next.
    """
    found = list(lines)
    for party_id in dict.fromkeys(line.party_id for line in standing):
        months = [each.month for each in calculation.of(party_id)]
        if not months:
            continue
        first, after = min(months), max(months).next()
        before = decided_amount(tuple(standing), party_id, after)
        said = min((line.from_month for line in lines if line.party_id == party_id), default=None)
        silent = [month for month in months if said is None or month < said]
        had = any(decided_amount(tuple(standing), party_id, month) for month in silent)
        if had or (said is None and before):
            found.append(DecidedLine(party_id, first, Money(0)))
        if before and _ends_with_month(facts, party_id, max(months)):
            now = decided_amount(tuple(found), party_id, max(months)) or Money(0)
            found += [DecidedLine(party_id, after, before)] if now != before else []
    people = list(dict.fromkeys(line.party_id for line in found))
    return tuple(sorted(found, key=lambda it: (people.index(it.party_id), it.from_month)))


def _ends_with_month(facts: Facts, party_id: str, month: Month) -> bool:
    """Tell whether an income that counts in a month is of that month only."""
    for kind in MONTHLY_KINDS:
        fact = facts.on(party_id, kind, month.first_day)
        if (
            fact is not None
            and isinstance(fact.value, Money)
            and fact.value
            and fact.valid.end == month.next().first_day
        ):
            return True
    return False


def _amount(lines: Sequence[DecidedLine], party_id: str, month: Month) -> Money:
    return decided_amount(tuple(lines), party_id, month) or Money(0)
