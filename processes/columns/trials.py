"""Holds a draft of the law against the law in force, for everybody of a population at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from processes.columns.batch import NO_SPOUSE, Batch, ColumnRules
from processes.columns.column import Truth, Whole
from processes.columns.made_up import MadeUp
from processes.columns.mass import MassResult, work_out
from processes.domain.law_trials import (
    GRANTED,
    MOST_HIT,
    REFUSED,
    UNKNOWN,
    Report,
    Said,
    Story,
    Tally,
    description,
    most_hit,
)
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.rates import RateBook
from processes.domain.rules.book import RuleBook
from processes.domain.rules.language import Kind

OUTCOMES = (GRANTED, REFUSED, UNKNOWN)
WORKERS = 2
MOST_REASONS = 3
"""Lines a story tells of what became another amount."""


@dataclass(frozen=True)
class Wanted:
    """A benefit as rules (ønsket ydelse): conditions that must be met, and the amount."""

    conditions: Sequence[str]
    amount: str


@dataclass(frozen=True)
class Answers:
    """What came of a benefit for everybody (svar)."""

    outcome: Whole
    """The number of the outcome in `OUTCOMES`."""
    oere: Whole


def compare(
    crowd: MadeUp,
    month: Month,
    benefits: Mapping[str, Wanted],
    *,
    before: tuple[RateBook, RuleBook],
    after: tuple[RateBook, RuleBook],
    parts: Sequence[str] = (),
) -> Report:
    """Work benefits out by both laws in a month in which nothing changes (prøv kladden).

    `parts` are the rules that say why: those that are changed, or ask what is.
    """
    was, now = (_answers(crowd, month, benefits, law) for law in (before, after))
    why = _Why(crowd, month, parts, before, after)
    tallies: dict[str, Tally] = {}
    stories: list[Story] = []
    for benefit in benefits:
        tallies[benefit] = _tally(was[benefit], now[benefit], crowd.applies)
        stories += _stories(crowd, month, benefit, was[benefit], now[benefit], why)
    return Report(tallies, most_hit(stories), {})


def _answers(
    crowd: MadeUp,
    month: Month,
    benefits: Mapping[str, Wanted],
    law: tuple[RateBook, RuleBook],
) -> dict[str, Answers]:
    rates, rules = law
    in_force = rules.in_force(month.first_day)
    known = {
        benefit: Wanted([each for each in wanted.conditions if each in in_force], wanted.amount)
        for benefit, wanted in benefits.items()
    }
    asked = dict.fromkeys(
        rule_id
        for wanted in known.values()
        if wanted.amount in in_force
        for rule_id in (*wanted.conditions, wanted.amount)
    )
    run = work_out(
        crowd.people,
        month,
        list(asked),
        rates=rates,
        rules=ColumnRules(rules),
        workers=WORKERS,
    )
    size = len(crowd.people)
    return {
        benefit: _answer(wanted, run.results, size)
        if wanted.amount in in_force
        else Answers(np.full(size, OUTCOMES.index(REFUSED)), np.zeros(size, np.int64))
        for benefit, wanted in known.items()
    }


def _answer(wanted: Wanted, results: Mapping[str, MassResult], size: int) -> Answers:
    """Refused when one condition is not met, whatever else is unknown; else unknown if any is."""
    refused = np.zeros(size, np.bool_)
    known = np.ones(size, np.bool_)
    for rule_id in wanted.conditions:
        found = results[rule_id]
        refused |= found.known & (found.values == 0)
        known &= found.known
    amount = results[wanted.amount]
    known &= amount.known
    refused |= known & (amount.values <= 0)
    outcome = np.where(
        refused,
        OUTCOMES.index(REFUSED),
        np.where(known, OUTCOMES.index(GRANTED), OUTCOMES.index(UNKNOWN)),
    )
    return Answers(outcome, np.where(outcome == OUTCOMES.index(GRANTED), amount.values, 0))


def _tally(was: Answers, now: Answers, applies: Truth) -> Tally:
    """Count everybody who applies; what happens to several alike is counted once, times."""
    rows = np.stack(
        [was.outcome[applies], was.oere[applies], now.outcome[applies], now.oere[applies]], axis=1
    )
    kinds, times = np.unique(rows, axis=0, return_counts=True)
    tally = Tally()
    for (one, oere, other, other_oere), count in zip(kinds.tolist(), times.tolist(), strict=True):
        tally.add(Said(OUTCOMES[one], Money(oere)), Said(OUTCOMES[other], Money(other_oere)), count)
    return tally


class _Why:
    """Says which amounts under a benefit became another for one person (begrundelse)."""

    def __init__(
        self,
        crowd: MadeUp,
        month: Month,
        parts: Sequence[str],
        before: tuple[RateBook, RuleBook],
        after: tuple[RateBook, RuleBook],
    ) -> None:
        self.crowd, self.month, self.parts = crowd, month, parts
        self.laws = [(rates, ColumnRules(rules)) for rates, rules in (before, after)]

    def of(self, row: int) -> tuple[str, ...]:
        """Return a line for each part that says something else."""
        was, now = (self._amounts(row, *law) for law in self.laws)
        return tuple(
            f"{label}: {was[label].danish() if label in was else 'ingen'} → {amount.danish()}"
            for label, amount in now.items()
            if was.get(label) != amount
        )[:MOST_REASONS]

    def _amounts(self, row: int, rates: RateBook, rules: ColumnRules) -> dict[str, Money]:
        spouse = int(self.crowd.people.spouse[row])
        first = row if spouse == NO_SPOUSE else min(row, spouse)
        people = self.crowd.people.rows(first, max(row, spouse) + 1)
        batch = Batch(people, self.month, rates=rates, rules=rules)
        found = {}
        for rule_id in self.parts:
            usable = rules.book.in_force(self.month.first_day).get(rule_id)
            if usable is None or usable.kind is not Kind.MONEY:
                continue
            column = batch.result(rule_id)
            if column.mask(len(people))[row - first]:
                found[usable.rule.label] = Money(int(column.whole(len(people))[row - first]))
        return found


def _stories(
    crowd: MadeUp, month: Month, benefit: str, was: Answers, now: Answers, why: _Why
) -> list[Story]:
    changed = crowd.applies & ((was.outcome != now.outcome) | (was.oere != now.oere))
    rows = np.flatnonzero(changed)
    granted = OUTCOMES.index(GRANTED)
    lost = (was.outcome[rows] == granted) & (now.outcome[rows] != granted)
    moved = np.abs(now.oere[rows] - was.oere[rows])
    order = np.lexsort((rows, -moved, ~lost))
    return [
        Story(
            description(crowd.facts_of(int(row)), month.first_day, is_real=False),
            benefit,
            Said(OUTCOMES[int(was.outcome[row])], Money(int(was.oere[row]))),
            Said(OUTCOMES[int(now.outcome[row])], Money(int(now.oere[row]))),
            why.of(int(row)),
        )
        for row in rows[order][: MOST_HIT * 3]
    ]
