"""People who are made up: the same for a seed, couples whole, and both laws the same for all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from app.law import load_benefits, load_rates, load_rules
from processes.columns.batch import NO_SPOUSE
from processes.columns.made_up import made_up
from processes.columns.trials import Wanted, compare
from processes.domain.benefits.cash_assistance import CONDITIONS
from processes.domain.facts import FactKind
from processes.domain.law_trials import GRANTED, REFUSED
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.rates import RateBook
from processes.domain.rules.language import FACT_KINDS

MONTH = Month(2026, 5)
RATES, RULES = load_rates(), load_rules()
HELP = {"kontanthjaelp": Wanted(CONDITIONS, "kh.hjaelp")}
KEY = "kh.boernetillaeg"


def raised(key: str, by: Money) -> RateBook:
    return RateBook(
        replace(rate, value=rate.amount + by)
        if rate.key == key and MONTH.first_day in rate.valid
        else rate
        for rate in RATES
    )


def test_a_seed_gives_the_same_people_and_another_seed_others() -> None:
    one, same = (made_up(2_000, on=MONTH.first_day, seed=1) for _ in range(2))
    other = made_up(2_000, on=MONTH.first_day, seed=2)

    for kind, column in one.people.facts.items():
        assert (column.values == same.people.facts[kind].values).all()
    born = FactKind.BIRTH_DATE
    assert not np.array_equal(
        one.people.facts[born].values[:500], other.people.facts[born].values[:500]
    )


def test_there_are_as_many_as_wanted_and_no_couple_is_halved() -> None:
    for wanted in (1, 2, 3, 999, 5_000):
        crowd = made_up(wanted, on=MONTH.first_day)
        assert wanted <= len(crowd.people) <= wanted + 1
        wed = crowd.people.spouse != NO_SPOUSE
        assert (crowd.people.spouse[crowd.people.spouse[wed]] == np.flatnonzero(wed)).all()
        assert not (crowd.people.given["soeger_sammen"] & ~wed).any()


def test_no_fact_that_cuts_a_month_is_said_and_every_rule_can_be_asked() -> None:
    crowd = made_up(500, on=MONTH.first_day)
    unsaid = set(FACT_KINDS) - set(crowd.people.facts)
    assert unsaid == {
        FactKind.HOLIDAY, FactKind.HOLIDAY_PAY, FactKind.DEAD, FactKind.EMIGRATED, FactKind.SPOUSE,
    }  # fmt: skip
    facts = crowd.facts_of(0)
    assert isinstance(facts[FactKind.BIRTH_DATE], date)


def test_the_same_law_moves_nobody_for_any_benefit() -> None:
    crowd = made_up(3_000, on=MONTH.first_day)
    wanted = HELP | {
        each.id: Wanted(each.conditions, each.amount) for each in load_benefits().values()
    }
    report = compare(crowd, MONTH, wanted, before=(RATES, RULES), after=(RATES, RULES))

    assert report.whole.changed == 0
    assert report.stories == ()
    assert report.harms == ()
    for tally in report.tallies.values():
        assert tally.before == tally.after
        assert tally.persons == int(crowd.applies.sum())


def test_a_rate_that_rises_gives_more_to_those_who_have_it_and_less_to_nobody() -> None:
    crowd = made_up(5_000, on=MONTH.first_day)
    more = (raised(KEY, Money(100_00)), RULES)
    raised_report = compare(
        crowd, MONTH, HELP, before=(RATES, RULES), after=more, parts=["kh.boernetillaeg"]
    )
    up = raised_report.tallies["kontanthjaelp"]
    down = compare(crowd, MONTH, HELP, before=more, after=(RATES, RULES)).tallies["kontanthjaelp"]

    assert up.up > 100
    assert all(story.why[0].startswith("Børnetillæg: ") for story in raised_report.stories)
    assert up.down == 0
    assert (down.down, down.down_oere) == (up.up, up.up_oere)
    assert up.after_oere - up.before_oere == up.up_oere - up.down_oere
    assert up.before[GRANTED] <= up.after[GRANTED]


def test_who_loses_help_comes_before_whoever_loses_most() -> None:
    crowd = made_up(5_000, on=MONTH.first_day)
    less = (raised("formue.person", Money(-9_000_00)), RULES)
    report = compare(crowd, MONTH, HELP, before=(RATES, RULES), after=less)

    assert report.stories[0].after.outcome == REFUSED
    assert "miste hjælpen" in report.harms[0]
