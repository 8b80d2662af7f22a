"""Answers: how much of a benefit for one person, month by month – every benefit but kontanthjælp.

A benefit names its conditions and the rule of its amount; how much stands in the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from processes.domain.benefits.cash_assistance_stretches import Household, runs_of
from processes.domain.calculation import Calculation, Line, Missing, Outcome, PersonMonth
from processes.domain.eligibility import judge
from processes.domain.errors import BrokenStateError, RuleError
from processes.domain.facts import Facts
from processes.domain.money import Money
from processes.domain.periods import ONE_DAY, Month, Period
from processes.domain.rates import RateBook
from processes.domain.rules.book import RuleBook
from processes.domain.rules.run import Result, Run
from processes.domain.rules.trace import once


@dataclass(frozen=True)
class Benefit:
    """A benefit made of rules (ydelse)."""

    id: str
    label: str
    conditions: tuple[str, ...]
    amount: str


def benefits_from_rows(rows: Iterable[Mapping[str, object]]) -> Mapping[str, Benefit]:
    """Read the benefits; their rules are checked by `check_benefits`."""
    made = [
        Benefit(
            str(row["id"]),
            str(row["label"]),
            _ids(row.get("conditions")),
            str(row["amount"]),
        )
        for row in rows
    ]
    return {each.id: each for each in made}


def _ids(said: object) -> tuple[str, ...]:
    return tuple(str(each) for each in said) if isinstance(said, list) else ()


def check_benefits(benefits: Iterable[Benefit], rules: RuleBook) -> None:
    """Refuse a benefit whose rules are not in the book."""
    for benefit in benefits:
        for rule_id in (*benefit.conditions, benefit.amount):
            if not rules.versions(rule_id):
                raise BrokenStateError(f"benefit {benefit.id} names no rule we know: {rule_id}")


def work_out(
    benefit: Benefit,
    household: Household,
    facts: Facts,
    *,
    rates: RateBook,
    rules: RuleBook,
    months: Sequence[Month],
    start: date,
    calculation_id: str,
    made_at: datetime,
) -> Calculation:
    """Calculate a benefit of the applicant in some months (beregn ydelsen).

    Facts, rates and rules are those of the first day of the month, or of `start` in its month.

    Units: øre in, øre out.
    """
    made: list[PersonMonth] = []
    used: set[str] = set()
    for month in months:
        day = start if start in month.period() else month.first_day
        span = Period(day, day + ONE_DAY)
        parts = runs_of(household, facts, month, span=span, rates=rates, rules=rules)
        (run,) = parts.of(household.applicant.id)
        made.append(_month(benefit, run))
        used.update(run.used_alone)
    return Calculation(
        id=calculation_id,
        case_id="",
        application_id=household.application_id,
        made_at=made_at,
        known_at=facts.known_at,
        rule_versions=tuple(sorted(used)),
        months=tuple(made),
        notes=(),
        outcome=_outcome(made),
    )


def _month(benefit: Benefit, run: Run) -> PersonMonth:
    if benefit.amount not in run.rules.in_force(run.days.start):
        raise RuleError(
            f"{benefit.label} kan ikke beregnes for {run.month}: reglen '{benefit.amount}' er ikke"
            " i kraft. Ret perioden."
        )
    conditions = judge(run, benefit.conditions)
    if any(each.met is False for each in conditions):
        return PersonMonth(run.party_id, run.month, conditions, (), ())
    amount = run.result(benefit.amount)
    missing = tuple(dict.fromkeys(_missing(run, benefit, amount)))
    lines = () if missing else tuple(_lines(benefit, run, amount))
    return PersonMonth(run.party_id, run.month, conditions, lines, missing)


def _missing(run: Run, benefit: Benefit, amount: Result) -> Iterator[Missing]:
    for rule_id in benefit.conditions:
        yield from run.result(rule_id).missing
    yield from amount.missing


def _lines(benefit: Benefit, run: Run, amount: Result) -> Iterator[Line]:
    node = amount.node
    if not isinstance(node.value, Money):
        raise BrokenStateError(f"rule {benefit.amount} of {benefit.id} gives no amount")
    yield Line(benefit.id, node.label, node.value, once(node))


def _outcome(months: Sequence[PersonMonth]) -> Outcome:
    if not months or any(month.missing for month in months):
        return Outcome.UNKNOWN
    if all(month.gross == Money(0) for month in months):
        return Outcome.REFUSED
    return Outcome.PARTIAL if any(month.gross == Money(0) for month in months) else Outcome.GRANTED
