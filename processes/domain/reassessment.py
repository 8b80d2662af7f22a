"""What a new look at a decided case changes (revurdering): more, less or nothing, month by month.

Knows decisions, calculations and what was paid. A debit is never collected here.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from processes.domain.calculation import Calculation, Outcome
from processes.domain.decisions import DecidedLine, Decision, decided_lines
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
    }


def is_more(decision: Decision, paid: Paid) -> bool:
    """Tell whether the decision gives more than was paid, or anything where nothing was paid."""
    if not paid:
        return any(line.amount > Money(0) for line in decision.lines)
    return any(amount > Money(0) for amount in differences(decision, paid).values())


def _amount(lines: Sequence[DecidedLine], party_id: str, month: Month) -> Money:
    return decided_amount(tuple(lines), party_id, month) or Money(0)
