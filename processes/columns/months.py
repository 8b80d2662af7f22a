"""Whole months of running help for everybody at once, and who must be calculated one by one.

A month in which nothing changes and everything is known is worked out in columns, with the amount
of each line; every other month is left out, and whoever asked calculates it in the other run-time.
The two give the same to the øre; a property test holds them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from processes.columns.batch import ColumnRules
from processes.columns.column import Truth, Whole
from processes.columns.mass import MassRun, work_out
from processes.columns.people import population_of
from processes.domain.benefits.cash_assistance import (
    BENEFIT,
    CONDITIONS,
    DEDUCTIONS,
    GROUNDS_OF_DAYS,
    GROUNDS_OF_MONTH,
    HOLIDAY,
    first_day,
)
from processes.domain.benefits.cash_assistance_rules import SUPPLEMENTS
from processes.domain.benefits.cash_assistance_stretches import Household, runs_of
from processes.domain.calculation import Line, Node, PersonMonth
from processes.domain.cases import Application, Case
from processes.domain.facts import FactKind, Facts
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.rates import Confidence, RateBook
from processes.domain.rules.book import Rule, RuleBook
from processes.domain.rules.language import COUNT, FACT, PERCENT, RATE, RULE, Ask, Call, Expression
from processes.domain.rules.run import Run

SATS, PROVIDER = "kh.sats", "kh.forsoerger"


@dataclass(frozen=True)
class MassCase:
    """One case of a mass calculation (sag i massekørsel)."""

    application: Application
    case: Case
    facts: Facts


@dataclass(frozen=True)
class Reach:
    """Everything some rules ask for, all the way down (regelrækkevidde)."""

    rules: frozenset[str]
    rates: frozenset[str]
    facts: frozenset[FactKind]

    def is_unconfirmed(self, rates: RateBook, rules: RuleBook, day: date) -> bool:
        """Tell whether any of it must be confirmed by somebody first, on a day."""
        in_force = rates.in_force(day)
        return any(in_force[key].is_provisional for key in self.rates if key in in_force) or any(
            rules.on(each, day).confidence is Confidence.LOW for each in self.rules
        )


@dataclass
class MassRules:
    """The rules of running help for mass calculation, compiled once for a book (masseregler)."""

    book: RuleBook
    columns: ColumnRules = field(init=False)
    _reach: dict[date, Reach] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.columns = ColumnRules(self.book)

    def wanted(self, day: date) -> tuple[str, ...]:
        """Return the rules that are asked for on a day: conditions, grounds and lines."""
        in_force = self.book.in_force(day)
        asked = (*CONDITIONS, HOLIDAY, *GROUNDS_OF_DAYS, *GROUNDS_OF_MONTH, *DEDUCTIONS, PROVIDER)
        return tuple(each for each in dict.fromkeys(asked) if each in in_force)

    def reach(self, day: date) -> Reach:
        """Return everything they rest on."""
        found = self._reach.get(day)
        if found is None:
            found = self._reach[day] = reach_of(self.wanted(day), self.book, day)
        return found


def reach_of(rule_ids: Iterable[str], book: RuleBook, day: date) -> Reach:
    """Return everything some rules ask for on a day, whatever the facts are."""
    rules: set[str] = set()
    rates: set[str] = set()
    facts: set[FactKind] = set()
    waiting = list(rule_ids)
    while waiting:
        rule_id = waiting.pop()
        if rule_id in rules:
            continue
        rules.add(rule_id)
        for ask in _asks(book.on(rule_id, day).expression):
            if ask.what == RULE:
                waiting.append(ask.name)
            elif ask.what == FACT:
                facts.add(FactKind(ask.name))
            elif ask.what in {RATE, PERCENT, COUNT}:
                rates.add(ask.name)
    return Reach(frozenset(rules), frozenset(rates), frozenset(facts))


def _asks(expression: Expression | None) -> Iterator[Ask]:
    if isinstance(expression, Ask):
        yield expression
    elif isinstance(expression, Call):
        for each in expression.args:
            yield from _asks(each)


def whole_months(
    cases: Sequence[MassCase], month: Month, *, rates: RateBook, rules: MassRules
) -> Mapping[str, PersonMonth]:
    """Calculate a month of many cases in columns; returns the persons it could be done for.

    Left out is who has another benefit, a month that is cut or only begins, or anything unknown.
    """
    day = month.first_day
    wanted = rules.wanted(day)
    if "kh.hjaelp" not in wanted or not set(CONDITIONS) <= set(wanted):
        return {}
    people: list[tuple[Run, bool]] = []
    for each in cases:
        people += _in_one_piece(each, month, rates, rules.book)
    if not people:
        return {}
    runs = [run for run, _ in people]
    done = work_out(
        population_of(runs, rules.reach(day).facts),
        month,
        wanted,
        rates=rates,
        rules=rules.columns,
    )
    on_holiday = np.array([_is_on_holiday(run) for run in runs])
    refused, known = _judged(done, len(runs), on_holiday)
    named = {rule_id: rules.book.on(rule_id, day) for rule_id in wanted}
    return {
        run.party_id: PersonMonth(
            run.party_id, month, (), () if refused[row] else tuple(_lines(done, row, named)), ()
        )
        for row, (run, is_applying) in enumerate(people)
        if is_applying and (refused[row] or known[row])
    }


def _in_one_piece(
    each: MassCase, month: Month, rates: RateBook, rules: RuleBook
) -> list[tuple[Run, bool]]:
    """Return the runs of a household, couples side by side, and who of them applies."""
    if each.case.benefit != BENEFIT or first_day(each.application) > month.first_day:
        return []
    household = Household.of(each.application, each.case)
    found = runs_of(household, each.facts, month, span=month.period(), rates=rates, rules=rules)
    if len(found.stretches) != 1:
        return []
    applying = {party.id for party in household.applying}
    return [(run, run.party_id in applying) for run in found.runs]


def _is_on_holiday(run: Run) -> bool:
    holiday = run.facts.on(run.party_id, FactKind.HOLIDAY, run.days.start)
    return holiday is not None and bool(holiday.value)


def _judged(done: MassRun, rows: int, on_holiday: Truth) -> tuple[Truth, Truth]:
    """Return who is refused by a condition, and of whom everything is known."""
    refused = np.zeros(rows, np.bool_)
    known = np.ones(rows, np.bool_)
    for rule_id, result in done.results.items():
        if rule_id in CONDITIONS or rule_id == HOLIDAY:
            asked = on_holiday if rule_id == HOLIDAY else np.ones(rows, np.bool_)
            refused |= asked & result.known & (result.values == 0)
            known &= result.known | ~asked
        elif rule_id in GROUNDS_OF_DAYS or rule_id in GROUNDS_OF_MONTH:
            known &= result.known
    return refused, known


def _lines(done: MassRun, row: int, named: Mapping[str, Rule]) -> Iterator[Line]:
    for rule_id in (SATS, *SUPPLEMENTS):
        amount = _oere(done, rule_id, row)
        if amount or rule_id == SATS:
            yield _line(named[rule_id], Money(amount), 1, _provides(done, row, named))
    for rule_id in DEDUCTIONS:
        if rule_id in named and (amount := _oere(done, rule_id, row)):
            yield _line(named[rule_id], Money(amount), -1, ())


def _oere(done: MassRun, rule_id: str, row: int) -> int:
    found = done.results.get(rule_id)
    if found is None or not found.known[row]:
        return 0
    values: Whole = found.values
    return int(values[row])


def _provides(done: MassRun, row: int, named: Mapping[str, Rule]) -> tuple[Node, ...]:
    found = done.results.get(PROVIDER)
    if found is None or not found.known[row]:
        return ()
    rule = named[PROVIDER]
    return (Node("rule", rule.name, rule.label, bool(found.values[row]), law=rule.law),)


def _line(rule: Rule, amount: Money, sign: int, inputs: tuple[Node, ...]) -> Line:
    node = Node(
        "rule",
        rule.name,
        rule.label,
        amount,
        law=rule.law,
        source=rule.says,
        confidence=rule.confidence,
        inputs=inputs,
    )
    return Line(rule.id.removeprefix("kh."), rule.label, amount * sign, node)
