"""Holds a draft of the law against the law in force, for everybody of a population at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from processes.columns.batch import ColumnRules
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

OUTCOMES = (GRANTED, REFUSED, UNKNOWN)
WORKERS = 2


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
) -> Report:
    """Work benefits out by both laws in a month in which nothing changes (prøv kladden)."""
    was, now = (_answers(crowd, month, benefits, law) for law in (before, after))
    tallies: dict[str, Tally] = {}
    stories: list[Story] = []
    for benefit in benefits:
        tallies[benefit] = _tally(was[benefit], now[benefit], crowd.applies)
        stories += _stories(crowd, month, benefit, was[benefit], now[benefit])
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


def _stories(crowd: MadeUp, month: Month, benefit: str, was: Answers, now: Answers) -> list[Story]:
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
        )
        for row in rows[order][: MOST_HIT * 3]
    ]
